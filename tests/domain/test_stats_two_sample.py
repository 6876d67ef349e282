"""The energy test: exact by hand, right at the level on replies of a stub that stays, and awake when it is swapped."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tasks.domain.stats.two_sample import MOST_PAIRS, two_sample
from tests.support.chance import most
from tests.support.levels import NAMES, asked, p_of_noise, p_of_unchanged_rounds

N_ROUNDS, N_NOISE = 20, 30
"""`make simulations` repeats both hundreds of times."""


@pytest.mark.simulation
def test_rounds_of_an_unchanged_stub_raise_few_alarms() -> None:
    p = p_of_unchanged_rounds(N_ROUNDS)
    assert (p <= 0.05).sum() <= most(N_ROUNDS, 0.05)
    # The mean of so many uniform values has a standard deviation of .065.
    assert 0.3 < p.mean() < 0.7


@pytest.mark.simulation
def test_level_holds_for_any_noise() -> None:
    assert (p_of_noise(N_NOISE) <= 0.05).sum() <= most(N_NOISE, 0.05)


@pytest.mark.parametrize("samples", [1, 2])
def test_swapped_stub_is_noticed(samples) -> None:
    names = [name for name in NAMES for _ in range(samples)]
    found = two_sample(
        asked("independent-alpha", 1, samples), asked("independent-beta", 2, samples), names, np.random.default_rng(0)
    )
    assert found.p_value is not None
    assert found.p_value <= 1e-4
    assert found.distance is not None
    assert found.distance > 0.04


def test_change_that_each_prompt_has_of_its_own_takes_a_second_sample() -> None:
    rng = np.random.default_rng(5)
    shift = np.repeat(rng.normal(size=(30, 4)), 2, axis=0) * 3
    before, after = rng.normal(size=(60, 4)), rng.normal(size=(60, 4)) + shift
    names = [str(n // 2) for n in range(60)]
    assert two_sample(before, after, names, rng).p_value <= 0.005
    assert two_sample(before[::2], after[::2], names[::2], rng).p_value > 0.01


def test_distance_is_the_energy_coefficient_of_what_is_left_after_the_prompts_mean() -> None:
    rng = np.random.default_rng(2)
    before, after = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)) + 1
    mean = (before + after) / 2
    x, y = before - mean, after - mean
    off = ~np.eye(5, dtype=bool)
    across, inside = 2 * cdist(x, y)[off].sum(), (cdist(x, x) + cdist(y, y))[off].sum()
    found = two_sample(before, after, list("abcde"), rng)
    assert found.distance == pytest.approx((across - inside) / across, abs=1e-6)


def test_equal_replies_are_no_change() -> None:
    same = asked("independent-alpha", 1)
    found = two_sample(same, same.copy(), NAMES, np.random.default_rng(0))
    assert (found.n, found.distance, found.p_value) == (30, 0.0, 1.0)


def test_two_points_are_as_far_apart_as_can_be() -> None:
    # The largest of four signs' patterns is reached by two of four: both the same way.
    found = two_sample(np.zeros((2, 1)), np.ones((2, 1)), ["a", "b"], np.random.default_rng(0))
    assert found.distance == pytest.approx(1.0)
    assert found.p_value == pytest.approx(0.5, abs=0.02)


def test_too_few_pairs_have_no_p() -> None:
    assert two_sample(np.zeros((1, 2)), np.ones((1, 2)), ["a"], np.random.default_rng(0)).p_value is None
    assert two_sample(np.zeros((0, 2)), np.ones((0, 2)), [], np.random.default_rng(0)).n == 0
    with pytest.raises(ValueError, match="must agree"):
        two_sample(np.zeros((1, 2)), np.ones((2, 2)), ["a"], np.random.default_rng(0))


def test_many_pairs_are_thinned() -> None:
    rng = np.random.default_rng(0)
    before = rng.normal(size=(MOST_PAIRS + 50, 2))
    found = two_sample(before, before + 3, [str(n) for n in range(len(before))], rng)
    assert (found.n, found.p_value) == (MOST_PAIRS, 1e-5)
