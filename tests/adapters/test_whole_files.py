"""A file is replaced whole, or stays as it was; what killed processes left beside it goes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.adapters import settings
from tasks.adapters.report import chart_script
from tasks.adapters.warehouse import whole_files
from tasks.domain.errors import WorldError


def test_who_has_the_old_file_open_keeps_it(tmp_path) -> None:
    path = tmp_path / "new folder" / "report.html"
    whole_files.write(path, b"old")
    with path.open("rb") as opened:
        whole_files.write(path, b"new")
        assert opened.read() == b"old"
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_what_fails_on_the_way_changes_nothing(tmp_path) -> None:
    path = tmp_path / "report.html"
    whole_files.write(path, b"old")

    def fail() -> None:
        with whole_files.replaced(path) as beside:
            beside.write_bytes(b"half of the n")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        fail()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


UNWRITABLE = Path("/sys/kernel")
"""A folder in which the system lets nobody write, root included."""
on_linux = pytest.mark.skipif(not UNWRITABLE.is_dir(), reason="no folder that nobody may write to")


@on_linux
def test_where_nothing_can_be_written_it_is_said() -> None:
    with pytest.raises(
        WorldError, match=r"latest\.html: it can't be written: .*Give yourself the right to write there"
    ):
        whole_files.write(UNWRITABLE / "latest.html", b"new")


@on_linux
@pytest.mark.slow
def test_a_script_that_can_be_kept_nowhere_is_made_each_time(monkeypatch) -> None:
    """It takes seconds to make, and a report is drawn without a cache as well."""
    monkeypatch.setattr(settings, "cache_dir", lambda: UNWRITABLE)
    assert "vega" in chart_script.javascript.__wrapped__()


def test_what_a_killed_process_left_is_cleared_away_and_nothing_else(tmp_path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = {"killed": f"a.{ended.pid}.new.db", "at work": f"a.{os.getppid()}.new.db", "other": f"b.{ended.pid}.new.db"}
    for name in names.values():
        (tmp_path / name).write_bytes(b"x")
    whole_files.write(tmp_path / "a.db", b"whole")
    assert {path.name for path in tmp_path.iterdir()} == {"a.db", names["at work"], names["other"]}
