"""What a score looks like where there is no lineage: the same score of unrelated models, which come in families."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

import numpy as np
from scipy.special import digamma, polygamma, stdtr

LEAST_CONTROLS = 8
"""Unrelated models below which there is no verdict: with 4 of them 11 % false positives were measured at .05."""

LEAST_FAMILIES = 2
"""Families below which the spread between families can't be seen."""

LEAST_FOR_RANK = 19
"""Controls from which on a rank can reach .05: (1 + 0) / (19 + 1)."""

LEAST_NULLS = 3
"""Nulls below which they say nothing of each other."""

MOST_PRIOR_DOF = 100.0
MOST_SKEWNESS = 1.0
LEAST_FOR_SKEWNESS = 30
"""Controls' scores below which skewness is not estimated: its standard error is then near a half."""

_STEPS = 60


@dataclass(frozen=True)
class FamilyNull:
    """The distribution of a score over unrelated models.

    `mean`: of the families' means. `variance`: of one new model of a new family. `dof`: how well that variance is
    known. `mean_error`: variance of `mean`. Both variances are None where there are too few families.
    """

    mean: float
    variance: float | None
    dof: float
    mean_error: float
    values: tuple[float, ...]
    n_families: int

    @property
    def n_controls(self) -> int:
        """How many unrelated models there are."""
        return len(self.values)

    @property
    def is_sufficient(self) -> bool:
        """Say whether a verdict may rest on it."""
        return self.n_controls >= LEAST_CONTROLS and self.n_families >= LEAST_FAMILIES and bool(self.variance)


@dataclass(frozen=True)
class Prior:
    """What the nulls of all candidates say of one: its `variance`, worth `dof` degrees, and its `skewness`."""

    variance: float
    dof: float
    skewness: float = 0.0


@dataclass(frozen=True)
class NullTest:
    """A score against its null. All None where the null is insufficient; `p_rank` also below 19 controls."""

    z: float | None
    t: float | None
    p_t: float | None
    p_rank: float | None


def family_null(values: Sequence[float], families: Sequence[str]) -> FamilyNull:
    """Return the null that the scores of unrelated models make up.

    Models of one family resemble each other, so the families are the observations: one-way random effects, fitted by
    the unweighted means (Burdick and Graybill, Confidence Intervals on Variance Components, 1992, 4.3). A new model's
    variance is that between families' means, plus the share of the variance within families that means have averaged
    away; its degrees of freedom are Satterthwaite's (Biometrics Bulletin 1946, 2, 110-114).

    Args:
        values: n scores.
        families: the family of each.

    Raises:
        ValueError: there is no value.
    """
    if not len(values):
        raise ValueError("no unrelated model has a score: there is no null.")
    order = sorted(range(len(values)), key=lambda i: (families[i], values[i]))
    kept = np.array([values[i] for i in order], dtype=np.float64)
    names = [families[i] for i in order]
    parts = [kept[[n == name for n in names]] for name in sorted(set(names))]
    means = np.array([part.mean() for part in parts])
    k, shown = len(parts), tuple(float(v) for v in kept)
    if k < LEAST_FAMILIES:
        return FamilyNull(float(means.mean()), None, 0.0, 0.0, shown, k)
    between = float(means.var(ddof=1))
    dof_within = len(kept) - k
    squares = sum(float(((part - part.mean()) ** 2).sum()) for part in parts)
    averaged = float(np.mean([1.0 / len(part) for part in parts]))
    within = (squares / dof_within) * (1.0 - averaged) if dof_within else 0.0
    variance = between + within
    spread = between**2 / (k - 1) + (within**2 / dof_within if dof_within else 0.0)
    dof = variance**2 / spread if spread > 0.0 else float(k - 1)
    return FamilyNull(float(means.mean()), variance, dof, between / k, shown, k)


def common_prior(nulls: Sequence[FamilyNull]) -> Prior | None:
    """Return what the nulls of many candidates say together of a variance: empirical Bayes with one scaled chi-square.

    A few families know their variance badly, many candidates know it well: moments of the log variances, after Smyth,
    Statistical Applications in Genetics and Molecular Biology 2004, 3, article 3, section 6.2. Where the variances
    differ by no more than chance the prior is worth 100 degrees of freedom.

    Returns:
        None where fewer than three nulls have a variance.
    """
    told = [(null.variance, null.dof) for null in nulls if null.variance]
    if len(told) < LEAST_NULLS:
        return None
    half = np.array([dof / 2.0 for _, dof in told])
    logs = np.log([variance for variance, _ in told]) - digamma(half) + np.log(half)
    excess = float(logs.var(ddof=1) - polygamma(1, half).mean())
    dof = min(2.0 * _trigamma_inverse(excess), MOST_PRIOR_DOF) if excess > 0.0 else MOST_PRIOR_DOF
    return Prior(exp(float(logs.mean()) + float(digamma(dof / 2.0)) - log(dof / 2.0)), dof)


def with_skewness(prior: Prior, z_values: Sequence[float]) -> Prior:
    """Return `prior` with the skewness of all controls' z, each against the null without its own family; 0 to 1.

    Habits of beginning make likeness lopsided: two unrelated models may happen to share one, none falls as far below.
    """
    if len(z_values) < LEAST_FOR_SKEWNESS:
        return prior
    z = np.asarray(z_values) - np.mean(z_values)
    spread = float((z**2).mean())
    found = float((z**3).mean()) / spread**1.5 if spread > 0.0 else 0.0
    return Prior(prior.variance, prior.dof, min(max(found, 0.0), MOST_SKEWNESS))


def _straightened(t: float, skewness: float) -> float:
    """Return the deviate of a symmetric distribution that stands where `t` stands in one of this skewness.

    Wilson and Hilferty's cube root for Pearson's type III (Proc. National Academy of Sciences 1931, 17, 684-688).
    """
    if skewness < 1e-6:
        return t
    base = 0.5 * skewness * t + 1.0
    return (6.0 / skewness) * (base ** (1.0 / 3.0) - 1.0) + skewness / 6.0 if base > 0.0 else -inf


def compare(score: float, null: FamilyNull, prior: Prior | None) -> NullTest:
    """Return how a score stands against its null.

    `p_t`: one-sided, of a t prediction for one new model of a new family (Hahn and Meeker, Statistical Intervals, 1991,
    4.8), the variance moderated and the skewness told by `prior`. `p_rank`: (1 + controls at least as high) /
    (1 + controls), from 19 on.
    """
    if not null.is_sufficient or null.variance is None:
        return NullTest(None, None, None, None)
    variance, dof, skewness = null.variance, null.dof, 0.0
    if prior is not None:
        variance = (prior.dof * prior.variance + dof * variance) / (prior.dof + dof)
        dof += prior.dof
        skewness = prior.skewness
    # The mean's own error grows with the variance that is believed in.
    t = (score - null.mean) / sqrt(variance * (1.0 + 1.0 / null.n_families))
    n_above = sum(value >= score for value in null.values)
    p_rank = (1 + n_above) / (1 + null.n_controls) if null.n_controls >= LEAST_FOR_RANK else None
    return NullTest((score - null.mean) / sqrt(variance), t, float(stdtr(dof, -_straightened(t, skewness))), p_rank)


def _trigamma_inverse(value: float) -> float:
    """Return the x whose trigamma is `value`, by Newton's method on 1 / trigamma (Smyth 2004, appendix)."""
    if value > 1e7:
        return 1.0 / sqrt(value)
    if value < 1e-6:
        return inf if value <= 0.0 else 1.0 / value
    x = 0.5 + 1.0 / value
    for _ in range(_STEPS):
        now = float(polygamma(1, x))
        step = now * (1.0 - now / value) / float(polygamma(2, x))
        x += step
        if -step / x < 1e-9:
            break
    return x
