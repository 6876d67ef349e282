"""The tail of unrelated models: told by all of them, calibrated on them, and not to be spoiled by a handful."""

import numpy as np
import pytest
from scipy import stats

from tasks.domain.verdict.tail import LEAST_FOR_SKEWNESS, MOST_SKEWNESS, Tail, fit_tail, upper_tail_p

DOF = 40.0


def shares(t_values: np.ndarray, tail: Tail) -> dict[float, float]:
    p = np.array([upper_tail_p(float(t), DOF, tail) for t in t_values])
    return {level: float((p <= level).mean()) for level in (0.05, 0.01, 0.002)}


def test_tail_of_student_is_left_alone() -> None:
    t = stats.t.rvs(DOF, size=4000, random_state=0)
    found = fit_tail(list(t), DOF)
    assert found.skewness < 0.1
    assert found.stretch <= 1.1
    assert upper_tail_p(2.0, DOF, Tail()) == pytest.approx(stats.t.sf(2.0, DOF))


@pytest.mark.parametrize("skewness", [0.2, 0.5, 1.0])
def test_p_is_that_of_a_pearson_iii_variate(skewness) -> None:
    exact = stats.pearson3(skewness)
    for t in (1.0, 1.645, 2.5, 3.5):
        assert upper_tail_p(t, 1e9, Tail(skewness)) == pytest.approx(float(exact.sf(t)), rel=0.06)


def test_stretch_divides_t() -> None:
    assert upper_tail_p(3.0, DOF, Tail(0.0, 1.5)) == pytest.approx(stats.t.sf(2.0, DOF))


@pytest.mark.parametrize("shape", [4.0, 9.0, 25.0])
def test_lopsided_scores_fall_below_a_level_as_often_as_it_says(shape) -> None:
    """Gamma variates of skewness 1, .67 and .4: fitted on one half, counted on the other."""
    dice = np.random.default_rng(int(shape))
    known, new = (dice.gamma(shape, size=(2, 3000)) - shape) / np.sqrt(shape)
    found = shares(new, fit_tail(list(known), DOF))
    assert found[0.05] <= 0.06
    assert found[0.01] <= 0.015
    assert found[0.05] >= 0.025


def test_a_handful_of_odd_pairs_moves_a_sure_p_little() -> None:
    """Eight of two thousand at 8 to 13: the third moment goes to its cap, the fitted tail hardly moves."""
    dice = np.random.default_rng(3)
    plain = dice.normal(size=2000)
    odd = np.concatenate([plain[:-8], dice.uniform(8, 13, size=8)])
    assert stats.skew(odd) > MOST_SKEWNESS
    clean, spoiled = fit_tail(list(plain), DOF), fit_tail(list(odd), DOF)
    assert spoiled.skewness < clean.skewness + 0.15
    assert upper_tail_p(4.0, DOF, spoiled) < 5 * upper_tail_p(4.0, DOF, clean)
    # How far out they lie makes no difference at all.
    farther = np.where(odd > 7, odd * 10, odd)
    assert fit_tail(list(farther), DOF) == spoiled


def test_a_handful_sets_no_level_that_chance_hardly_reaches() -> None:
    """Four of three hundred: at .01 chance gives three, so that the count of four odd ones would rule."""
    dice = np.random.default_rng(5)
    plain = dice.normal(size=300)
    odd = np.concatenate([plain[:-4], dice.uniform(8, 13, size=4)])
    assert fit_tail(list(odd), DOF).stretch <= fit_tail(list(plain), DOF).stretch + 0.1


def test_a_tail_that_is_really_heavy_is_believed() -> None:
    """Three in a hundred beyond 3: sure p values are no longer sure."""
    dice = np.random.default_rng(4)
    heavy = np.concatenate([dice.normal(size=1940), dice.uniform(3, 5, size=60)])
    found = fit_tail(list(heavy), DOF)
    assert shares(heavy, found)[0.01] <= 0.01
    assert upper_tail_p(3.0, DOF, found) > 3 * upper_tail_p(3.0, DOF, Tail())


def test_few_scores_tell_nothing() -> None:
    assert fit_tail([9.0] * (LEAST_FOR_SKEWNESS - 1), DOF) == Tail()
    assert fit_tail([0.5] * 100, DOF) == Tail()


def test_far_below_a_skewed_null_p_is_one() -> None:
    assert upper_tail_p(-9.0, DOF, Tail(1.0)) == 1.0
