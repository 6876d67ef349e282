"""Differences of two targets on one bank: permutation tests by hand and as published, intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.stats.paired import paired_difference, sign_flip_p

DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
"""Cross- less self-fertilised heights of 15 pairs of maize, in eighths of an inch (Darwin 1876; Fisher 1935)."""


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_fishers_test_of_darwins_maize() -> None:
    # Fisher, The Design of Experiments, section 21: 863 of the 32,768 sign patterns reach 314 on either side.
    assert sign_flip_p(np.array(DARWIN, dtype=float), rng()) == 2 * 863 / 2**15


@pytest.mark.parametrize(
    ("totals", "p"), [([1, 2, 3], 2 / 8), ([3, 3], 2 / 4), ([1, -1], 1.0), ([0, 0, 5], 1.0), ([0, 0], 1.0), ([], 1.0)]
)
def test_exact_by_hand(totals, p) -> None:
    assert sign_flip_p(np.array(totals, dtype=float), rng()) == p


def test_drawn_flips_come_near_the_exact_value() -> None:
    totals = np.array([*DARWIN, *[1e-7] * 5])
    assert sign_flip_p(totals, rng()) == pytest.approx(2 * 863 / 2**15, abs=0.01)


def test_rates_and_missing() -> None:
    found = paired_difference([1, 1, None, 0], [0, 1, 1, None], list("aabb"), None, rng())
    assert (found.n, found.n_missing, found.reason) == (2, 2, "one_cluster")
    assert (found.left, found.right, found.difference) == (1, 0.5, 0.5)
    assert found.low is found.high is found.p_value is None
    empty = paired_difference([None], [1], ["a"], None, rng())
    assert (empty.difference, empty.reason) == (None, "no_observations")


def test_template_is_the_unit() -> None:
    # All of the difference lies in one of 20 templates, so either sign is as likely.
    left = [1.0] * 50 + [0.0] * 950
    templates = [f"t{number // 50:02d}" for number in range(1000)]
    found = paired_difference(left, [0.0] * 1000, templates, None, rng())
    assert found.difference == 0.05
    assert found.p_value == 1
    assert found.low <= 0 < found.high


def test_difference_in_every_template() -> None:
    left = [float(number % 5 == 0) for number in range(100)]
    templates = [f"t{number // 10}" for number in range(100)]
    found = paired_difference(left, [0.0] * 100, templates, None, rng())
    assert found.p_value == 2 / 2**10
    assert found.low > 0


def test_few_questions_decide_nothing() -> None:
    left = [1.0] * 200
    templates, questions = [f"t{number // 5}" for number in range(200)], [f"q{number % 5}" for number in range(200)]
    assert paired_difference(left, [0.0] * 200, templates, None, rng()).p_value < 0.001
    assert paired_difference(left, [0.0] * 200, templates, questions, rng()).p_value == 2 / 2**5


def test_two_targets_that_never_leak_are_not_known_to_be_equal() -> None:
    templates = [f"t{number // 50}" for number in range(1000)]
    found = paired_difference([0] * 1000, [0] * 1000, templates, None, rng())
    assert (found.difference, found.p_value) == (0, 1)
    assert found.high == -found.low == pytest.approx(1 - 0.025 ** (1 / 29.70), abs=1e-4)


VALUES = st.one_of(st.none(), st.sampled_from([0.0, 1.0]), st.floats(0, 1))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(VALUES, VALUES, *[st.sampled_from("abcdefg")] * 2), min_size=1, max_size=30),
    st.booleans(),
    st.data(),
)
def test_order_sides_and_bounds(rows, crossed, data) -> None:
    def of(rows):
        left, right, templates, questions = (list(column) for column in zip(*rows, strict=True))
        return paired_difference(left, right, templates, questions if crossed else None, rng())

    found = of(rows)
    assert found == of(data.draw(st.permutations(rows)))
    swapped = of([(b, a, *names) for a, b, *names in rows])
    assert swapped.p_value == pytest.approx(found.p_value)
    if found.low is not None:
        assert -1 <= found.low <= found.difference <= found.high <= 1
        assert swapped.difference == pytest.approx(-found.difference, abs=1e-12)
