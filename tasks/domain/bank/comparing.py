"""A model's replies compared with those of a bank: the sums over pairs that all verdicts on it are formed of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain import channels, registry
from tasks.domain.bank.bank import Bank, Replies
from tasks.domain.pairwise.engine import shard_sums, values_of
from tasks.domain.pairwise.features import N_PREFIX, Features
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import Places, PromptReplies
from tasks.domain.pairwise.sums import N_BLOCKS, ChannelSums, ShardSums, merge_shards
from tasks.domain.pairwise.values import PromptValues
from tasks.domain.verdict.measuring import PLAIN
from tasks.domain.verdict.population import DocumentedModel, Population


@dataclass(frozen=True)
class Compared:
    """A target compared with a bank's models: what all verdicts on it are formed of.

    `prompts` (p): the places of the bank's prompts. `starts` (p x models): how alike the target and each model begin.
    """

    bank: Bank
    target: DocumentedModel
    population: Population
    prompts: Places
    starts: Floats
    sums: Mapping[str, ChannelSums]
    identical: Mapping[str, float]
    n_prompts: int


def compare(bank: Bank, target: DocumentedModel, replies: Replies, *, is_null_of_all_prompts: bool = False) -> Compared:
    """Return the sums over the pairs of a target and a bank's models; the arguments are those of `checking.check`."""
    prompts = np.arange(len(bank.prompts)) if is_null_of_all_prompts else np.unique(replies.prompt)
    population, joined = _joined(bank, target, replies, prompts)
    place = population.place[target.model]
    starts = np.full((len(prompts), len(population.models)), np.nan)
    names = registry.names(channels)
    loaded = [registry.load(channels, name) for name in names]

    def shards() -> Iterator[ShardSums]:
        for block in range(N_BLOCKS):
            yield shard_sums(_noted(range(block, len(prompts), N_BLOCKS)), names, population.cohort)

    def _noted(numbers: range) -> Iterator[PromptValues]:
        for number in numbers:
            of_prompt = bank.prompts[prompts[number]]
            values = values_of(
                of_prompt.prompt_id, of_prompt.prompt_set, joined.of_prompt(int(prompts[number]), population), loaded
            )
            for row in np.flatnonzero(values.model == place):
                starts[number, values.model] = values.values[PLAIN][row]
            yield values

    sums, _ = merge_shards(shards(), names, population.cohort)
    identical = _identical(joined, population)
    return Compared(bank, target, population, prompts, starts, sums, identical, len(np.unique(replies.prompt)))


def needed_models(bank: Bank, target: DocumentedModel) -> Places:
    """Return the places of the bank's models that a verdict on `target` depends on; see `needed_places`."""
    return needed_places(bank.models, target)


def needed_places(models: Sequence[DocumentedModel], target: DocumentedModel) -> Places:
    """Return the places of those models that a verdict on `target` depends on, without its own.

    Candidate teachers and the background; variants of candidates, which are ceilings; models of the target's base, and
    the base itself.
    """
    names = {model.model for model in models if model.is_reference or model.is_background}
    is_needed = [
        model.model != target.model
        and (
            model.model in names
            or (model.role == "variant" and model.parent in names)
            or (target.base is not None and target.base in (model.base, model.model, model.group))
        )
        for model in models
    ]
    return np.flatnonzero(np.array(is_needed, dtype=bool))


@dataclass(frozen=True)
class _Joined:
    """The replies of a population, ordered by prompt and model; `starts`: where each of the bank's prompts begins."""

    model: Places
    prompt: Places
    features: Features
    starts: Places

    def of_prompt(self, prompt: int, population: Population) -> PromptReplies:
        first, end = int(self.starts[prompt]), int(self.starts[prompt + 1])
        return PromptReplies(self.features.part(first, end), self.model[first:end], population.cohort)


def _joined(bank: Bank, target: DocumentedModel, replies: Replies, prompts: Places) -> tuple[Population, _Joined]:
    kept = needed_models(bank, target)
    models = sorted([*(bank.models[place] for place in kept), target], key=lambda model: model.model)
    population = Population(tuple(models))
    place_of = np.full(len(bank.models), -1, dtype=np.int64)
    for place in kept:
        place_of[place] = population.place[bank.models[place].model]
    is_kept = (place_of[bank.model] >= 0) & np.isin(bank.prompt, prompts)
    rows = np.flatnonzero(is_kept)
    prompt = np.concatenate([bank.prompt[rows], replies.prompt])
    model = np.concatenate(
        [place_of[bank.model[rows]], np.full(len(replies.prompt), population.place[target.model], dtype=np.int64)]
    )
    order = np.lexsort((model, prompt))
    features = bank.features.take(rows).followed_by(replies.features).take(order)
    starts = np.searchsorted(prompt[order], np.arange(len(bank.prompts) + 1))
    return population, _Joined(model[order], prompt[order], features, starts)


def _identical(joined: _Joined, population: Population) -> dict[str, float]:
    """Return each model's prefix overlap with itself if all its replies were the same: a mean over its prompts."""
    longest = np.log1p(np.minimum(joined.features.n_words, N_PREFIX))
    identical = {}
    for place, model in enumerate(population.models):
        is_own = joined.model == place
        prompts, of_prompt = np.unique(joined.prompt[is_own], return_inverse=True)
        if len(prompts):
            means = np.bincount(of_prompt, longest[is_own]) / np.bincount(of_prompt)
            identical[model.model] = float(means.mean())
    return identical
