"""Who claimed another vendor, in words: the worst three, how many more, or nobody."""

from collections import defaultdict
from datetime import datetime

import pytest

from tasks.domain.reporting.cells import Rows
from tasks.domain.reporting.identity import sentences


def made(*values: float | None) -> list[str]:
    rest = {"mode": "bank", "score": "hard", "slice": "all", "n": 1000, "low": None, "high": None}
    rows = [rest | {"target": f"t{number}", "value": value} for number, value in enumerate(values)]
    # What a search found compares with nobody: it is in no order and counts as no further target.
    found = [row | {"mode": "search", "value": 1.0} for row in rows]
    board = [{"target": row["target"], "identity_mode": "bank"} for row in rows]
    relations = {"mart.identity_score": [*found, *rows], "mart.target_summary": board}
    said = sentences(Rows(defaultdict(tuple, relations), [], {}, [], [], 0, datetime(2026, 1, 5)))
    for one in said:  # to the target's leaks, or to them all
        assert one.href in ("#identity", f"#leaks?target={one.text.split()[0]}")
    return [one.text for one in said]


@pytest.mark.parametrize(
    ("values", "last"),
    [
        ((0.0, None), "None of the 2 targets of identity probes claimed another vendor with nobody named."),
        ((0.5, 0.0, 0.0), "Of the other 2 targets of identity probes, 0 did so at all."),
        ((0.5, 0.4, 0.3, 0.2, 0.0), "Of the other 2 targets of identity probes, 1 did so at all."),
    ],
)
def test_the_rest_is_counted(values, last) -> None:
    assert made(*values)[-1] == last


def test_the_worst_comes_first() -> None:
    assert (
        made(0.1, 0.25)[0] == "t1 claimed another vendor, with nobody named, in 25.0% of 1,000 identity probes (bank)."
    )


def test_nobody_was_asked() -> None:
    assert made() == []
