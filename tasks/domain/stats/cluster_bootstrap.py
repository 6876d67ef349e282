"""95 % interval of a rate whose values come in clusters, one way or two ways that cross."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tasks.domain.stats.clustered_sample import Floats, Observed, observe
from tasks.domain.stats.design_effect import CONFIDENCE, DesignEffect, measure
from tasks.domain.stats.distributions import NORMAL, beta_quantile, t_quantile

DRAWS = 2_000


@dataclass(frozen=True)
class ClusteredRate:
    """A rate from 0 to 1 with its 95 % interval; low <= value <= high.

    `value` is None where nothing was observed; `low` and `high` also where there is one cluster, which holds no
    information on others. `reason` is then `no_observations` or `one_cluster`.
    """

    value: float | None
    low: float | None
    high: float | None
    design: DesignEffect

    @property
    def reason(self) -> str | None:
        """Return why a value is missing, or None."""
        return self.design.reason


def clustered_rate(
    values: Sequence[float | None],
    clusters: Sequence[str],
    crossed: Sequence[str] | None,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> ClusteredRate:
    """Return the mean of `values` with an interval that also holds for new clusters of the same kind.

    The interval is the hull of two. (1) Percentiles of a bootstrap that draws whole clusters; where a second way
    crosses, both are drawn and a value counts with the product of its two weights (Owen's pigeonhole bootstrap, 2007;
    Owen and Eckles, 2012). (2) Korn and Graubard's (1998) exact interval with the effective n. Percentiles alone are
    [0, 0] for a rate of zero and far too short where few clusters hold all events; the exact interval alone knows
    nothing of the skew between clusters.

    Args:
        values: n values from 0 to 1, such as 1 where a reply leaks; None where missing, which is left out.
        clusters: n names, such as the template of each value.
        crossed: n names of the second way, such as the question; None for one way.
        rng: chance; equal seeds and data give equal intervals in whichever order the rows come.
        draws: number of bootstrap draws.

    Raises:
        ValueError: lengths differ, or a value is out of range.
    """
    observed = observe(values, clusters, *([] if crossed is None else [crossed]))
    design = measure(observed)
    if design.mean is None or design.variance is None or design.df is None or design.cautious is None:
        return ClusteredRate(design.mean, None, None, design)
    exact = exact_interval(observed.values, design.cautious)
    drawn = percentiles(bootstrap_means(observed, rng, draws), design.mean, design.variance, design.df)
    low, high = min(exact[0], drawn[0], design.mean), max(exact[1], drawn[1], design.mean)
    return ClusteredRate(design.mean, max(0.0, low), min(1.0, high), design)


def exact_interval(values: Floats, cautious: float) -> tuple[float, float]:
    """Return Korn and Graubard's interval of a mean: Clopper and Pearson's (1934) for the effective number of probes.

    Args:
        values: shape (n,), from 0 to 1.
        cautious: the design effect, with the allowance for its degrees of freedom already in it.
    """
    mean = float(values.mean())
    spread = float(((values - mean) ** 2).mean())
    # Values between 0 and 1 vary less than zeros and ones of the same mean, so they are worth more probes.
    worth = mean * (1.0 - mean) / spread if spread > 1e-18 else 1.0
    return clopper_pearson(mean, max(1.0, worth * len(values) / cautious))


def clopper_pearson(share: float, probes: float) -> tuple[float, float]:
    """Return the exact 95 % interval of a binomial share; neither `probes` nor `share` x `probes` need be whole."""
    tail, successes = (1.0 - CONFIDENCE) / 2.0, share * probes
    failures = probes - successes
    low = beta_quantile(tail, successes, failures + 1.0) if successes > 1e-9 else 0.0
    high = beta_quantile(1.0 - tail, successes + 1.0, failures) if failures > 1e-9 else 1.0
    return low, high


def bootstrap_means(observed: Observed, rng: np.random.Generator, draws: int) -> Floats:
    """Return the means of `draws` resamples of whole clusters, shape (<= draws,); empty resamples are left out."""
    weights = [_times_drawn(size, rng, draws) for size in observed.sizes]
    parts = []
    for column in (observed.values, np.ones(observed.n)):
        if len(weights) == 1:
            parts.append(weights[0] @ observed.sums(0, column))
        else:
            parts.append(((weights[0] @ observed.table(column)) * weights[1]).sum(axis=1))
    totals, counts = parts
    return totals[counts > 0] / counts[counts > 0]


def _times_drawn(size: int, rng: np.random.Generator, draws: int) -> Floats:
    """Return how often each of `size` clusters comes up in `size` picks with replacement, shape (draws, size)."""
    # Counting picks is several times faster than rng.multinomial, and distributed alike.
    picks = rng.integers(0, size, size=(draws, size)) + size * np.arange(draws)[:, np.newaxis]
    return np.bincount(picks.ravel(), minlength=draws * size).reshape(draws, size).astype(np.float64)


def percentiles(means: Floats, centre: float, variance: float, df: int) -> tuple[float, float]:
    """Return the 95 % percentile interval of bootstrap means, corrected for few clusters and for crossing.

    Drawing G clusters understates their variance by (G - 1) / G and ignores that it is estimated: the percentiles are
    moved out to match Student's t (Hesterberg 2015, "expanded percentiles"). Drawing two ways counts the noise of a
    cell three times (Owen 2007): draws that vary more than the analytic variance are drawn in towards `centre`.

    Args:
        means: shape (draws,), from `bootstrap_means`.
        centre: the mean that was observed.
        variance: of that mean, clustered.
        df: degrees of freedom of `variance`: the smaller number of clusters less 1.
    """
    drawn_variance = float(means.var()) if len(means) else 0.0
    if drawn_variance == 0.0:
        return centre, centre
    shrink = min(1.0, sqrt(variance / drawn_variance))
    tail = NORMAL.cdf(-sqrt((df + 1) / df) * t_quantile((1.0 + CONFIDENCE) / 2.0, df))
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return centre + float(low - centre) * shrink, centre + float(high - centre) * shrink
