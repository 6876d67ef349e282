"""Pairs of models with given scores, as input of verdicts."""

from collections.abc import Sequence

import numpy as np

from tasks.domain.verdict.pair_measures import FIGURES, PairMeasures, Pairs
from tasks.domain.verdict.population import Population


def pairs_from_list(pairs: Sequence[PairMeasures], population: Population) -> Pairs:
    """Return pairs as matrices; those of a model with itself are left out."""
    place, n = population.place, len(population.models)
    figures = {name: np.full((n, n), np.nan) for name in FIGURES}
    for pair in pairs:
        if pair.target != pair.reference:
            cell = place[pair.target], place[pair.reference]
            for name in FIGURES:
                value = getattr(pair, name)
                figures[name][cell] = np.nan if value is None else value
    return Pairs(tuple(place), figures)
