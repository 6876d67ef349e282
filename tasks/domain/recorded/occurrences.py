"""Counts of earlier occurrences of many keys, in twelve bytes a key."""

import numpy as np
from numpy.typing import NDArray

DIGITS = 16
"""Hex digits of an id that are its key: 64 bits; two of a million ids share a key with probability 1 in 4e7."""


def keys(ids: list[str]) -> NDArray[np.uint64]:
    """Return the keys of ids, which are hex digits."""
    joined = "".join(hex_id[:DIGITS] for hex_id in ids)
    return np.frombuffer(bytes.fromhex(joined), dtype=">u8").astype(np.uint64)


class Occurrences:
    """Counts keys over batches, in two sorted arrays instead of objects, as a corpus has millions of keys."""

    def __init__(self) -> None:
        self._keys: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._counts: NDArray[np.int32] = np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self._keys)

    def number(self, batch: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Count the keys of a batch; return how often each occurred before, in this batch or an earlier one."""
        order = np.argsort(batch, kind="stable")
        unique, start, counts = np.unique(batch[order], return_index=True, return_counts=True)
        place = np.searchsorted(self._keys, unique)
        is_known = np.zeros(len(unique), bool)
        within = place < len(self._keys)
        is_known[within] = self._keys[place[within]] == unique[within]
        before = np.zeros(len(unique), np.int64)
        before[is_known] = self._counts[place[is_known]]
        numbers = np.empty(len(batch), np.int64)
        numbers[order] = np.arange(len(batch)) - np.repeat(start, counts) + np.repeat(before, counts)
        self._counts[place[is_known]] += counts[is_known].astype(np.int32)
        is_new = ~is_known
        self._keys = np.insert(self._keys, place[is_new], unique[is_new])
        self._counts = np.insert(self._counts, place[is_new], counts[is_new].astype(np.int32))
        return numbers
