"""Running sums, against numpy over all values at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.stats.running import Running


def after(values: list[float]) -> Running:
    running = Running()
    for value in values:
        running.add(value)
    return running


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=50), st.sampled_from([0.0, 1.0, 1e6]))
def test_mean_and_standard_error(values, offset) -> None:
    moved = [value + offset for value in values]
    running, array = after(moved), np.array(moved)
    assert running.n == len(moved)
    assert running.mean == pytest.approx(array.mean(), abs=1e-9)
    # A number near a million is itself known to 1e-10 only.
    assert running.standard_error == pytest.approx(array.std(ddof=1) / np.sqrt(len(array)), abs=1e-7)


def test_far_from_zero_keeps_its_digits() -> None:
    """A sum of squares would lose them all: 1e9 squared leaves nothing of differences of one."""
    assert after([1e9 + 1, 1e9 + 2, 1e9 + 3]).standard_error == pytest.approx(np.sqrt(1 / 3))


def test_too_few_have_no_standard_error() -> None:
    assert (after([]).n, after([]).standard_error) == (0, None)
    one = after([3.0])
    assert (one.mean, one.standard_error) == (3.0, None)
