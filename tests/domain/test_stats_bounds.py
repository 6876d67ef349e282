"""Bounds of a rate under whatever missing values may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.stats.missing_bounds import MissingBounds, missing_bounds


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 0, None, None], MissingBounds(0.25, 0.75, 0.5, 2, 2)),
        ([1, 0], MissingBounds(0.5, 0.5, 1.0, 2, 0)),
        ([None], MissingBounds(0.0, 1.0, 0.0, 0, 1)),
        ([], MissingBounds(None, None, None, 0, 0)),
    ],
)
def test_by_hand(values, expected) -> None:
    assert missing_bounds(values) == expected


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_the_mean_of_all_lies_within_the_bounds_of_some(rows) -> None:
    bounds = missing_bounds([None if is_missing else value for value, is_missing in rows])
    mean = sum(value for value, _ in rows) / len(rows)
    assert 0 <= bounds.worst_low <= mean + 1e-12
    assert mean - 1e-12 <= bounds.worst_high <= 1
    assert bounds.worst_high - bounds.worst_low == pytest.approx(1 - bounds.coverage)
