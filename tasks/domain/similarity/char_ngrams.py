"""Runs of characters as hashed numbers, for profiles that need no words."""

import numpy as np
import regex
from numpy.typing import NDArray

SIZE = 4
"""Characters in a run."""

BUCKETS = 1 << 18
"""Numbers that runs are hashed to; a few runs share one, which adds a little similarity to all pairs alike."""

_SPACE = regex.compile(r"\s+")
_ODD = np.uint64(0x9E3779B97F4A7C15)


def char_ngrams(text: str) -> NDArray[np.int64]:
    """Return the numbers, from 0 to below `BUCKETS`, of each run of four characters of `text`, in order.

    Upper and lower case differ; white space counts as one space, none at either end. A shorter text has none.
    """
    plain = _SPACE.sub(" ", text).strip()
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    n = len(codes) - SIZE + 1
    if n < 1:
        return np.empty(0, dtype=np.int64)
    mixed = codes[:n]
    for step in range(1, SIZE):
        mixed = (mixed * _ODD) ^ codes[step : step + n]
    # Fibonacci hashing: the upper bits of the product.
    return ((mixed * _ODD) >> np.uint64(64 - BUCKETS.bit_length() + 1)).astype(np.int64)
