"""Replies, prompt by prompt -> sums for each pair of models and channel; memory does not grow with prompts."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.extras import ShardExtras
from tasks.domain.pairwise.features import features_of
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import Cohort, Places, PromptReplies
from tasks.domain.pairwise.sums import N_BLOCKS, ChannelSums, ShardSums, merge_shards
from tasks.domain.pairwise.values import PromptValues

CHARACTERS_AT_ONCE = 6_000_000
"""Characters of text that are tokenized at a time: about 300 MB of tokens."""


@dataclass(frozen=True)
class PromptTexts:
    """One prompt's replies: texts, and the place of each one's model; several of a model are samples."""

    texts: Sequence[str]
    model: Places
    prompt_id: str = ""
    prompt_set: str = ""


def pair_sums(
    prompts: Sequence[PromptTexts], cohort: Cohort, channels: Sequence[Channel], common: Set[str]
) -> dict[str, ChannelSums]:
    """Return the sums of each channel by its name, of prompts that fit into memory; see `shard_sums`.

    Args:
        prompts: the replies to each prompt.
        cohort: the models.
        channels: the channels to compute.
        common: words that stay in skeletons.
    """
    values = list(prompt_values(prompts, cohort, channels, common))
    return sums_of(values, [channel.name for channel in channels], cohort)


def sums_of(values: Sequence[PromptValues], names: Sequence[str], cohort: Cohort) -> dict[str, ChannelSums]:
    """Return the sums over prompts of each channel's values, by its name; prompts are dealt out in turn to blocks."""
    shards = (shard_sums(values[block::N_BLOCKS], names, cohort) for block in range(N_BLOCKS))
    return merge_shards(shards, names, cohort)[0]


def shard_sums(
    values: Iterable[PromptValues], names: Sequence[str], cohort: Cohort, extras: ShardExtras | None = None
) -> ShardSums:
    """Return the sums over prompts of each channel's values, centred and not, by prompt set.

    Args:
        values: for each prompt the values of each channel.
        names: the channels to sum.
        cohort: the models.
        extras: further sums to keep; see `ShardExtras`.
    """
    sums = ShardSums(len(cohort.vendor), {name: {} for name in names}, extras)
    for prompt in values:
        sums.add(prompt, cohort)
    return sums


def prompt_values(
    prompts: Iterable[PromptTexts], cohort: Cohort, channels: Sequence[Channel], common: Set[str]
) -> Iterator[PromptValues]:
    """Yield for each prompt the values of each channel, over the models that answered it, before any centring."""
    for batch in _batches(prompts):
        features = features_of([text for prompt in batch for text in prompt.texts], common)
        first = 0
        for prompt in batch:
            end = first + len(prompt.texts)
            replies = PromptReplies(features.part(first, end), prompt.model, cohort)
            first = end
            yield values_of(prompt.prompt_id, prompt.prompt_set, replies, channels)


def _batches(prompts: Iterable[PromptTexts]) -> Iterator[list[PromptTexts]]:
    n_before = 0

    def batch_number(prompt: PromptTexts) -> int:
        nonlocal n_before
        n_before += sum(map(len, prompt.texts))
        return n_before // CHARACTERS_AT_ONCE

    for _, batch in groupby(prompts, batch_number):
        yield list(batch)


def values_of(prompt_id: str, prompt_set: str, replies: PromptReplies, channels: Sequence[Channel]) -> PromptValues:
    """Return the values of each channel on one prompt, over the models that answered it, before any centring."""
    of_reply = replies.model
    model = np.unique(of_reply)
    reach = np.log1p(np.minimum(replies.features.n_words, replies.features.leading_words.shape[1]))
    if len(model) < len(of_reply):
        reach = np.bincount(of_reply, reach)[model] / np.bincount(of_reply)[model]
    elif np.any(model != of_reply):
        reach = reach[np.argsort(of_reply)]
    values = {channel.name: _by_model(channel.values(replies), of_reply, model) for channel in channels}
    return PromptValues(prompt_id, prompt_set, model, values, reach)


def _by_model(values: Floats, of_reply: Places, model: Places) -> Floats:
    """Return the mean over pairs of replies, by model; a model with itself: over pairs of different samples."""
    np.fill_diagonal(values, np.nan)
    if np.array_equal(of_reply, model):
        return values
    belongs = (of_reply[:, None] == model[None, :]).astype(np.float64)
    is_there = ~np.isnan(values)
    total, n = belongs.T @ np.where(is_there, values, 0.0) @ belongs, belongs.T @ is_there @ belongs
    return np.divide(total, n, out=np.full(n.shape, np.nan), where=n > 0)
