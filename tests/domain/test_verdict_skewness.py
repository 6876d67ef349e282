"""Lopsided nulls: the p value knows of them, and stays that of Student where there are none."""

import numpy as np
import pytest
from scipy import stats

from tasks.domain.verdict.family_null import LEAST_FOR_SKEWNESS, Prior, compare, family_null, with_skewness

NULL = family_null([float(v) for v in np.linspace(-1, 1, 12)], [str(i) for i in range(12)])
PRIOR = Prior(0.4, 100.0)


def test_skewness_is_pooled_and_kept_between_nothing_and_one():
    rng = np.random.default_rng(0)
    lopsided = rng.gamma(16.0, 1.0, 4000)
    assert with_skewness(PRIOR, lopsided.tolist()).skewness == pytest.approx(stats.skew(lopsided))
    assert with_skewness(PRIOR, (-lopsided).tolist()).skewness == 0.0
    assert with_skewness(PRIOR, rng.pareto(2.0, 4000).tolist()).skewness == 1.0
    assert with_skewness(PRIOR, [0.5] * 100).skewness == 0.0


def test_few_scores_tell_no_skewness():
    values = [0.0] * (LEAST_FOR_SKEWNESS - 2) + [9.0]
    assert with_skewness(PRIOR, values) is PRIOR


@pytest.mark.parametrize("skewness", [0.2, 0.5, 1.0])
def test_p_is_that_of_a_pearson_iii_variate(skewness):
    exact = stats.pearson3(skewness)
    values = np.linspace(-1, 1, 4001) * np.sqrt(3)
    null = family_null(values.tolist(), [str(number) for number in range(len(values))])
    for z in (1.0, 1.645, 2.5, 3.5):
        told = compare(null.mean + z, null, Prior(1.0, 1e9, skewness))
        assert told.p_t == pytest.approx(float(exact.sf(z)), rel=0.06)


def test_skewness_makes_high_scores_less_surprising_and_never_reorders_them():
    plain = [compare(x, NULL, PRIOR).p_t for x in (0.5, 1.5, 2.5, 3.5)]
    skewed = [compare(x, NULL, Prior(0.4, 100.0, 0.8)).p_t for x in (0.5, 1.5, 2.5, 3.5)]
    assert all(p > q for p, q in zip(skewed[1:], plain[1:], strict=True))
    assert skewed == sorted(skewed, reverse=True)


def test_far_below_a_skewed_null_p_is_one():
    assert compare(-9.0, NULL, Prior(0.4, 100.0, 1.0)).p_t == 1.0
