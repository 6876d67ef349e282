"""Measurements of each pair besides the score of the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import isnan
from typing import Any

from tasks.domain.pairwise.matrices import Floats


@dataclass(frozen=True)
class PairMeasures:
    """How alike one target is to one reference: D with its interval, and other measures.

    `prefix_overlap_d`: mean prefix overlap, centred by vendor. `prefix_overlap`: the same before centring.
    `embedding`: mean centred cosine, None where nothing is embedded.
    """

    target: str
    reference: str
    prefix_overlap: float
    prefix_overlap_d: float | None
    low: float | None
    high: float | None
    length_closeness: float | None
    embedding: float | None
    n_prompts: int


@dataclass(frozen=True)
class Pairs:
    """The scores of all pairs of n models: `figures` holds each figure as an n x n matrix, NaN where there is none."""

    models: tuple[str, ...]
    figures: Mapping[str, Floats]

    def get(self, cell: tuple[int, int]) -> PairMeasures | None:
        """Return the pair at the places of target and reference; None where they have no common prompt."""
        value_of = {name: float(values[cell]) for name, values in self.figures.items()}
        if isnan(value_of["n_prompts"]):
            return None
        fields: dict[str, Any] = {name: None if isnan(value) else value for name, value in value_of.items()}
        fields["n_prompts"] = int(value_of["n_prompts"])
        return PairMeasures(target=self.models[cell[0]], reference=self.models[cell[1]], **fields)


FIGURES = tuple(field.name for field in fields(PairMeasures) if field.name not in ("target", "reference"))


def matrix(pairs: Pairs, name: str) -> Floats:
    """Return one figure of all pairs, n x n; NaN where there is none."""
    return pairs.figures[name].copy()
