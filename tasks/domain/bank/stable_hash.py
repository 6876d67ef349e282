"""Hashes that are the same in every process, on every machine and with every version of every library."""

from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.domain.pairwise.features import Hashes

_MIX = np.uint64(0x9E3779B97F4A7C15)


def stable_hash(texts: pl.Series) -> Hashes:
    """Return 64 bits of BLAKE2b (RFC 7693) of each text, never 0."""
    distinct = texts.unique()
    values = [int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") or 1 for text in distinct]
    hashes: Hashes = (
        texts.replace_strict(distinct, pl.Series(values, dtype=pl.UInt64), return_dtype=pl.UInt64).to_numpy().copy()
        if len(texts)
        else np.zeros(0, dtype=np.uint64)
    )
    return hashes


def salt_of(prompt_id: str) -> np.uint64:
    """Return the number that makes the hashes of one prompt unlike those of another."""
    return np.uint64(int.from_bytes(blake2b(prompt_id.encode(), digest_size=8).digest(), "little"))


def mixed(hashes: Hashes) -> Hashes:
    """Return hashes whose bits all depend on all bits: the last step of SplitMix64 (Steele, Lea and Flood 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Hashes = hashes ^ (hashes >> np.uint64(31))
    return result


def chained(hashes: Hashes, salts: NDArray[np.uint64]) -> Hashes:
    """Return for each place of a row the hash of all that stands up to it, m x L; 0 stays 0, beyond the end.

    Args:
        hashes: m x L.
        salts: of each row.
    """
    state, result = salts.copy(), np.zeros_like(hashes)
    for place in range(hashes.shape[1]):
        state = mixed(state * _MIX + hashes[:, place])
        result[:, place] = np.where(hashes[:, place] == 0, np.uint64(0), upper_half(state))
    return result


def upper_half(hashes: Hashes) -> Hashes:
    """Return the upper 32 bits of each hash, never 0."""
    result: Hashes = np.maximum(hashes >> np.uint64(32), np.uint64(1))
    return result
