"""Builds a reference bank out of the replies of a scored warehouse or snapshot."""

import tempfile
from collections.abc import Collection, Iterator

from tasks.adapters.warehouse import measured, pair_shards, pair_sums, reply_texts, store
from tasks.domain.bank.bank import N_PAIRS, Bank
from tasks.domain.bank.building import build as build_bank
from tasks.domain.errors import InputError
from tasks.domain.pairwise.engine import PromptTexts
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
        n_pairs: word pairs of the median reply to a prompt that are kept of it; 0: all.

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
    with tempfile.TemporaryDirectory(prefix="bank-") as folder:
        shards = _shards(snapshot, folder, tuple(population.place), prompt_sets)
        bank = build_bank(name, note, population.models, pair_sums.commonest(snapshot), shards, n_pairs=n_pairs)
    if bank is None:
        raise InputError(
            f"no reply is to a prompt of {', '.join(sorted(prompt_sets)) or 'any set'}.",
            where=f"bank {name}",
            remedy='What is there: distillometer query "select distinct prompt_set from core.prompt".',
        )
    return bank


def _shards(
    snapshot: store.Store, folder: str, models: tuple[str, ...], prompt_sets: Collection[str]
) -> Iterator[list[PromptTexts]]:
    for shard in reply_texts.write_shards(snapshot, folder, N_BLOCKS):
        prompts, _ = pair_shards.read_prompts(shard, models)
        yield [prompt for prompt in prompts if not prompt_sets or prompt.prompt_set in prompt_sets]
