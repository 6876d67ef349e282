"""Features of replies -> the hashes that a bank holds of them: salted by prompt, and of word pairs a sample."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.domain.bank.stable_hash import chained, mixed, salt_of, upper_half
from tasks.domain.pairwise.features import Features, Integers, Ragged
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.prompt_replies import Places

_ALL = 2.0**32


def sketches(features: Features, prompt: Places, salts: NDArray[np.uint64]) -> Features:
    """Return features in which every prefix is one hash, and word pairs are sets, both salted by prompt.

    What two replies to one prompt share stays the same: prefixes up to collisions of 32 bits, sets likewise.

    Args:
        features: of m replies, with stable hashes.
        prompt: the place of each reply's prompt, m.
        salts: of each prompt.
    """
    of_reply = salts[prompt]
    return Features(
        features.n_words,
        chained(features.leading_words, of_reply),
        chained(features.template, of_reply),
        chained(features.closing, of_reply),
        as_sets(features.layout),
        as_sets(_salted(features.pairs, of_reply)),
    )


def salts_of(prompt_ids: Sequence[str]) -> NDArray[np.uint64]:
    """Return the salt of each prompt."""
    return np.array([salt_of(prompt_id) for prompt_id in prompt_ids], dtype=np.uint64)


def shares(pairs: Ragged, prompt: Places, n_prompts: int, n_kept: int) -> Floats:
    """Return the share of word pairs to keep for each prompt: so many that the median reply keeps `n_kept`."""
    sizes = np.diff(pairs.starts)
    kept = np.ones(n_prompts)
    for place in range(n_prompts):
        of_prompt = sizes[prompt == place]
        median = float(np.median(of_prompt)) if len(of_prompt) else 0.0
        kept[place] = min(1.0, n_kept / median) if median > 0.0 else 1.0
    return kept


def sampled(sets: Ragged, share: Floats) -> Ragged:
    """Return of each set the members whose hash is among the lowest `share` of all hashes.

    The same members are kept in every set that holds them, so that the Jaccard index of what is kept estimates that of
    the whole (coordinated sampling: Brewer, Early and Joyce 1972; Cohen and Kaplan 2007).

    Args:
        sets: m sets.
        share: of each set, 0 to 1; equal for sets that are compared.
    """
    row = np.repeat(np.arange(len(share)), np.diff(sets.starts))
    is_kept = sets.values < (share[row] * _ALL)
    counts = np.bincount(row[is_kept], minlength=len(share))
    return Ragged(sets.values[is_kept], _starts(counts))


def as_sets(rows: Ragged) -> Ragged:
    """Return each row's members once, in rising order."""
    n = len(rows.starts) - 1
    row = np.repeat(np.arange(n), np.diff(rows.starts))
    order = np.lexsort((rows.values, row))
    values, row = rows.values[order], row[order]
    is_first = np.ones(len(values), dtype=bool)
    is_first[1:] = (values[1:] != values[:-1]) | (row[1:] != row[:-1])
    return Ragged(values[is_first], _starts(np.bincount(row[is_first], minlength=n)))


def _salted(pairs: Ragged, salts: NDArray[np.uint64]) -> Ragged:
    row = np.repeat(np.arange(len(salts)), np.diff(pairs.starts))
    return Ragged(upper_half(mixed(pairs.values ^ salts[row])), pairs.starts)


def _starts(counts: NDArray[np.integer]) -> Integers:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)
