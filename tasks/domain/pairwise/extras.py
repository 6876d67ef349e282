"""Further results of a shard beside the channel sums: the background's size, bases, samples, prompts, kernels."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tasks.domain.pairwise.centring import Centred
from tasks.domain.pairwise.matrices import Bools, Floats
from tasks.domain.pairwise.values import PromptValues

PREFIX_OVERLAP, OVERLAP = "prefix_overlap", "overlap"
MOST_IN_KERNELS = 256
"""Most models for which each pair's similarity is kept by prompt, for measures of the whole population."""


@dataclass(frozen=True)
class Relations:
    """Relations of n models: `bases`: places of student and base; `same_family` and `same_vendor` (n x n)."""

    n_models: int
    bases: Sequence[tuple[int, int]]
    same_family: Bools
    same_vendor: Bools


@dataclass(frozen=True)
class PromptMeans:
    """The mean value of a channel over pairs of models on one prompt, None where there is no such pair."""

    prompt_id: str
    channel: str
    n_between_vendors: int
    between_vendors: float | None
    n_within_families: int
    within_families: float | None
    n_between_families: int
    between_families: float | None


@dataclass
class ShardExtras:
    """Further results of one shard.

    `n_background` (by set, n x n): most models that a value was centred on. `base` (5, bases, n): number of prompts,
    sums of the student's centred prefix overlap, of the base's, of their difference and of its square. `own` (11,
    n x n): of prompts on which both models were sampled more than once, see `OWN`. `prompts`: means over pairs, by
    prompt. `kernels`: by prompt the similarities of all pairs, 0 to 1, where models are not too many. `own_kernels`
    (2, 2, n): number and sum of each model's with itself.
    """

    relations: Relations
    n_background: dict[str, NDArray[np.int32]] = field(default_factory=dict)
    base: Floats = field(default_factory=lambda: np.zeros(0))
    own: Floats | None = None
    prompts: list[PromptMeans] = field(default_factory=list)
    kernels: dict[str, dict[str, NDArray[np.float32]]] = field(default_factory=dict)
    own_kernels: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        n = self.relations.n_models
        self.base = np.zeros((5, len(self.relations.bases), n))
        self.own_kernels = np.zeros((2, 2, n))

    def add(self, channel: str, prompt: PromptValues, centred: Centred) -> None:
        """Add the values of one channel on one prompt."""
        if channel not in (PREFIX_OVERLAP, OVERLAP):
            return
        values = prompt.values[channel]
        self.prompts.append(self._means(channel, prompt, values))
        if channel == PREFIX_OVERLAP:
            self._add_background(prompt, centred)
            self._add_bases(prompt, centred)
        if self.relations.n_models <= MOST_IN_KERNELS:
            self._add_kernel(channel, prompt, values)
        if channel == PREFIX_OVERLAP and not np.isnan(np.diagonal(values)).all():
            self._add_own(prompt)

    def _means(self, channel: str, prompt: PromptValues, values: Floats) -> PromptMeans:
        cells = np.ix_(prompt.model, prompt.model)
        is_pair = np.triu(~np.isnan(values), 1)
        family, vendor = self.relations.same_family[cells], self.relations.same_vendor[cells]
        parts: list[float | int | None] = []
        for chosen in (is_pair & ~vendor, is_pair & family, is_pair & ~family):
            n = int(np.count_nonzero(chosen))
            parts += [n, float(values[chosen].mean()) if n else None]
        return PromptMeans(prompt.prompt_id, channel, *parts)  # type: ignore[arg-type]

    def _add_background(self, prompt: PromptValues, centred: Centred) -> None:
        n = self.relations.n_models
        most = self.n_background.setdefault(prompt.prompt_set, np.zeros((n, n), dtype=np.int32))
        cells = np.ix_(prompt.model, prompt.model)
        most[cells] = np.maximum(most[cells], centred.n_background.astype(np.int32))

    def _add_bases(self, prompt: PromptValues, centred: Centred) -> None:
        place = {int(model): row for row, model in enumerate(prompt.model)}
        for number, (student, base) in enumerate(self.relations.bases):
            if student in place and base in place:
                of_student, of_base = centred.values[place[student]], centred.values[place[base]]
                gap = of_student - of_base
                is_there = ~np.isnan(gap)
                for row, part in enumerate((np.ones_like(gap), of_student, of_base, gap, gap * gap)):
                    self.base[row, number, prompt.model] += np.where(is_there, part, 0.0)

    def _add_kernel(self, channel: str, prompt: PromptValues, values: Floats) -> None:
        kernel = values
        if channel == PREFIX_OVERLAP:
            reach = prompt.reach[:, None] * prompt.reach[None, :]
            kernel = np.divide(values, np.sqrt(reach), out=np.full_like(values, np.nan), where=reach > 0.0)
        kernel = kernel.round(9)
        own = np.diagonal(kernel)
        number = (PREFIX_OVERLAP, OVERLAP).index(channel)
        self.own_kernels[number, 0, prompt.model] += ~np.isnan(own)
        self.own_kernels[number, 1, prompt.model] += np.nan_to_num(own)
        whole = np.full((self.relations.n_models, self.relations.n_models), np.nan, dtype=np.float32)
        whole[np.ix_(prompt.model, prompt.model)] = kernel
        self.kernels.setdefault(prompt.prompt_id, {})[channel] = whole[np.triu_indices(len(whole), 1)]

    def _add_own(self, prompt: PromptValues) -> None:
        n = self.relations.n_models
        if self.own is None:
            self.own = np.zeros((len(OWN), n, n))
        prefix_overlap, overlap = prompt.values[PREFIX_OVERLAP], prompt.values[OVERLAP]
        own = np.diagonal(prefix_overlap)
        chosen = np.flatnonzero(~np.isnan(own))
        cells, here = np.ix_(prompt.model[chosen], prompt.model[chosen]), np.ix_(chosen, chosen)
        own_values = np.broadcast_to(own[chosen], (len(chosen), len(chosen)))
        pair, both = prefix_overlap[here], (own_values + own_values.T) / 2.0
        shared, own_shared = overlap[here], np.broadcast_to(np.diagonal(overlap)[chosen], own_values.shape)
        parts = (np.ones_like(pair), pair, own_values.T, own_values, pair * pair, pair * both, both * both)
        pairs = (~np.isnan(shared), np.nan_to_num(shared), ~np.isnan(own_shared), np.nan_to_num(own_shared))
        for row, part in enumerate((*parts, *pairs)):
            self.own[row][cells] += part


OWN = (
    "n_prompts",
    "prefix_overlap",
    "left_self_prefix_overlap",
    "right_self_prefix_overlap",
    "prefix_overlap_square",
    "prefix_overlap_self_product",
    "self_square",
    "n_overlap",
    "overlap",
    "n_self_overlap",
    "self_overlap",
)
"""What `ShardExtras.own` sums; `self_overlap`: of the right model (column); of the left: the transposed cell."""
