"""Running sums of many pairs, against numpy over all values at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.stats.welford import Running

ALL = np.arange(1)


def after(values: list[float]) -> Running:
    running = Running(1)
    for value in values:
        running.add(ALL, np.array([[value]]))
    return running


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=50), st.sampled_from([0.0, 1.0, 1e6]))
def test_mean_and_standard_error(values, offset) -> None:
    moved = [value + offset for value in values]
    running, array = after(moved), np.array(moved)
    assert running.n == [[len(moved)]]
    assert running.mean.item() == pytest.approx(array.mean(), abs=1e-9)
    # A number near a million is itself known to 1e-10 only.
    assert running.standard_error.item() == pytest.approx(array.std(ddof=1) / np.sqrt(len(array)), abs=1e-7)


def test_far_from_zero_keeps_its_digits() -> None:
    """A sum of squares would lose them all: 1e9 squared leaves nothing of differences of one."""
    assert after([1e9 + 1, 1e9 + 2, 1e9 + 3]).standard_error.item() == pytest.approx(np.sqrt(1 / 3))


def test_too_few_have_no_standard_error() -> None:
    assert after([]).n.item() == 0
    one = after([3.0])
    assert one.mean.item() == 3.0
    assert np.isnan([after([]).standard_error.item(), one.standard_error.item()]).all()


def test_each_pair_has_its_own_values_and_some_have_none() -> None:
    """Three models, of which the first prompt has the last two, the second the first and last."""
    running = Running(3)
    running.add(np.array([1, 2]), np.array([[np.nan, 1.0], [2.0, np.nan]]))
    running.add(np.array([0, 2]), np.array([[5.0, 3.0], [np.nan, 4.0]]))
    running.add(np.array([2, 1]), np.array([[6.0, 4.0], [np.nan, np.nan]]))
    assert running.n.tolist() == [[1, 0, 1], [0, 0, 1], [0, 2, 2]]
    assert running.mean.tolist() == [[5.0, 0.0, 3.0], [0.0, 0.0, 1.0], [0.0, 3.0, 5.0]]
    assert running.standard_error[2].tolist() == pytest.approx([np.nan, 1.0, 1.0], nan_ok=True)
