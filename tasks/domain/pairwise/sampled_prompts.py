"""Repeated replies of models -> the test of whether two of them are one, prompt by prompt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.features import hashed_words
from tasks.domain.pairwise.matrices import Floats, jaccard
from tasks.domain.rng import rng_for
from tasks.domain.stats.model_equality import ModelEquality, SampledPrompt, model_equality


@dataclass(frozen=True)
class RepeatedReplies:
    """Replies to one prompt of models that were sampled on it more than once.

    `similarity`: r x r, of each two replies. `places`: of each model's replies among them, in the order of the samples.
    """

    similarity: Floats
    places: Mapping[str, Sequence[int]]


def similarity_of_replies(texts: Sequence[str]) -> Floats:
    """Return the Jaccard index of the words of each two replies, r x r, 0 to 1; 0 where neither has a word.

    Of six similarities tried on samples of a local model (leading words, word pairs, words, four characters, characters
    by place, and means of these) words leave the least by chance: a third of the distance that leading words with word
    pairs leave.
    """
    return np.nan_to_num(jaccard(hashed_words(texts)))


def repeated_replies(models: Sequence[str], texts: Sequence[str]) -> RepeatedReplies | None:
    """Return the replies to one prompt, compared; None where fewer than two models wrote them.

    Args:
        models: who wrote each of `texts`, its samples in order, at least two of each model.
        texts: the replies.
    """
    places: dict[str, list[int]] = {}
    for place, model in enumerate(models):
        places.setdefault(model, []).append(place)
    return RepeatedReplies(similarity_of_replies(texts), places) if len(places) > 1 else None


def equality_of_pair(prompts: Iterable[RepeatedReplies], left: str, right: str, seed: int) -> ModelEquality:
    """Return the test of whether two models are one, on the prompts that both were sampled on more than once.

    Args:
        prompts: in the order of their ids: relabellings are drawn prompt by prompt.
        left: one model.
        right: the other.
        seed: of the relabellings; equal seeds and replies give equal p values.
    """
    sampled = [prompt for replies in prompts if (prompt := _of_pair(replies, left, right)) is not None]
    return model_equality(sampled, rng_for(seed, "model equality", left, right))


def _of_pair(replies: RepeatedReplies, left: str, right: str) -> SampledPrompt | None:
    if left not in replies.places or right not in replies.places:
        return None
    both = np.array([*replies.places[left], *replies.places[right]])
    return SampledPrompt(replies.similarity[np.ix_(both, both)], len(replies.places[left]))
