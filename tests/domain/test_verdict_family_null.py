"""The null of unrelated models in families, its prior and the tests against it: textbook cases and known values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tasks.domain.verdict.family_null import (
    UNTESTED,
    FamilyNull,
    Prior,
    common_prior,
    compare,
    family_null,
    left_out_nulls,
)
from tasks.domain.verdict.limits import PRIOR_DOF
from tasks.domain.verdict.tail import Tail, upper_tail_p


def p_of(score: float, null: FamilyNull, prior: Prior | None = None) -> float | None:
    """Return the p of a score where the tail is that of Student's t."""
    found = compare(score, null, prior)
    return None if found.t is None or found.dof is None else float(upper_tail_p(found.t, found.dof, Tail()))


def table(families: list[list[float]]) -> tuple[list[float], list[str]]:
    """Return the scores, and the family of each, of families given one list each."""
    return [x for part in families for x in part], [f"f{i}" for i, part in enumerate(families) for _ in part]


def known(
    variance: float | None, dof: float, values: tuple[float, ...] = (0.0,) * 10, n_families: int = 5
) -> FamilyNull:
    return FamilyNull(0.0, variance, dof, values, n_families)


def test_balanced_families_are_the_textbook_random_effects() -> None:
    """The mean squares between and within of a one-way layout, here k = 4 families of n = 3."""
    parts = np.random.default_rng(1).normal(size=(4, 3)) + np.random.default_rng(2).normal(size=(4, 1))
    null = family_null(*table(parts.tolist()))
    k, n = parts.shape
    between = n * parts.mean(axis=1).var(ddof=1)
    within = ((parts - parts.mean(axis=1, keepdims=True)) ** 2).sum() / (k * (n - 1))
    component_between, component_within = (between - within) / n, within
    assert null.mean == pytest.approx(parts.mean())
    assert null.variance == pytest.approx(component_between + component_within)
    squared = (between / n) ** 2 / (k - 1) + ((n - 1) / n * within) ** 2 / (k * (n - 1))
    assert null.dof == pytest.approx((component_between + component_within) ** 2 / squared)
    assert (null.n_controls, null.n_families, null.is_sufficient) == (12, 4, True)


def test_by_hand() -> None:
    """Family means 1, 4 and 7; squares within 2 + 0 + 8 on 3 degrees of freedom; 1/n on average (1/2 + 1 + 1/3) / 3."""
    null = family_null(*table([[0, 2], [4], [5, 7, 9]]))
    assert null.mean == pytest.approx(4.0)
    within = 10 / 3 * (1 - 11 / 18)
    assert null.variance == pytest.approx(9.0 + within)
    assert null.dof == pytest.approx((9.0 + within) ** 2 / (81 / 2 + within**2 / 3))


def test_singletons_are_a_plain_sample() -> None:
    values = np.random.default_rng(3).normal(size=9)
    null = family_null(*table([[x] for x in values]))
    assert null.mean == pytest.approx(values.mean())
    assert null.variance == pytest.approx(values.var(ddof=1))
    assert null.dof == pytest.approx(8)
    assert null.is_sufficient


def test_one_large_family_counts_once() -> None:
    """Twenty near copies of one model are one observation: they neither move the mean nor shrink what is unknown."""
    others = [[1.0], [2.0], [3.0], [4.0]]
    many = family_null(*table([*others, [9.0] * 20]))
    one = family_null(*table([*others, [9.0]]))
    assert many.mean == one.mean
    assert many.variance == pytest.approx(one.variance)
    assert many.dof == pytest.approx(one.dof)


def test_one_family_is_insufficient() -> None:
    null = family_null(list(np.arange(12.0)), ["same"] * 12)
    assert (null.variance, null.is_sufficient, null.n_families) == (None, False, 1)
    assert compare(99.0, null, Prior(1.0, 100.0)) == UNTESTED


@pytest.mark.parametrize(("n", "is_sufficient"), [(7, False), (8, True)])
def test_seven_controls_are_insufficient(n, is_sufficient) -> None:
    null = family_null([float(i) for i in range(n)], [str(i) for i in range(n)])
    assert null.is_sufficient == is_sufficient
    assert (compare(99.0, null, None).t is not None) == is_sufficient


def test_equal_scores_are_insufficient() -> None:
    """Without any spread nothing is known of chance."""
    null = family_null([0.1] * 8, [str(i) for i in range(8)])
    assert not null.is_sufficient
    assert compare(0.2, null, None).t is None


def test_no_score_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no null"):
        family_null([], [])


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.sampled_from("abcd")), min_size=1, max_size=15),
    st.randoms(use_true_random=False),
)
def test_order_leaves_no_trace(rows, dice) -> None:
    shuffled = list(rows)
    dice.shuffle(shuffled)
    assert family_null(*zip(*shuffled, strict=True)) == family_null(*zip(*rows, strict=True))


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 4)), min_size=1, max_size=15))
def test_nulls_without_each_family_are_those_of_the_others(rows) -> None:
    values, family = (np.array(part) for part in zip(*rows, strict=True))
    heard, family = np.unique(family, return_inverse=True)
    found = left_out_nulls(values, family)
    for place in range(len(heard)):
        others = family != place
        assert found.n_controls[place] == others.sum() if len(heard) > 1 else found.n_controls[place] == 0
        if not others.any():
            continue
        null = family_null(values[others], family[others])
        assert found.mean[place] == pytest.approx(null.mean)
        assert found.n_families[place] == null.n_families
        assert found.dof[place] == pytest.approx(null.dof)
        if null.variance is None:
            assert np.isnan(found.variance[place])
        else:
            assert found.variance[place] == pytest.approx(null.variance, abs=1e-12)


@given(st.lists(st.tuples(st.floats(-1, 1), st.sampled_from("abcd")), min_size=8, max_size=15), st.floats(0.1, 50))
def test_scale_leaves_no_trace(rows, factor) -> None:
    values, families = zip(*rows, strict=True)
    plain, scaled = family_null(values, families), family_null([x * factor for x in values], families)
    if plain.variance is None or plain.variance < 1e-6:
        return
    one, other = compare(0.5, plain, None), compare(0.5 * factor, scaled, None)
    assert other.t == pytest.approx(one.t)
    assert other.z == pytest.approx(one.z)


# The prior


def test_equal_variances_are_a_prior_of_their_mean() -> None:
    dice = np.random.default_rng(4)
    nulls = [family_null(*table([[x] for x in dice.normal(scale=0.3, size=10)])) for _ in range(40)]
    prior = common_prior(nulls)
    assert prior is not None
    assert prior.dof == PRIOR_DOF
    assert prior.variance == pytest.approx(0.09, rel=0.25)


def test_planted_prior_is_found() -> None:
    """Variances drawn from a scaled inverse chi-square of 25 degrees around 2, each then estimated with 10 degrees."""
    dice = np.random.default_rng(5)
    variances = 2.0 * 25.0 / dice.chisquare(25, size=4000) * dice.chisquare(10, size=4000) / 10
    prior = common_prior([known(float(v), 10.0) for v in variances])
    assert prior is not None
    assert prior.variance == pytest.approx(2.0, rel=0.03)


def test_one_wild_variance_moves_the_prior_by_its_logarithm() -> None:
    plain = common_prior([known(1.0, 10.0)] * 20)
    wild = common_prior([*[known(1.0, 10.0)] * 19, known(100.0, 10.0)])
    assert plain is not None
    assert wild is not None
    assert wild.variance / plain.variance == pytest.approx(100 ** (1 / 20))


def test_fewer_than_three_nulls_are_no_prior() -> None:
    assert common_prior([]) is None
    assert common_prior([known(1.0, 9.0)] * 2) is None
    assert common_prior([known(1.0, 9.0), known(2.0, 9.0), known(None, 0.0), known(0.0, 9.0)]) is None
    assert common_prior([known(1.0, 9.0), known(2.0, 9.0), known(3.0, 9.0)]) is not None


# Tests against a null


def test_independent_scores_have_the_plain_t_prediction() -> None:
    values = np.random.default_rng(6).normal(2.0, 0.5, size=12)
    null = family_null(*table([[x] for x in values]))
    for score in (1.0, 2.5, 4.0):
        found = compare(score, null, None)
        scale = values.std(ddof=1) * np.sqrt(1 + 1 / 12)
        assert found.t == pytest.approx((score - values.mean()) / scale)
        assert p_of(score, null) == pytest.approx(stats.t.sf(score, df=11, loc=values.mean(), scale=scale))
        assert found.z == pytest.approx((score - values.mean()) / values.std(ddof=1))


def test_prior_lends_its_degrees() -> None:
    """Variance 4 on 9 degrees and 1 on 27: (36 + 27) / 36, on 36."""
    null = known(4.0, 9.0)
    found = compare(3.0, null, Prior(1.0, 27.0))
    assert found.z == pytest.approx(3.0 / np.sqrt(63 / 36))
    assert p_of(3.0, null, Prior(1.0, 27.0)) == pytest.approx(stats.t.sf(3.0 / np.sqrt(63 / 36 * 1.2), df=36))


def test_higher_score_has_a_lower_p() -> None:
    null = family_null(*table([[x] for x in np.random.default_rng(7).normal(size=20)]))
    found = [p_of(score, null) for score in np.linspace(-3, 3, 13)]
    assert found == sorted(found, reverse=True)
