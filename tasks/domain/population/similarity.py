"""Similarity of each two members of a population on each prompt, and its means over prompts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BLOCK = 128
"""Prompts that are converted to double precision at a time, which bounds the memory."""

PAIRS_AT_ONCE = 4_096
"""Pairs whose means are formed at a time, over all draws."""


@dataclass(frozen=True)
class Similarity:
    """A population: its members in alphabetical order, and how alike every two of them are on every prompt.

    `values` has the shape (n_prompts, n_pairs), from 0 to 1, NaN where one of the two has no reply; the pairs are in
    the order of the upper triangle, row by row.
    """

    members: tuple[str, ...]
    values: NDArray[np.float32]

    @property
    def n(self) -> int:
        """Return the number of members."""
        return len(self.members)

    @cached_property
    def n_common(self) -> Integers:
        """Return the number of prompts that both models of each pair answered, shape (n_pairs,)."""
        return np.count_nonzero(~np.isnan(self.values), axis=0)

    @property
    def n_prompts(self) -> int:
        """Return the number of prompts that at least two members answered."""
        return int(np.count_nonzero((~np.isnan(self.values)).any(axis=1)))


def triangle(n: int) -> tuple[Integers, Integers]:
    """Return the first and the second member of each pair, shape (n_pairs,) each."""
    first, second = np.triu_indices(n, 1)
    return first, second


def places(n: int) -> Integers:
    """Return the place of each pair, shape (n, n), symmetric; -1 on the diagonal."""
    place = np.full((n, n), -1)
    first, second = triangle(n)
    place[first, second] = place[second, first] = np.arange(len(first))
    return place


def square(pairs: Floats, n: int) -> Floats:
    """Return kernels with ones on their diagonal, shape (..., n, n), from their pairs, shape (..., n_pairs).

    A member is entirely like itself, whatever its other samples are like.
    """
    kernels = np.ones((*pairs.shape[:-1], n, n))
    first, second = triangle(n)
    kernels[..., first, second] = kernels[..., second, first] = pairs
    return kernels


def restrict(similarity: Similarity, members: Collection[str]) -> Similarity:
    """Return the similarity of the members that are in `members`."""
    kept = [number for number, name in enumerate(similarity.members) if name in members]
    if len(kept) == similarity.n:
        return similarity
    columns = places(similarity.n)[np.ix_(kept, kept)][triangle(len(kept))]
    return Similarity(tuple(similarity.members[number] for number in kept), similarity.values[:, columns])


def group_members(similarity: Similarity, groups: Mapping[str, str]) -> Similarity:
    """Return the similarity of groups: on each prompt the mean over pairs of one group's and the other's members.

    Args:
        similarity: of the members.
        groups: the group of each member.
    """
    names = sorted({groups[member] for member in similarity.members})
    place = {name: number for number, name in enumerate(names)}
    belongs = np.array([place[groups[member]] for member in similarity.members], dtype=np.int64)
    first, second = (belongs[members] for members in triangle(similarity.n))
    target = np.where(first == second, -1, places(len(names))[first, second])
    order = np.argsort(target, kind="stable")
    order = order[np.count_nonzero(target == -1) :]
    starts = np.searchsorted(target[order], np.arange(len(names) * (len(names) - 1) // 2))
    means_of_groups = np.full((len(similarity.values), len(starts)), np.nan, dtype=np.float32)
    for start in range(0, len(means_of_groups) if len(starts) else 0, BLOCK):
        values = similarity.values[start : start + BLOCK, order].astype(np.float64)
        is_there = ~np.isnan(values)
        sums = np.add.reduceat(np.where(is_there, values, 0.0), starts, axis=1)
        counts = np.add.reduceat(is_there.astype(np.float64), starts, axis=1)
        means_of_groups[start : start + BLOCK] = np.divide(
            sums, counts, out=np.full_like(sums, np.nan), where=counts > 0
        )
    return Similarity(tuple(names), means_of_groups)


def drop_strangers(similarity: Similarity) -> Similarity:
    """Drop members until each two have a common prompt; the member without one with the most others goes first.

    Of two with equal counts the one with fewer common prompts goes, then the later in the alphabet.
    """
    common = square(similarity.n_common.astype(np.float64), similarity.n)
    kept = list(range(similarity.n))
    while kept:
        n_common = common[np.ix_(kept, kept)]
        strange = (n_common == 0).sum(axis=1)
        if not strange.any():
            break
        totals = n_common.sum(axis=1)
        kept.pop(max(range(len(kept)), key=lambda number: (strange[number], -totals[number], number)))
    return restrict(similarity, {similarity.members[number] for number in kept})


def means(similarity: Similarity, weights: Floats | None = None) -> Floats:
    """Return each pair's mean over the prompts that both answered, shape (n_pairs,) or (draws, n_pairs).

    Args:
        similarity: every pair has a common prompt.
        weights: shape (draws, n_prompts), how often each draw has each prompt; None: each once. A draw without any
            common prompt of a pair takes that pair's mean over all prompts.
    """
    if weights is None:
        return _weighted(similarity.values, np.ones((1, len(similarity.values))))[0]
    drawn = _weighted(similarity.values, weights)
    lacking = np.isnan(drawn)
    return np.where(lacking, means(similarity), drawn) if lacking.any() else drawn


def _weighted(values: NDArray[np.float32], weights: Floats) -> Floats:
    # Some pairs at a time: of many models, each array over all pairs and draws is 200 MB.
    found = np.empty((len(weights), values.shape[1]))
    for start in range(0, values.shape[1], PAIRS_AT_ONCE):
        found[:, start : start + PAIRS_AT_ONCE] = _weighted_pairs(values[:, start : start + PAIRS_AT_ONCE], weights)
    return found


def _weighted_pairs(values: NDArray[np.float32], weights: Floats) -> Floats:
    sums = np.zeros((len(weights), values.shape[1]))
    counts: Floats = np.zeros((len(weights), 1))
    for start in range(0, len(values), BLOCK):
        block, share = values[start : start + BLOCK].astype(np.float64), weights[:, start : start + BLOCK]
        is_missing = np.isnan(block)
        if is_missing.any():
            block[is_missing] = 0.0
            # Only the pairs that miss something: mostly few, and the product costs as much as that of the sums.
            columns = np.flatnonzero(is_missing.any(axis=0))
            counts = np.repeat(counts, values.shape[1], axis=1) if counts.shape[1] == 1 else counts
            counts[:, columns] -= share @ is_missing[:, columns].astype(np.float64)
        sums += share @ block
        counts += share.sum(axis=1, keepdims=True)
    # Counts are whole numbers: what is less than one half is none.
    means_of_pairs = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0.5)
    # Rounded, so that equal means are equal in whichever order they were summed.
    return means_of_pairs.round(9)
