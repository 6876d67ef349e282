"""Loss of precision of a clustered sample against independent values: design effect and effective n."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain.stats.clustered_sample import Floats, Observed, observe
from tasks.domain.stats.distributions import NORMAL, t_quantile

CONFIDENCE = 0.95

ASSUMED_ICC = 2 / 3
"""Intracluster correlation that is assumed where the data can't estimate it: almost no value deviates.

The published attack logs show .05 to .31 over templates and up to .35 over questions, but a template may also leak on
every question. With 2/3, zero in G clusters is read as zero in about 1.5 G probes: the interval then misses the rate of
templates that always leak, in the worst case, with probability .025^(2/3) = 8.5 %, whatever G is.
"""

CLUSTERS_TO_HALVE = 1.0
"""So many effective clusters with events halve the weight of the assumed correlation; chosen by measured coverage."""


@dataclass(frozen=True)
class DesignEffect:
    """The mean of clustered values and its precision.

    `variance`: of the mean, clustered, never below that of independent values. `design_effect`: `variance` over the
    variance of the mean of n independent values, at least 1; where all values are alike it can't be estimated and is
    what `ASSUMED_ICC` gives, with `is_assumed` set. `n_effective` = n / design_effect, from 1 to n. `df`: degrees of
    freedom of `variance`. `cautious`: the design effect that intervals use, which allows for its own uncertainty.
    All but n and n_missing are None where nothing was observed or, except for `mean`, where a way of clustering has
    one cluster; `reason` names which (`no_observations`, `one_cluster`).
    """

    n: int
    n_missing: int
    mean: float | None = None
    variance: float | None = None
    design_effect: float | None = None
    n_effective: float | None = None
    df: int | None = None
    cautious: float | None = None
    is_assumed: bool = False
    reason: str | None = None


def design_effect(
    values: Sequence[float | None], clusters: Sequence[str], crossed: Sequence[str] | None = None
) -> DesignEffect:
    """Return the design effect of the mean of `values` (Kish, Survey Sampling, 1965, 8.2).

    Args:
        values: n values from 0 to 1, None where missing.
        clusters: n names, such as the template of each value.
        crossed: n names of a second way of clustering that crosses the first, such as the question, or None.

    Raises:
        ValueError: lengths differ, or a value is out of range.
    """
    return measure(observe(values, clusters, *([] if crossed is None else [crossed])))


def measure(observed: Observed) -> DesignEffect:
    """Return the design effect of the mean of values from 0 to 1 that were prepared by `observe`."""
    n, n_missing = observed.n, observed.n_missing
    if n == 0:
        return DesignEffect(n, n_missing, reason=observed.gap)
    mean = float(observed.values.mean())
    if observed.gap:
        return DesignEffect(n, n_missing, mean, reason=observed.gap)
    residuals = observed.values - mean
    independent = float((residuals**2).sum()) / n**2
    is_assumed = independent < 1e-18
    assumed = [_assumed_effect(observed, way) for way in range(len(observed.sizes))]
    effect = max(1.0, *assumed) if is_assumed else max(1.0, clustered_variance(residuals, observed) / independent)
    # Rounding must not push the effective n out of its bounds.
    n_effective = min(float(n), max(1.0, n / effect))
    return DesignEffect(
        n,
        n_missing,
        mean,
        independent * effect,
        effect,
        n_effective,
        min(observed.sizes) - 1,
        effect if is_assumed else _cautious_effect(residuals, observed, effect),
        is_assumed,
    )


def clustered_variance(residuals: Floats, observed: Observed) -> float:
    """Return the variance of a mean whose linearised residuals are given, robust to every way of clustering.

    One way: G / (G - 1) times the sum of squared cluster totals over n^2. Two ways that cross: Cameron, Gelbach and
    Miller (2011), the sum of both less that over cells. Where that falls below one of its parts, as it can in small
    samples, the largest part is returned.

    Args:
        residuals: shape (n,), in the order of `observed`; their mean is 0.
        observed: with one or two ways of clustering, each of at least two clusters.
    """
    parts = [_one_way(residuals, observed, way) for way in range(len(observed.sizes))]
    if len(parts) == 2:
        sums = observed.table(residuals)
        n_cells = int(np.count_nonzero(observed.table(np.ones(observed.n))))
        cells = float((sums**2).sum()) / observed.n**2 * n_cells / (n_cells - 1)
        parts += [cells, parts[0] + parts[1] - cells]
    return max(parts)


def _cautious_effect(residuals: Floats, observed: Observed, effect: float) -> float:
    """Return the design effect that intervals use.

    It is `effect` widened by Korn and Graubard's (1998) (t / z)^2, since it is estimated on few degrees of freedom, or
    where that is more, the effect of one way mixed with the assumed one. The fewer clusters hold events, the less the
    data tell of their correlation, and the more the assumed one counts.
    """
    level = (1 + CONFIDENCE) / 2
    widening = (t_quantile(level, min(observed.sizes) - 1) / NORMAL.inv_cdf(level)) ** 2
    independent = float((residuals**2).sum()) / observed.n**2
    candidates = [effect * widening]
    for way in range(len(observed.sizes)):
        own = max(1.0, _one_way(residuals, observed, way) / independent) * widening
        weight = 0.5 ** (_clusters_with_events(observed, way) / CLUSTERS_TO_HALVE)
        candidates.append((1.0 - weight) * own + weight * max(own, _assumed_effect(observed, way)))
    return max(candidates)


def _one_way(residuals: Floats, observed: Observed, way: int) -> float:
    size = observed.sizes[way]
    return float((observed.sums(way, residuals) ** 2).sum()) / observed.n**2 * size / (size - 1)


def _assumed_effect(observed: Observed, way: int) -> float:
    """Return Kish's 1 + (size - 1) x ICC, the size being that of the cluster of an average value."""
    size = float((observed.sums(way, np.ones(observed.n)) ** 2).sum()) / observed.n
    return 1.0 + (size - 1.0) * ASSUMED_ICC


def _clusters_with_events(observed: Observed, way: int) -> float:
    """Return the effective number of clusters that the rarer outcome is spread over: (sum x)^2 / sum x^2.

    It is 0 without events, 1 where one cluster holds all, and the number of clusters where they are spread evenly.
    """
    effective_numbers = []
    for events in (observed.values, 1.0 - observed.values):
        sums = observed.sums(way, events)
        squares = float((sums**2).sum())
        effective_numbers.append(float(sums.sum()) ** 2 / squares if squares > 0 else 0.0)
    return min(effective_numbers)
