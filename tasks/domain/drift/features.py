"""How a reply is written, as a vector: its first words, function words, marks, sentences and length, not its topic."""

from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from tasks.domain.similarity.aspects import profile
from tasks.domain.similarity.lexical import words

Floats = NDArray[np.float64]

PREFIX_OVERLAP = 3
"""Leading words: as many as any two prompts' replies by one model may share."""

WIDTH = 256
"""Places of each part; features with equal hashes are no longer separated, which costs power and no validity."""


def style_vectors(texts: Sequence[str]) -> Floats:
    """Return one row per text: five parts, each of length 1 where it has anything, 0 otherwise.

    Counts become the roots of their shares, so that the distance of two parts is Hellinger's (J. reine angew. Math.
    1909, 136, 210-271) and no single count outweighs the rest.
    """
    return np.array([_row(text) for text in texts]) if texts else np.zeros((0, 5 * WIDTH))


def _row(text: str) -> Floats:
    counted, tokens = profile(text), words(text)
    beginnings = Counter(accumulate(tokens[:PREFIX_OVERLAP], lambda before, word: f"{before} {word}"))
    parts = (beginnings, counted.function_words, counted.marks, counted.sentences)
    return np.concatenate([*(_part(part) for part in parts), _length(len(tokens))])


def _part(counts: Counter[str]) -> Floats:
    places = np.zeros(WIDTH)
    for name, count in counts.items():
        places[int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).digest()) % WIDTH] += count
    total = places.sum()
    result: Floats = np.sqrt(places / total) if total else places
    return result


def _length(n_words: int) -> Floats:
    """Return the length in powers of two, shared out between the two powers that it lies between."""
    places, power = np.zeros(WIDTH), np.log2(1 + n_words)
    low = int(power)
    places[low], places[low + 1] = np.sqrt(low + 1 - power), np.sqrt(power - low)
    return places
