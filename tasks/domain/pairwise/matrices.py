"""Pairs of replies compared all at once: shared prefixes and overlap of sets, as matrices."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tasks.domain.pairwise.features import Hashes, Integers, Ragged

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


_ROWS_AT_ONCE = 64
"""Rows of a matrix that are processed at a time: intermediate results stay in the processor's cache."""


def row_blocks(n: int) -> Iterator[slice]:
    """Yield the rows of a matrix, some at a time."""
    for start in range(0, n, _ROWS_AT_ONCE):
        yield slice(start, min(start + _ROWS_AT_ONCE, n))


@dataclass(frozen=True)
class Prefixes:
    """r sequences of at most L hashes, r x L, 0 beyond the end; sorted, those with a common prefix adjoin."""

    codes: Hashes

    @cached_property
    def order(self) -> Integers:
        """Return the places of the sequences, sorted."""
        return np.lexsort(self.codes.T[::-1]).astype(np.int64)

    @cached_property
    def common(self) -> Integers:
        """Return how many leading hashes each sorted sequence shares with the next, shape (r - 1,)."""
        codes = self.codes[self.order]
        is_equal = (codes[1:] == codes[:-1]) & (codes[1:] != 0)
        n_shared: Integers = np.logical_and.accumulate(is_equal, axis=1).sum(axis=1)
        return n_shared

    def lengths(self) -> NDArray[np.int8]:
        """Return how many leading hashes each two sequences share, r x r."""
        r = len(self.codes)
        common = self.common.astype(np.int8)
        lengths = np.zeros((r, r), dtype=np.int8)
        for row in range(r - 1):
            # Of sorted sequences, two share what is the least shared between any neighbours from one to the other.
            if common[row]:
                lengths[row, row + 1 :] = np.minimum.accumulate(common[row:])
        lengths += lengths.T
        sorted_back = np.empty(r, dtype=np.int64)
        sorted_back[self.order] = np.arange(r)
        lengths = lengths[np.ix_(sorted_back, sorted_back)]
        np.fill_diagonal(lengths, np.count_nonzero(self.codes, axis=1))
        return lengths

    def groups(self, length: int) -> list[tuple[int, int]]:
        """Return from where to where, in the sorted order, two sequences or more share their first `length` hashes."""
        is_joined = np.concatenate([[False], self.common >= length, [False]])
        edges = np.flatnonzero(is_joined[1:] != is_joined[:-1])
        return [(int(first), int(end) + 1) for first, end in zip(edges[::2], edges[1::2], strict=True)]


def shared_prefix(codes: Hashes) -> Floats:
    """Return the r x r matrix of ln(1 + number of identical leading hashes) of r sequences."""
    overlaps: Floats = np.log1p(np.arange(codes.shape[1] + 1.0))[Prefixes(codes).lengths()]
    return overlaps


def jaccard(sets: Ragged) -> Floats:
    """Return the r x r matrix of |both| / |either|, 0 to 1; NaN where both sets are empty (Jaccard 1901).

    Members may repeat within a set.
    """
    from scipy import sparse  # A quarter of the start of every verb that only reads.

    r = len(sets.starts) - 1
    members, column = np.unique(sets.values, return_inverse=True)
    entries = (np.ones(len(column), dtype=np.float32), column.astype(np.int32), sets.starts.astype(np.int32))
    incidence = sparse.csr_matrix(entries, shape=(r, max(len(members), 1)))
    incidence.sum_duplicates()
    incidence.data[:] = 1.0
    sizes = np.diff(incidence.indptr).astype(np.float64)
    # Members of a single reply are shared by no pair; most members are such.
    is_common = np.bincount(incidence.indices, minlength=incidence.shape[1]) > 1
    shared = incidence[:, is_common]
    both = (shared @ shared.T).toarray().astype(np.float64)
    either = sizes[:, None] + sizes[None, :] - both
    np.fill_diagonal(both, sizes)
    np.fill_diagonal(either, sizes)
    return np.divide(both, either, out=np.full_like(both, np.nan), where=either > 0.0)
