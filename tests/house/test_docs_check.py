"""What `make docs-check` lets pass, and what it does not; it runs the commands themselves."""

import pytest

from tests.house.docs_check import AND_ALSO, NOT_COMPARED, NOT_RUN, commands, masked, unprinted
from tests.support.documents import Document

PRINTED = "3 models, 78 requests\n\nReport: data/out/reports/2026-W48.html\nname  ┃  p\n━━━━━╇━━━\na     ┃ .5\n"


@pytest.mark.parametrize(
    "shown",
    [
        ["3 models, 78 requests", "Report: data/out/reports/2026-W02.html"],
        ["...", "name ┃ p", "━━╇━", "a ┃ .5"],
        ["3 models, 78 ...", "...", "a ┃ .5"],
    ],
)
def test_what_is_printed_in_this_order_passes(shown: list[str]) -> None:
    assert unprinted(shown, PRINTED) is None


@pytest.mark.parametrize(
    "shown", [["a ┃ .6"], ["3 models, 79 ..."], ["4 models, 78 requests"], ["a ┃ .5", "3 models, 78 requests"]]
)
def test_another_number_or_order_does_not(shown: list[str]) -> None:
    assert unprinted(shown, PRINTED) == shown[-1]


def test_times_and_hashes_are_left_aside() -> None:
    assert masked("done in 12.5 s at 2026-11-29 10:00, id 0a1b2c3d4e") == masked(
        "done in 3 s at 2025-01-02 03:04, id ffffffff00"
    )
    assert masked("p .05, 40 prompts") != masked("p .04, 40 prompts")


def test_every_exception_is_of_a_command_that_a_document_tells() -> None:
    told = [str(one) for _, one in commands()]
    begins = [*NOT_RUN, *NOT_COMPARED, *AND_ALSO]
    assert [begin for begin in begins if not any(one.startswith(begin) for one in told)] == []


def test_a_terminal_is_taken_apart() -> None:
    [one, two] = Document('```\n$ make "a\n b"\nx  \n\ny\n$ make c # d\n```').commands(set())
    assert (one.words, one.shown) == (("make", "a\n b"), ("x", "", "y"))
    assert (two.words, two.shown) == (("make", "c"), ())
