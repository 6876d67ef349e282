"""Findings say what the tables show, from which value on, and what they can't show."""

import re
from typing import Any

import pytest

from tasks.domain.reporting.sentences import BACKGROUND_FOR_A_NULL, findings, warning
from tasks.domain.rows import Finding
from tasks.domain.verdict.same_model import NEARLY, OPEN, OTHER, SAME

COVERAGE = [{"model": "s"}]


def pair(equality: str | None, **changes: Any) -> dict[str, Any]:
    row = {"left_model": "s", "right_model": "t", "equality": equality, "n_prompts": 40, "p_equality_holm": 0.4}
    figures = {"distance": 0.021, "distance_high": 0.12, "detectable_distance": 0.15}
    return row | figures | ({} if equality else {"p_equality_holm": None}) | changes


def background(n: int, role: str | None = "independent", **changes: Any) -> list[dict[str, Any]]:
    return [{"model": f"r{number}", "is_background": True, "role": role} | changes for number in range(n)]


@pytest.mark.parametrize(
    ("equality", "said"),
    [
        (
            SAME,
            [
                "s and t write as one and the same model: over 40 prompts",
                "(p .400)",
                "at most 12% less",
                "of 15% would",
            ],
        ),
        (
            NEARLY,
            ["s and t are nearly one model: over 40 prompts their replies are 2% less alike", "at most 12% (p .400)"],
        ),
        (
            OTHER,
            ["s and t are different models: over 40 prompts their replies are 2% less alike than two samples of one"],
        ),
        (
            OPEN,
            ["Nothing settles whether s and t are one model", "no difference is found (p .400), but only one of 15%"],
        ),
    ],
)
def test_pair(equality: str, said: list[str]) -> None:
    [line] = findings([pair(equality)], [], [])
    assert [part for part in said if part not in line] == [], line


def test_pairs_without_a_test_say_nothing_and_ten_are_enough() -> None:
    assert findings([pair(None)], [], []) == []
    assert len(findings([pair(SAME)] * 9 + [pair(None)] * 5 + [pair(SAME)] * 5, [], [])) == 10


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
