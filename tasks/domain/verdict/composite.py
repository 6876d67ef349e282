"""The score of the verdict: five channels in one, each in units of its spread among unrelated models.

Chosen on three populations of published replies, of 56, 87 and 25 models, among about 160 settings, and frozen there;
docs/method.md describes how. A change of a weight, of a channel or of the centring raises `limits.VERSION`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.sums import ChannelSums
from tasks.domain.verdict.family_null import family_null
from tasks.domain.verdict.limits import LEAST_NULLS
from tasks.domain.verdict.population import Population, best_snapshots

WEIGHTS: Mapping[str, float] = {
    "template_prefix": 0.7,
    "rare_prefix": 0.4,
    "closing_template": 0.4,
    "layout": 0.4,
    "overlap": -0.7,
}
"""Overlap counts against: it carries capability, length and subject, and a student shares its teacher's template and
layout beyond what shared content explains."""

MOST_COUNTED = {"overlap": 5.0}
"""Spreads beyond which a channel counts no further: a model that copies whole replies must not look less alike."""

TYPICAL_SPREADS: Mapping[str, float] = {
    "template_prefix": 0.11,
    "rare_prefix": 0.20,
    "closing_template": 0.06,
    "layout": 0.024,
    "overlap": 0.0075,
}
"""Median spreads of the three populations, for a population with too few controls to estimate its own."""


@dataclass(frozen=True)
class Composite:
    """The score of n models for each other, n x n, and its value in each block of prompts, blocks x n x n."""

    scores: Floats
    blocks: Floats
    spreads: Mapping[str, float]


def composite(sums: Mapping[str, ChannelSums], population: Population) -> Composite:
    """Return the sum of weight x centred mean / spread over channels.

    The spread of a channel is the root of the median, over groups of documented origin, of the variance of its highest
    centred mean among unrelated models.
    """
    spreads = {name: _spread(sums[name].centred, population) or TYPICAL_SPREADS[name] for name in WEIGHTS}
    scores = sum(_counted(name, sums[name].centred / spreads[name]) for name in WEIGHTS)
    blocks = sum(_counted(name, sums[name].block_means / spreads[name]) for name in WEIGHTS)
    return Composite(np.asarray(scores), np.asarray(blocks), spreads)


def _counted(name: str, values: Floats) -> Floats:
    return WEIGHTS[name] * np.minimum(values, MOST_COUNTED.get(name, np.inf))


def _spread(centred: Floats, population: Population) -> float | None:
    values, _ = best_snapshots(population, centred)
    variances = []
    for group in np.flatnonzero(population.is_documented):
        places = np.flatnonzero(population.is_unrelated[:, group] & ~np.isnan(values[:, group]))
        if not len(places):
            continue
        null = family_null([float(values[i, group]) for i in places], [population.family[i] for i in places])
        if null.is_sufficient and null.variance:
            variances.append(null.variance)
    return float(np.sqrt(median(variances))) if len(variances) >= LEAST_NULLS else None
