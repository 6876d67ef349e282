"""Difference of two targets that answered the same questions under the same templates."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, sqrt

import numpy as np

from tasks.domain.stats.cluster_bootstrap import DRAWS, bootstrap_means, exact_interval, percentiles
from tasks.domain.stats.clustered_sample import Floats, Observed, observe
from tasks.domain.stats.design_effect import clustered_variance, measure

EXACT_UP_TO = 15
"""Up to so many clusters that differ, all sign patterns are counted; above, some are drawn."""

FLIPS = 9_999


@dataclass(frozen=True)
class PairedDifference:
    """`difference` = `left` - `right`, the rates over the n rows where both are there, with its 95 % interval.

    `p_value`: two-sided, of no difference. The three rates are None where there is no complete pair, the interval and
    the p value also where there is one cluster; `reason` names which (`no_observations`, `one_cluster`).
    """

    n: int
    n_missing: int
    left: float | None = None
    right: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    reason: str | None = None


def paired_difference(
    left: Sequence[float | None],
    right: Sequence[float | None],
    clusters: Sequence[str],
    crossed: Sequence[str] | None,
    rng: np.random.Generator,
) -> PairedDifference:
    """Return the difference of two rates over the same rows (template x question x sample).

    The interval is the hull of the corrected bootstrap percentiles of the mean difference (see `clustered_rate`) and
    of the square-and-add interval (MOVER; Newcombe 1998, Zou and Donner 2008) from the exact intervals of the two
    one-sided means, max(left - right, 0) and max(right - left, 0), which has a width also where hardly a row differs.
    The p value is that of a sign-flip permutation of whole clusters. With a second way both ways are flipped, the sums
    stretched to the two-way variance of Cameron, Gelbach and Miller (2011), and the larger p value counts: flipping
    one way alone rejected 8 to 9 % of true nulls at .05 where targets differed by template and by question. A p value
    can't be below 2^(1 - G) for the smaller number G of clusters that differ: with fewer than six questions no
    difference reaches .05.

    Args:
        left, right: n values from 0 to 1 each, row by row of the same template, question and sample; None where
            missing. A row counts where both are there.
        clusters: n names, such as the template.
        crossed: n names of a second way, such as the question; None for one way.
        rng: chance.

    Raises:
        ValueError: lengths differ, or a value is out of range.
    """
    both = [None if a is None or b is None else (a, b) for a, b in zip(left, right, strict=True)]
    names = [clusters, *([] if crossed is None else [crossed])]
    first = observe([None if pair is None else pair[0] for pair in both], *names)
    second = observe([None if pair is None else pair[1] for pair in both], *names)
    observed = observe([None if pair is None else pair[0] - pair[1] for pair in both], *names, lowest=-1.0)
    if observed.n == 0:
        return PairedDifference(0, observed.n_missing, reason=observed.gap)
    rates = float(first.values.mean()), float(second.values.mean())
    difference = float(observed.values.mean())
    if observed.gap:
        return PairedDifference(observed.n, observed.n_missing, *rates, difference, reason=observed.gap)
    low, high = _interval(observed, difference, rng)
    p_value = max(_p_values(observed, rng))
    return PairedDifference(observed.n, observed.n_missing, *rates, difference, low, high, p_value)


def sign_flip_p(totals: Floats, rng: np.random.Generator, stretch: float = 1.0) -> float:
    """Return the two-sided p value of a sum of independent totals whose signs are arbitrary under the null.

    Fisher's randomisation test for pairs (The Design of Experiments, 1935, 21), with clusters as the units. Exact up
    to `EXACT_UP_TO` totals other than 0. Above, (1 + hits) / (1 + flips), which is valid for any number of flips
    (Phipson and Smyth 2010).

    Args:
        totals: shape (G,), one sum of differences per cluster.
        rng: chance; not used where the test is exact.
        stretch: factor on the sums under the null, above 1 where they vary more than over these clusters alone.
    """
    differing = totals[totals != 0.0]
    size = len(differing)
    reached = abs(float(differing.sum())) / stretch
    # Sums that are equal but for rounding are ties, and ties count as hits.
    reached -= 1e-9 * max(1.0, reached)
    if size <= EXACT_UP_TO:
        signs = (np.arange(2**size)[:, np.newaxis] >> np.arange(size) & 1) * 2.0 - 1.0
        return float((np.abs(signs @ differing) >= reached).mean())
    signs = rng.integers(0, 2, size=(FLIPS, size), dtype=np.int8) * 2.0 - 1.0
    return float((1 + (np.abs(signs @ differing) >= reached).sum()) / (1 + FLIPS))


def _p_values(observed: Observed, rng: np.random.Generator) -> list[float]:
    """Return the p value over each way of clustering, stretched to the two-way variance where two ways cross."""
    totals = [observed.sums(way, observed.values) for way in range(len(observed.sizes))]
    squares = [float((total**2).sum()) for total in totals]
    whole = max(squares)
    if len(totals) == 2:
        whole = max(whole, sum(squares) - float((observed.table(observed.values) ** 2).sum()))
    return [
        sign_flip_p(total, rng, sqrt(whole / square)) if square > 0.0 else 1.0
        for total, square in zip(totals, squares, strict=True)
    ]


def _interval(observed: Observed, difference: float, rng: np.random.Generator) -> tuple[float, float]:
    residuals = observed.values - difference
    variance = max(clustered_variance(residuals, observed), float((residuals**2).sum()) / observed.n**2)
    drawn = percentiles(bootstrap_means(observed, rng, DRAWS), difference, variance, min(observed.sizes) - 1)
    gain, loss = np.maximum(observed.values, 0.0), np.maximum(-observed.values, 0.0)
    # Both parts are clustered as the rows that differ at all: one target's leaks show how the other's cluster.
    differing = measure(replace(observed, values=gain + loss))
    assert differing.cautious is not None
    gain_low, gain_high = exact_interval(gain, differing.cautious)
    loss_low, loss_high = exact_interval(loss, differing.cautious)
    below = hypot(float(gain.mean()) - gain_low, loss_high - float(loss.mean()))
    above = hypot(gain_high - float(gain.mean()), float(loss.mean()) - loss_low)
    low, high = min(drawn[0], difference - below, difference), max(drawn[1], difference + above, difference)
    return max(-1.0, low), min(1.0, high)
