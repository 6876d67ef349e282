"""How heavy the upper tail of a score is among unrelated models: an estimate that no single pair can distort."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from tasks.domain.pairwise.matrices import Floats

MOST_SKEWNESS = 1.0
WINSOR = 3.0
"""Robust standard deviations beyond which a value counts no further: a few outlying pairs can't set the skewness."""

LEAST_FOR_SKEWNESS = 30
"""Values below which skewness is not estimated: its standard error is then near a half."""

LEVELS = (0.05, 0.01)
LEAST_BEYOND = 10
"""How many values chance must give beyond a level for it to be counted: where it gives two or three, a handful of
outlying pairs would set the count."""

_STRETCHES = np.arange(1.0, 2.0, 0.01)
_TO_SD = 1.4826


@dataclass(frozen=True)
class Tail:
    """The fitted tail: the `skewness` of a Pearson type III, and by how much t is divided (`stretch`)."""

    skewness: float = 0.0
    stretch: float = 1.0


def fit_tail(t_values: Sequence[float], dof: float) -> Tail:
    """Return the tail of the t that unrelated models have, each against the null without its own family.

    `skewness`: of the values winsorized at three robust standard deviations from the median (median absolute
    deviation), 0 to 1: habits make similarity lopsided, as two unrelated models may share one and none falls as far
    below. `stretch`: the least factor, 1 to 2, by which t must be divided so that no more of them have p at or below
    .05 (from 200 values on) and .01 (from 1,000 on) than chance gives. It is a count: the number of outliers
    matters, not their distance.

    Args:
        t_values: left-out t of unrelated models.
        dof: typical degrees of freedom of their nulls.
    """
    if len(t_values) < LEAST_FOR_SKEWNESS:
        return Tail()
    t = np.asarray(t_values, dtype=np.float64)
    skewness = _winsorized_skewness(t)
    levels = [level for level in LEVELS if len(t) * level >= LEAST_BEYOND]
    for stretch in _STRETCHES:
        tail = Tail(skewness, float(stretch))
        p = upper_tail_p(t, dof, tail)
        if all(np.mean(p <= level) <= level for level in levels):
            return tail
    return Tail(skewness, float(_STRETCHES[-1]))


def upper_tail_p(t: Floats | float, dof: Floats | float, tail: Tail) -> Floats:
    """Return the chance of a t at least as high among unrelated models."""
    p: Floats = stdtr(dof, -_symmetric_deviates(t / tail.stretch, tail.skewness))
    return p


def _winsorized_skewness(t: Floats) -> float:
    centre = float(np.median(t))
    spread = _TO_SD * float(np.median(np.abs(t - centre)))
    clipped = np.clip(t, centre - WINSOR * spread, centre + WINSOR * spread)
    deviations = clipped - clipped.mean()
    variance = float((deviations**2).mean())
    skewness = float((deviations**3).mean()) / variance**1.5 if variance > 0.0 else 0.0
    return min(max(skewness, 0.0), MOST_SKEWNESS)


def _symmetric_deviates(t: Floats | float, skewness: float) -> Floats:
    """Return the deviates of a symmetric distribution at the quantiles of `t` in one of this skewness.

    Wilson and Hilferty's cube root for Pearson's type III (Proc. National Academy of Sciences 1931, 17, 684-688).
    """
    if skewness < 1e-6:
        return np.asarray(t)
    base = 0.5 * skewness * t + 1.0
    deviates = (6.0 / skewness) * (np.cbrt(base) - 1.0) + skewness / 6.0
    return np.where(base > 0.0, deviates, -np.inf)
