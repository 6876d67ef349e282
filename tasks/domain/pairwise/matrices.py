"""Pairs of replies compared all at once: shared prefixes and overlap of sets, as matrices."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]


def prefix_codes(sequences: Sequence[Sequence[str]], length: int) -> Codes:
    """Return an n x `length` matrix whose [i, k] are equal for two sequences where their first k + 1 tokens are.

    Beyond the end of a sequence no code equals another sequence's.
    """
    known: dict[tuple[int, str], int] = {}
    codes = np.empty((len(sequences), length), dtype=np.int64)
    for row, sequence in enumerate(sequences):
        code = 0
        for place, token in enumerate(sequence[:length]):
            code = known.setdefault((code, token), len(known) + 1)
            codes[row, place] = code
        codes[row, len(sequence[:length]) :] = -1 - row
    return codes


def is_shared(codes: Codes, place: int) -> Bools:
    """Return the n x n matrix of which sequences share their first `place` + 1 tokens."""
    return (codes[:, place][:, None] == codes[:, place][None, :]) & (codes[:, place] > 0)[:, None]


def shared_prefix(sequences: Sequence[Sequence[str]], length: int) -> Floats:
    """Return the n x n matrix of ln(1 + number of identical leading tokens, at most `length`)."""
    codes = prefix_codes(sequences, length)
    shared = np.zeros((len(sequences), len(sequences)))
    for place in range(length):
        shared += is_shared(codes, place)
    return np.log1p(shared)


def jaccard(sets: Sequence[Iterable[Hashable]]) -> Floats:
    """Return the n x n matrix of |both| / |either|, 0 to 1; NaN where both sets are empty (Jaccard 1901)."""
    from scipy import sparse  # A quarter of the start of every verb that only reads.

    known: dict[Hashable, int] = {}
    places: list[int] = []
    ends = [0]
    for members in sets:
        places.extend(known.setdefault(member, len(known)) for member in members)
        ends.append(len(places))
    incidence = sparse.csr_matrix((np.ones(len(places)), places, ends), shape=(len(sets), max(len(known), 1)))
    both = (incidence @ incidence.T).toarray()
    sizes = np.diff(ends).astype(np.float64)
    either = sizes[:, None] + sizes[None, :] - both
    return np.divide(both, either, out=np.full_like(both, np.nan), where=either > 0.0)
