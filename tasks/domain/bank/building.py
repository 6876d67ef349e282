"""Replies, some prompts at a time -> a reference bank."""

from collections.abc import Iterable, Sequence

import numpy as np

from tasks.domain.bank.bank import N_PAIRS, Bank, BankPrompt, with_sampled_pairs
from tasks.domain.bank.sketches import salts_of, shares, sketches
from tasks.domain.bank.stable_hash import stable_hash
from tasks.domain.pairwise.engine import PromptTexts
from tasks.domain.pairwise.features import Features, features_of
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.verdict.population import DocumentedModel


def build(
    name: str,
    note: str,
    models: Sequence[DocumentedModel],
    common: frozenset[str],
    parts: Iterable[Sequence[PromptTexts]],
    *,
    n_pairs: int = N_PAIRS,
) -> Bank | None:
    """Return the bank of all replies; None where there are none.

    Args:
        name: the bank's name.
        note: whose replies they are, from when, on what terms.
        models: the models; replies refer to them by their place.
        common: the words that stay in templates.
        parts: prompts with their replies, as many at a time as fit into memory.
        n_pairs: word pairs of the median reply to a prompt that are kept of it; 0: all.
    """
    sketched: list[tuple[Features, Floats]] = []
    prompts: list[PromptTexts] = []
    for part in parts:
        if part:
            sketched.append(_sketched(part, common, n_pairs))
            prompts += [PromptTexts([], prompt.model, prompt.prompt_id, prompt.prompt_set) for prompt in part]
    if not prompts:
        return None
    features, pair_share = sketched[0]
    for more, more_share in sketched[1:]:
        features, pair_share = features.followed_by(more), np.concatenate([pair_share, more_share])
    # Prompts in the order of their ids, as the sums of a scoring take them.
    by_id = sorted(range(len(prompts)), key=lambda place: prompts[place].prompt_id)
    rank = np.empty(len(prompts), dtype=np.int64)
    rank[by_id] = np.arange(len(prompts))
    prompt = np.repeat(rank, [len(one.model) for one in prompts])
    model = np.concatenate([one.model for one in prompts])
    order = np.lexsort((model, prompt))
    return Bank(
        name=name,
        note=note,
        common=tuple(sorted(common)),
        models=tuple(models),
        prompts=tuple(
            BankPrompt(prompts[place].prompt_id, prompts[place].prompt_set, float(pair_share[place])) for place in by_id
        ),
        prompt=prompt[order],
        model=model[order],
        features=features.take(order),
    )


def _sketched(prompts: Sequence[PromptTexts], common: frozenset[str], n_pairs: int) -> tuple[Features, Floats]:
    """Return the sketches of replies, and the share of word pairs that is kept of each prompt's."""
    texts = [text for prompt in prompts for text in prompt.texts]
    of_reply = np.repeat(np.arange(len(prompts)), [len(prompt.texts) for prompt in prompts])
    salts = salts_of([prompt.prompt_id for prompt in prompts])
    whole = sketches(features_of(texts, common, stable_hash), of_reply, salts)
    share = shares(whole.pairs, of_reply, len(prompts), n_pairs) if n_pairs else np.ones(len(prompts))
    return with_sampled_pairs(whole, share[of_reply]), share
