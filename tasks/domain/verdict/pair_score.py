"""What is measured of each pair besides the score of the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.verdict.population import Population


@dataclass(frozen=True)
class PairScore:
    """How alike one target is to one reference: D with its interval, and what stands beside it.

    `opening_d`: mean plain opening, centred by vendor. `opening`: what that is before centring. `embedding`: mean
    centred cosine, None where nothing is embedded.
    """

    target: str
    reference: str
    opening: float
    opening_d: float | None
    low: float | None
    high: float | None
    length_closeness: float | None
    embedding: float | None
    n_prompts: int


Pairs = Mapping[tuple[int, int], PairScore]
"""Pairs by the places of target and reference."""


def placed(pairs: Sequence[PairScore], population: Population) -> dict[tuple[int, int], PairScore]:
    """Return the pairs by the places of their models."""
    place = population.place
    return {(place[pair.target], place[pair.reference]): pair for pair in pairs if pair.target != pair.reference}


def matrix(pairs: Pairs, population: Population, name: str) -> Floats:
    """Return one figure of all pairs, n x n; NaN where there is none."""
    n = len(population.known)
    values = np.full((n, n), np.nan)
    for cell, pair in pairs.items():
        value = getattr(pair, name)
        if value is not None:
            values[cell] = value
    return values
