"""Sums for each pair of models over prompts: of one shard of the prompts, and of all shards together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tasks.domain.pairwise.centring import centre
from tasks.domain.pairwise.extras import ShardExtras
from tasks.domain.pairwise.matrices import Floats, row_blocks
from tasks.domain.pairwise.prompt_replies import Cohort
from tasks.domain.pairwise.values import PromptValues

N_BLOCKS = 20
"""Prompts are dealt in turn to as many blocks: differences between block means give the error of a mean."""

Counts = NDArray[np.uint32]


@dataclass
class SetSums:
    """Sums over the prompts of one set, n x n, row target, column reference: of values, and of centred values."""

    n: Counts
    total: Floats
    square_total: Floats
    n_centred: Counts
    centred_total: Floats
    centred_square_total: Floats

    @classmethod
    def empty(cls, n: int) -> "SetSums":
        """Return sums over no prompt."""
        return cls(*(np.zeros((n, n), dtype=kind) for kind in (np.uint32, np.float64, np.float64) * 2))

    def add(self, values: Floats, centred: Floats, model: NDArray[np.int64] | None) -> None:
        """Add one prompt's values; `model`: the places of its models, None: all models."""
        for matrix, n, total, square in (
            (values, self.n, self.total, self.square_total),
            (centred, self.n_centred, self.centred_total, self.centred_square_total),
        ):
            for rows in row_blocks(len(matrix)):
                is_there = ~np.isnan(matrix[rows])
                present = np.where(is_there, matrix[rows], 0.0)
                cells = rows if model is None else np.ix_(model[rows], model)
                n[cells] += is_there
                total[cells] += present
                present *= present
                square[cells] += present

    def include(self, other: "SetSums") -> None:
        """Add the sums over other prompts."""
        for name, value in vars(self).items():
            value += getattr(other, name)


@dataclass
class ShardSums:
    """The sums of one shard of prompts, a block of the total, by channel and prompt set, for `n_models` models."""

    n_models: int
    by_channel: dict[str, dict[str, SetSums]]
    extras: ShardExtras | None = None
    background_n: dict[str, Floats] = field(default_factory=dict)
    background_total: dict[str, Floats] = field(default_factory=dict)

    def add(self, prompt: PromptValues, cohort: Cohort) -> None:
        """Add the values of one prompt."""
        is_whole = len(prompt.model) == self.n_models
        for name, by_set in self.by_channel.items():
            values = prompt.values[name]
            centred = centre(values, cohort, prompt.model)
            sums = by_set.setdefault(prompt.prompt_set, SetSums.empty(self.n_models))
            sums.add(values, centred.values, None if is_whole else prompt.model)
            has_background = ~np.isnan(centred.background)
            if name not in self.background_n:
                self.background_n[name], self.background_total[name] = np.zeros(self.n_models), np.zeros(self.n_models)
            self.background_n[name][prompt.model] += has_background
            self.background_total[name][prompt.model] += np.where(has_background, centred.background, 0.0)
            if self.extras is not None:
                self.extras.add(name, prompt, centred)


@dataclass(frozen=True)
class ChannelSums:
    """Sums over all prompts of one channel, for n models as targets (rows) and as references (columns).

    `sets`: by prompt set. `block_n`, `block_total` (blocks x n x n): centred values, by block. `background` (n): mean
    of a target's values with its background, every vendor counting 1. A model with itself compares its samples.
    """

    sets: dict[str, SetSums]
    block_n: Counts
    block_total: Floats
    background: Floats

    @property
    def n(self) -> Floats:
        """Return the number of prompts that both answered, n x n."""
        return np.sum([sums.n for sums in self.sets.values()], axis=0, dtype=np.float64)

    @property
    def total(self) -> Floats:
        """Return the sum of the values, n x n."""
        return np.sum([sums.total for sums in self.sets.values()], axis=0)

    @property
    def mean(self) -> Floats:
        """Return the mean over prompts, n x n; NaN where there is none."""
        return _ratio(self.total, self.n)

    @property
    def centred(self) -> Floats:
        """Return the mean over prompts of centred values, n x n; NaN where there is none."""
        return _ratio(self.block_total.sum(axis=0), self.n_centred)

    @property
    def n_centred(self) -> Floats:
        """Return the number of prompts with a centred value, n x n."""
        return self.block_n.sum(axis=0, dtype=np.float64)

    @property
    def block_means(self) -> Floats:
        """Return the mean of centred values in each block, blocks x n x n; NaN in a block without prompts."""
        return _ratio(self.block_total, self.block_n)


def merge_shards(
    shards: Iterable[ShardSums], names: Sequence[str], cohort: Cohort
) -> tuple[dict[str, ChannelSums], list[ShardExtras]]:
    """Return the sums over all shards by channel, each shard a block; and the extras of the shards.

    The shards are added in their order, so that equal shards give equal sums to the last bit in any process.
    """
    n = len(cohort.vendor)
    sets: dict[str, dict[str, SetSums]] = {name: {} for name in names}
    blocks: dict[str, list[tuple[Counts, Floats]]] = {name: [] for name in names}
    background = {name: (np.zeros(n), np.zeros(n)) for name in names}
    extras = []
    for shard in shards:
        for name in names:
            block = (np.zeros((n, n), dtype=np.uint32), np.zeros((n, n)))
            for prompt_set, sums in shard.by_channel[name].items():
                sets[name].setdefault(prompt_set, SetSums.empty(n)).include(sums)
                block[0][:] += sums.n_centred
                block[1][:] += sums.centred_total
            blocks[name].append(block)
            if name in shard.background_n:
                background[name][0][:] += shard.background_n[name]
                background[name][1][:] += shard.background_total[name]
        if shard.extras is not None:
            extras.append(shard.extras)
    return {
        name: ChannelSums(
            sets[name] or {"": SetSums.empty(n)},
            np.stack([sums[0] for sums in blocks[name]]),
            np.stack([sums[1] for sums in blocks.pop(name)]),
            _ratio(background[name][1], background[name][0]),
        )
        for name in names
    }, extras


def _ratio(total: Floats, n: NDArray[np.float64] | Counts) -> Floats:
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
