"""The distribution of a score without lineage: the scores of unrelated models, which come in families.

Which models are unrelated: `Population.is_unrelated`; which of them have prompts enough in common: `analysis.analyse`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isnan, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from tasks.domain.pairwise.matrices import Bools, Floats
from tasks.domain.verdict.limits import LEAST_CONTROLS, LEAST_FAMILIES, LEAST_NULLS, PRIOR_DOF


@dataclass(frozen=True)
class FamilyNull:
    """The distribution of a score over unrelated models.

    `mean`: of the families' means. `variance`: of one new model of a new family, None where there are too few families.
    `dof`: its degrees of freedom.
    """

    mean: float
    variance: float | None
    dof: float
    values: tuple[float, ...]
    n_families: int

    @property
    def n_controls(self) -> int:
        """Return the number of unrelated models."""
        return len(self.values)

    @property
    def is_sufficient(self) -> bool:
        """Return whether a verdict may rest on it."""
        return self.has_controls(LEAST_CONTROLS)

    def has_controls(self, n_controls: int) -> bool:
        """Return whether it has `n_controls` controls, and enough families to estimate the spread between them."""
        return self.n_controls >= n_controls and self.n_families >= LEAST_FAMILIES and bool(self.variance)


@dataclass(frozen=True)
class Prior:
    """The variance that all candidates' nulls predict for one of them, worth `dof` degrees of freedom."""

    variance: float
    dof: float


@dataclass(frozen=True)
class NullTest:
    """A score against its null, in standard deviations (`z`) and as a `t` of `dof`; None where there are too few."""

    z: float | None
    t: float | None
    dof: float | None


UNTESTED = NullTest(None, None, None)


def family_null(
    values: Sequence[float] | NDArray[np.float64], families: Sequence[str] | NDArray[np.int64]
) -> FamilyNull:
    """Return the null of the scores of unrelated models.

    Models of one family resemble each other, so the families are the observations: one-way random effects, fitted by
    the unweighted means (Burdick and Graybill, Confidence Intervals on Variance Components, 1992, 4.3). A new model's
    variance is that between families' means, plus the share of the variance within families that means have averaged
    away; its degrees of freedom are Satterthwaite's (Biometrics Bulletin 1946, 2, 110-114).

    Args:
        values: n scores.
        families: the family of each, its name or a number.

    Raises:
        ValueError: there is no value.
    """
    if not len(values):
        raise ValueError("no unrelated model has a score: there is no null.")
    ordered, statistics = _by_family(values, families)
    moments = _moments(*statistics)
    variance = float(moments.variance)
    return FamilyNull(
        float(moments.mean),
        None if isnan(variance) else variance,
        float(moments.dof),
        tuple(ordered.tolist()),
        len(statistics[1]),
    )


@dataclass(frozen=True)
class Moments:
    """The fields of `FamilyNull` for many nulls, in arrays of one shape; NaN for None."""

    mean: Floats
    variance: Floats
    dof: Floats
    n_controls: NDArray[np.int64]
    n_families: NDArray[np.int64]

    def at(self, places: Bools) -> "Moments":
        """Return the moments of the nulls at `places`."""
        return Moments(*(values[places] for values in vars(self).values()))


def left_out_nulls(values: Floats, families: NDArray[np.int64]) -> Moments:
    """Return what `family_null` gives without each of the k families in turn, arrays (k).

    Args:
        values: n scores.
        families: the family of each, as a number: k - 1 is the highest.
    """
    _, statistics = _by_family(values, families)
    k = len(statistics[1])
    if k < 2:
        return Moments(*(np.full(k, missing) for missing in (np.nan, np.nan, 0.0, 0, 0)))
    is_other = ~np.eye(k, dtype=bool)

    def others(of_family: NDArray[Any]) -> NDArray[Any]:
        """Return a row for each family: the values of all other families."""
        return np.broadcast_to(of_family, (k, k))[is_other].reshape(k, k - 1)

    means, sizes, squares = statistics
    return _moments(others(means), others(sizes), others(squares))


def _by_family(
    values: Sequence[float] | Floats, families: Sequence[str] | NDArray[np.int64]
) -> tuple[Floats, tuple[Floats, NDArray[np.int64], Floats]]:
    """Return the values by family and size; and of each family the mean, the number and the squares about the mean."""
    _, family = np.unique(np.asarray(families), return_inverse=True)
    ordered = np.asarray(values, dtype=np.float64)
    order = np.lexsort((ordered, family))
    ordered, family = ordered[order], family[order]
    sizes = np.bincount(family)
    means = np.bincount(family, ordered) / sizes
    squares: Floats = np.bincount(family, (ordered - means[family]) ** 2).astype(np.float64)
    return ordered, (means, sizes, squares)


def _moments(means: Floats, sizes: NDArray[np.int64], squares: Floats) -> Moments:
    """Return the nulls over families along the last axis."""
    k, mean, n = means.shape[-1], np.asarray(means.mean(axis=-1)), np.asarray(sizes.sum(axis=-1))
    if k < LEAST_FAMILIES:
        return Moments(mean, np.full_like(mean, np.nan), np.zeros_like(mean), n, np.full_like(n, k))
    between = means.var(axis=-1, ddof=1)
    dof_within = np.maximum(n - k, 1)
    averaged = (1.0 / sizes).mean(axis=-1)
    within = np.where(n > k, squares.sum(axis=-1) / dof_within * (1.0 - averaged), 0.0)
    variance = between + within
    spread = between**2 / (k - 1) + within**2 / dof_within
    dof = np.divide(variance**2, spread, out=np.full_like(mean, k - 1.0), where=spread > 0.0)
    return Moments(mean, variance, dof, n, np.full_like(n, k))


def common_prior(nulls: Sequence[FamilyNull]) -> Prior | None:
    """Return the common variance of many candidates' nulls, worth 25 degrees of freedom.

    A few families estimate a variance poorly, many candidates estimate it well: the mean log variance, after Smyth,
    Statistical Applications in Genetics and Molecular Biology 2004, 3, article 3, section 6.2, at fixed degrees.

    Returns:
        None where fewer than three nulls have a variance.
    """
    variances = [(null.variance, null.dof) for null in nulls if null.variance]
    if len(variances) < LEAST_NULLS:
        return None
    half = np.array([dof / 2.0 for _, dof in variances])
    logs = np.log([variance for variance, _ in variances]) - digamma(half) + np.log(half)
    shift = float(digamma(PRIOR_DOF / 2.0)) - log(PRIOR_DOF / 2.0)
    return Prior(exp(float(logs.mean()) + shift), PRIOR_DOF)


def compare(score: float, null: FamilyNull, prior: Prior | None, least: int = LEAST_CONTROLS) -> NullTest:
    """Return the test of a score against its null; no test with fewer than `least` controls. See `t_prediction`."""
    if not null.has_controls(least) or null.variance is None:
        return UNTESTED
    moments = (null.mean, null.variance, null.dof, null.n_controls, null.n_families)
    test = t_prediction(np.array([score]), Moments(*(np.array([value]) for value in moments)), prior)
    return NullTest(*(float(values[0]) for values in test))


def t_prediction(scores: Floats, nulls: Moments, prior: Prior | None) -> tuple[Floats, Floats, Floats]:
    """Return z, t and degrees of freedom of scores: a t prediction for one new model of a new family.

    After Hahn and Meeker, Statistical Intervals, 1991, 4.8, the variance moderated by `prior`.

    Args:
        scores: in any shape.
        nulls: that of each score, all with a variance.
        prior: the common variance of all candidates' nulls.
    """
    variance, dof = nulls.variance, nulls.dof
    if prior is not None:
        variance = (prior.dof * prior.variance + dof * variance) / (prior.dof + dof)
        dof = dof + prior.dof
    gap = scores - nulls.mean
    # The mean's own error grows with the moderated variance.
    return gap / np.sqrt(variance), gap / np.sqrt(variance * (1.0 + 1.0 / nulls.n_families)), dof
