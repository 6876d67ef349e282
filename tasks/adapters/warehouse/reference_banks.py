"""Builds a reference bank out of the replies of a scored warehouse or snapshot."""

import tempfile
from collections.abc import Collection, Iterator

import numpy as np

from tasks.adapters.warehouse import measured, pair_shards, pair_sums, reply_texts, store
from tasks.domain.bank.bank import N_PAIRS, Bank, BankPrompt, with_sampled_pairs
from tasks.domain.bank.sketches import salts_of, shares, sketches
from tasks.domain.bank.stable_hash import stable_hash
from tasks.domain.errors import InputError
from tasks.domain.pairwise.engine import PromptTexts
from tasks.domain.pairwise.features import Features, features_of
from tasks.domain.pairwise.sums import N_BLOCKS


def build(
    snapshot: store.Store, name: str, note: str, prompt_sets: Collection[str] = (), n_pairs: int = N_PAIRS
) -> Bank:
    """Return the bank of all models with replies, their lineage and background as the last scoring had them.

    Args:
        snapshot: a scored warehouse, or what it published.
        name: the bank's name.
        note: whose replies they are, from when, on what terms.
        prompt_sets: the prompt sets to take; empty: all.
        n_pairs: word pairs of the median reply to keep of it; 0: all.

    Raises:
        InputError: nothing is scored, or no reply is to one of `prompt_sets`.
    """
    population = measured.population_of(snapshot)
    if not any(model.is_reference for model in population.models):
        raise InputError(
            "nothing is scored there, so no model is a candidate teacher.",
            where=f"bank {name}",
            remedy="Score the replies first: distillometer score.",
        )
    common = pair_sums.commonest(snapshot)
    parts, prompts = [], list[PromptTexts]()
    with tempfile.TemporaryDirectory(prefix="bank-") as folder:
        for shard in _shards(snapshot, folder, tuple(population.place)):
            chosen = [prompt for prompt in shard if not prompt_sets or prompt.prompt_set in prompt_sets]
            if chosen:
                parts.append(_sketched(chosen, common, n_pairs))
                prompts += [PromptTexts([], prompt.model, prompt.prompt_id, prompt.prompt_set) for prompt in chosen]
    if not prompts:
        raise InputError(
            f"no reply is to a prompt of {', '.join(sorted(prompt_sets)) or 'any set'}.",
            where=f"bank {name}",
            remedy='What is there: distillometer query "select distinct prompt_set from core.prompt".',
        )
    features, pair_share = parts[0]
    for more, more_share in parts[1:]:
        features, pair_share = features.followed_by(more), np.concatenate([pair_share, more_share])
    prompt = np.repeat(np.arange(len(prompts)), [len(one.model) for one in prompts])
    model = np.concatenate([one.model for one in prompts])
    # Prompts in the order of their ids, as the sums of a scoring take them.
    by_id = sorted(range(len(prompts)), key=lambda place: prompts[place].prompt_id)
    rank = np.empty(len(prompts), dtype=np.int64)
    rank[by_id] = np.arange(len(prompts))
    order = np.lexsort((model, rank[prompt]))
    return Bank(
        name=name,
        note=note,
        common=tuple(sorted(common)),
        models=population.models,
        prompts=tuple(
            BankPrompt(prompts[place].prompt_id, prompts[place].prompt_set, float(pair_share[place])) for place in by_id
        ),
        prompt=rank[prompt][order],
        model=model[order],
        features=features.take(order),
    )


def _shards(snapshot: store.Store, folder: str, models: tuple[str, ...]) -> Iterator[list[PromptTexts]]:
    for shard in reply_texts.write_shards(snapshot, folder, N_BLOCKS):
        yield pair_shards.read_prompts(shard, models)[0]


def _sketched(prompts: list[PromptTexts], common: frozenset[str], n_pairs: int) -> tuple[Features, np.ndarray]:
    """Return the sketches of replies, and the share of word pairs that is kept of each prompt's."""
    texts = [text for prompt in prompts for text in prompt.texts]
    of_reply = np.repeat(np.arange(len(prompts)), [len(prompt.texts) for prompt in prompts])
    salts = salts_of([prompt.prompt_id for prompt in prompts])
    whole = sketches(features_of(texts, common, stable_hash), of_reply, salts)
    share = shares(whole.pairs, of_reply, len(prompts), n_pairs) if n_pairs else np.ones(len(prompts))
    return with_sampled_pairs(whole, share[of_reply]), share
