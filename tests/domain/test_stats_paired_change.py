"""Change of a mean over the same prompts: Student's sleep data, Fisher's signs, and how often the interval holds it."""

import numpy as np
import pytest

from tasks.domain.stats.paired_change import paired_change

FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
"""Hours of sleep gained by ten patients under two drugs (Student 1908)."""


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_students_sleep() -> None:
    found = paired_change(FIRST, SECOND, rng())
    assert (found.n, found.before, found.after) == (10, pytest.approx(0.75), pytest.approx(2.33))
    # As R's t.test(..., paired = TRUE) has it; the exact p counts two of 2^9 patterns.
    assert (found.change, found.low, found.high) == pytest.approx((1.58, 0.7001142, 2.4598858))
    assert found.p_value == 2 / 2**9


def test_few_prompts() -> None:
    assert paired_change([], [], rng()).change is None
    one = paired_change([1.0], [3.0], rng())
    assert (one.n, one.change, one.low, one.p_value) == (1, 2.0, None, None)
    with pytest.raises(ValueError, match="needs both"):
        paired_change([1.0], [], rng())


def test_no_change_is_none() -> None:
    found = paired_change([1.0, 2.0], [1.0, 2.0], rng())
    assert (found.change, found.low, found.high, found.p_value) == (0.0, 0.0, 0.0, 1.0)


def test_interval_holds_a_planted_change() -> None:
    chance = np.random.default_rng(4)
    n_held = 0
    for _ in range(300):
        before = chance.exponential(size=40)
        found = paired_change(before.tolist(), (before + 0.3 + chance.normal(size=40)).tolist(), chance)
        assert found.low is not None
        assert found.high is not None
        n_held += found.low <= 0.3 <= found.high
    assert n_held / 300 > 0.91
