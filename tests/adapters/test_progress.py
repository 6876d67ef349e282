"""The display of long work: lines where nobody watches, one bar a title where somebody does."""

import io

import pytest
from rich.console import Console

from tasks.adapters.prefect import progress


def test_lines_say_how_far_it_is_and_what_was_told(monkeypatch, capsys) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    with progress.stage("searching x", 10):
        progress.add_note("searching x", "3 found")
        progress.advance("searching x", 4)
    assert capsys.readouterr().err.splitlines()[-1].startswith("searching x: 4 of 10 (3 found), about ")


def test_untold_line_stays_as_it_is(monkeypatch, capsys) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    with progress.stage("asking y", 2):
        progress.advance("asking y")
    assert capsys.readouterr().err.splitlines()[-1].startswith("asking y: 1 of 2, about ")


def test_nobody_watches_nothing_happens(capsys) -> None:
    progress.advance("nothing")
    progress.add_note("nothing", "at all")
    assert capsys.readouterr() == ("", "")


def test_bar_of_a_title_that_comes_again_takes_the_old_ones_place(monkeypatch) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    monkeypatch.setattr(progress, "Console", lambda **_: console)
    with progress.stage("search", 3):
        progress.add_note("search", "1 found")
        for _ in range(3):
            with progress.stage("judging", 2):
                progress.advance("judging", 2)
        assert progress._live is not None
        shown = [task.description for task in progress._live.tasks]
        assert shown == ["search: 1 found", "judging"]
    assert progress._live is None
    assert not progress._ended


@pytest.mark.parametrize("total", [0, 5])
def test_stage_leaves_nothing_behind(total) -> None:
    with progress.stage("short", total):
        assert "short" in progress._stages
    assert "short" not in progress._stages
