"""Findings say what the tables show, from which value on, and what they can't show."""

import re
from typing import Any

import pytest

from tasks.domain.reporting.sentences import ALIKE, BACKGROUND_FOR_A_NULL, findings, warning
from tasks.domain.rows import Finding

COVERAGE = [{"model": "s"}]


def pair(share: float | None, **changes: Any) -> dict[str, Any]:
    row = {"left_model": "s", "right_model": "t", "prefix_overlap_self_normalised": share, "n_prompts": 40}
    return row | {"prefix_overlap_self_normalised_low": None, "prefix_overlap_self_normalised_high": None} | changes


def background(n: int, role: str | None = "independent", **changes: Any) -> list[dict[str, Any]]:
    return [{"model": f"r{number}", "is_background": True, "role": role} | changes for number in range(n)]


@pytest.mark.parametrize(
    ("share", "verdict", "percent"),
    [
        (1.7, "about as alike as two samples of one and the same model", "170%"),
        (ALIKE, "about as alike as two samples of one and the same model", "80%"),
        (ALIKE - 0.001, "clearly less alike than two samples of one model", "80%"),
        (ALIKE / 2, "clearly less alike than two samples of one model", "40%"),
        (ALIKE / 2 - 0.001, "far less alike than two samples of one model", "40%"),
        (0.0, "far less alike than two samples of one model", "0%"),
    ],
)
def test_pair(share, verdict, percent) -> None:
    [line] = findings([pair(share)], [], [])
    assert line == (
        f"s and t begin their replies {verdict}: {percent} of the models' similarity to themselves, over 40 prompts."
    )


def test_pair_with_an_interval() -> None:
    [line] = findings(
        [pair(0.9, prefix_overlap_self_normalised_low=-0.1, prefix_overlap_self_normalised_high=1.25)], [], []
    )
    assert "90% of the models' similarity to themselves (95 % interval 0% to 125%), over 40 prompts" in line


def test_pairs_without_a_share_say_nothing_and_ten_are_enough() -> None:
    assert findings([pair(None)], [], []) == []
    assert len(findings([pair(0.9)] * 9 + [pair(None)] * 5 + [pair(0.9)] * 5, [], [])) == 10


def test_nothing_scored_says_nothing() -> None:
    assert findings([], [], []) == []
    assert findings([], [], background(3)) == []


def test_what_similarity_can_not_tell_is_always_said() -> None:
    for references in ([], background(3), background(20)):
        assert "Similarity can't tell a teacher from a fellow student" in findings([], COVERAGE, references)[-1]


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "There are only 0 models to compare against"),
        (1, "There is only 1 model to compare against"),
        (BACKGROUND_FOR_A_NULL - 1, "There are only 7 models to compare against"),
        (BACKGROUND_FOR_A_NULL, None),
    ],
)
def test_too_few_for_a_null(n, said) -> None:
    lines = [line for line in findings([], COVERAGE, background(n)) if "no null" in line]
    assert len(lines) == (said is not None)
    if said:
        assert lines[0].startswith(said)
        assert "nothing here says that a similarity is more than chance" in lines[0]


def test_references_outside_the_background_do_not_count() -> None:
    many = background(BACKGROUND_FOR_A_NULL - 1) + background(5, "undocumented", is_background=False)
    assert any("only 7 models" in line for line in findings([], COVERAGE, many))


@pytest.mark.parametrize(("role", "is_said"), [("independent", False), ("undocumented", True), (None, True)])
def test_nobody_independent(role, is_said) -> None:
    lines = findings([], COVERAGE, background(20, role))
    assert any("No model here is documented as independent" in line for line in lines) == is_said


def found(*rows: dict[str, Any], n: int | None = None) -> Finding:
    return Finding("low_coverage", "warn", "one row per model that lacks replies.", len(rows) if n is None else n, rows)


def test_warning_shows_the_first_rows() -> None:
    assert warning(found({"model": "a", "n": 3}, {"model": "b", "n": 4})) == (
        "model that lacks replies: 2 (model a, n 3; model b, n 4)"
    )
    four = found(*({"n": number} for number in range(4)))
    assert warning(four) == "model that lacks replies: 4 (n 0; n 1; n 2 ...)"
    assert warning(found(*four.first[:3], n=3)).endswith("(n 0; n 1; n 2)")


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (0.8571428571428571, "0.857"),
        (0.5, "0.5"),
        (2.0, "2"),
        (100.0, "100"),
        (0.0001, "0"),
        (-0.25, "-0.25"),
        (1e6, "1000000"),
        (10, "10"),
        (None, "-"),
        (True, "True"),
        ("0.12345", "0.12345"),
    ],
)
def test_warning_prints_at_most_three_decimals(value, seen) -> None:
    line = warning(found({"share": value}))
    assert line == f"model that lacks replies: 1 (share {seen})"
    if isinstance(value, float):
        assert not re.search(r"\.\d{4}", line)
