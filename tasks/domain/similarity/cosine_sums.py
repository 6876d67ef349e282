"""Cosines of models' replies, prompt by prompt -> sums for each two models; memory does not grow with prompts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tasks.domain.similarity.vectors import Cosines

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CosinesOfSet:
    """Sums over the prompts of one set, each n x n and symmetric: of cosines and of centred ones, and of how many."""

    n: NDArray[np.int64]
    total: Floats
    n_centred: NDArray[np.int64]
    centred_total: Floats


@dataclass
class CosineSums:
    """Sums for each two of n models, named in alphabetical order; `set_of`: the set of each prompt.

    `sets`: by prompt set. `n_sampled`, `sampled`, `own` (n x n): of the prompts that two models were both sampled on
    more than once, their number, the sum of the two models' cosines, and of the row's model with itself.
    """

    models: tuple[str, ...]
    set_of: Mapping[str, str]
    sets: dict[str, CosinesOfSet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.models), len(self.models))
        self.n_sampled = np.zeros(shape, dtype=np.int64)
        self.sampled, self.own = np.zeros(shape), np.zeros(shape)
        self._place = {model: place for place, model in enumerate(self.models)}

    def add(self, prompt_id: str, raw: Cosines, centred: Cosines | None) -> None:
        """Add the cosines of one prompt.

        Args:
            prompt_id: the prompt.
            raw: of the models that answered it.
            centred: of the models whose centred replies are not zero; None where nothing could be centred.
        """
        sums = self.sets.setdefault(self.set_of[prompt_id], self._empty())
        cells = self._cells(raw[0])
        is_there = ~np.isnan(raw[1])
        sums.n[cells] += is_there
        sums.total[cells] += np.where(is_there, raw[1], 0.0)
        if centred is not None:
            centred_cells = self._cells(centred[0])
            has_cosine = ~np.isnan(centred[1])
            sums.n_centred[centred_cells] += has_cosine
            sums.centred_total[centred_cells] += np.where(has_cosine, centred[1], 0.0)
        self._add_sampled(raw)

    def _add_sampled(self, raw: Cosines) -> None:
        own = raw[1].diagonal()
        chosen = np.flatnonzero(~np.isnan(own))
        if len(chosen):
            cells = self._cells([raw[0][place] for place in chosen])
            self.n_sampled[cells] += 1
            self.sampled[cells] += raw[1][np.ix_(chosen, chosen)]
            self.own[cells] += own[chosen][:, None]

    def _cells(self, models: list[str]) -> tuple[NDArray[np.int64], ...]:
        places = np.array([self._place[model] for model in models], dtype=np.int64)
        return np.ix_(places, places)

    def _empty(self) -> CosinesOfSet:
        shape = self.n_sampled.shape
        counts = (np.zeros(shape, dtype=np.int64) for _ in range(2))
        return CosinesOfSet(next(counts), np.zeros(shape), next(counts), np.zeros(shape))
