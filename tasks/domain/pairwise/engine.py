"""Replies, prompt by prompt -> sums for each pair of models and channel; memory does not grow with prompts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.matrices import Bools, Floats
from tasks.domain.pairwise.prompt_replies import Cohort, Places, PromptReplies

N_BLOCKS = 20
"""Prompts are dealt out in turn to as many blocks: differences between block means tell how sure a mean is."""


@dataclass(frozen=True)
class ChannelSums:
    """Sums over prompts of one channel, for n models as targets (rows) and as references (columns).

    `n`, `total` (n x n): prompts that both answered, and the sum of the values. `block_n`, `block_total` (blocks x n x
    n): the same of centred values, by block. `background` (n): mean of a target's values with its background, every
    vendor counting 1. A model with itself compares its samples of one prompt.
    """

    n: Floats
    total: Floats
    block_n: Floats
    block_total: Floats
    background: Floats

    @property
    def mean(self) -> Floats:
        """Return the mean over prompts, n x n; NaN where there is none."""
        return _over(self.total, self.n)

    @property
    def centred(self) -> Floats:
        """Return the mean over prompts of centred values, n x n; NaN where there is none."""
        return _over(self.block_total.sum(axis=0), self.block_n.sum(axis=0))

    @property
    def n_centred(self) -> Floats:
        """Return over how many prompts that is, n x n."""
        found: Floats = self.block_n.sum(axis=0)
        return found

    @property
    def block_means(self) -> Floats:
        """Return the mean of centred values in each block, blocks x n x n; NaN in a block without prompts."""
        return _over(self.block_total, self.block_n)


def pair_sums(
    prompts: Iterable[tuple[Sequence[str], Places]], cohort: Cohort, channels: Sequence[Channel], common: Set[str]
) -> dict[str, ChannelSums]:
    """Return the sums of each channel by its name; see `prompt_values` and `sums_of`.

    Args:
        prompts: for each prompt the replies' texts and the place of each reply's model; several of a model are samples.
        cohort: the models.
        channels: what to compare.
        common: words that stay in skeletons.
    """
    names = [channel.name for channel in channels]
    return sums_of(prompt_values(prompts, cohort, channels, common), names, cohort)


def prompt_values(
    prompts: Iterable[tuple[Sequence[str], Places]], cohort: Cohort, channels: Sequence[Channel], common: Set[str]
) -> Iterator[dict[str, Floats]]:
    """Yield for each prompt the values of each channel, n x n over models, before any centring."""
    n = len(cohort.vendor)
    for texts, model in prompts:
        replies = PromptReplies(texts, model, cohort, common)
        yield {channel.name: _by_model(channel.values(replies), model, n) for channel in channels}


def sums_of(values: Iterable[Mapping[str, Floats]], names: Sequence[str], cohort: Cohort) -> dict[str, ChannelSums]:
    """Return the sums over prompts of each channel's values, by its name.

    A value is centred by vendor: less the mean, over background vendors, of the mean value of the target with that
    vendor's background models on this prompt; never the target's kin, never the reference's vendor.

    Args:
        values: for each prompt the values of each channel, n x n.
        names: the channels to sum.
        cohort: the models.
    """
    sums = {name: _Running(len(cohort.vendor)) for name in names}
    for place, of_channel in enumerate(values):
        for name, running in sums.items():
            running.add(of_channel[name], cohort, place % N_BLOCKS)
    return {name: running.result() for name, running in sums.items()}


class _Running:
    def __init__(self, n: int) -> None:
        self.n, self.total = np.zeros((n, n)), np.zeros((n, n))
        self.block_n, self.block_total = np.zeros((N_BLOCKS, n, n)), np.zeros((N_BLOCKS, n, n))
        self.background_n, self.background_total = np.zeros(n), np.zeros(n)

    def add(self, values: Floats, cohort: Cohort, block: int) -> None:
        is_there = ~np.isnan(values)
        self.n += is_there
        self.total += np.where(is_there, values, 0.0)
        centred, background = centre(values, cohort)
        is_centred = ~np.isnan(centred)
        self.block_n[block] += is_centred
        self.block_total[block] += np.where(is_centred, centred, 0.0)
        has_background = ~np.isnan(background)
        self.background_n += has_background
        self.background_total += np.where(has_background, background, 0.0)

    def result(self) -> ChannelSums:
        background = _over(self.background_total, self.background_n)
        return ChannelSums(self.n, self.total, self.block_n, self.block_total, background)


def centre(values: Floats, cohort: Cohort) -> tuple[Floats, Floats]:
    """Return the values of one prompt centred by vendor, n x n, and what is subtracted for no vendor in particular, n.

    NaN where nobody of the background is left, or the value is missing.
    """
    is_used = cohort.is_yardstick & ~np.isnan(values)
    of_vendor = cohort.is_of_vendor.astype(np.float64)
    n_models = is_used @ of_vendor
    means = _over(np.where(is_used, values, 0.0) @ of_vendor, n_models)
    is_told = n_models > 0
    total, n_vendors = np.where(is_told, means, 0.0).sum(axis=1), is_told.sum(axis=1).astype(np.float64)
    # By reference: its own vendor is taken out of the sum.
    own_total = np.where(is_told, means, 0.0) @ of_vendor.T
    own_n = is_told.astype(np.float64) @ of_vendor.T
    subtracted = _over(total[:, None] - own_total, n_vendors[:, None] - own_n)
    return values - subtracted, _over(total, n_vendors)


def _by_model(values: Floats, model: Places, n: int) -> Floats:
    """Return the mean over pairs of replies, n x n; a model with itself: over pairs of different samples."""
    found = np.full((n, n), np.nan)
    if len(np.unique(model)) == len(model):
        np.fill_diagonal(values, np.nan)
        found[np.ix_(model, model)] = values
        return found
    np.fill_diagonal(values, np.nan)
    belongs = np.zeros((len(model), n))
    belongs[np.arange(len(model)), model] = 1.0
    is_there = ~np.isnan(values)
    return _over(belongs.T @ np.where(is_there, values, 0.0) @ belongs, belongs.T @ is_there @ belongs)


def _over(total: Floats, n: Floats) -> Floats:
    return np.divide(total, n, out=np.full(np.broadcast(total, n).shape, np.nan), where=n > 0)


def is_complete(sums: Mapping[str, ChannelSums], names: Sequence[str]) -> Bools:
    """Return an n x n matrix of which pairs have a centred value in each of the channels named."""
    found: Bools = np.all([~np.isnan(sums[name].centred) for name in names], axis=0)
    return found
