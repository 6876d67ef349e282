"""Model Equality Testing: the maximum mean discrepancy of two models' replies under a string kernel."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts

LENGTH = 1_000
"""Characters of a reply that count, from its start; a shorter reply is filled up with a character of its own."""


def score(inputs: RivalInput) -> Floats:
    """Return 1 less half the squared maximum mean discrepancy of two models' replies: 0 to 1.

    `MMD^2 = E k(a, a') + E k(b, b') - 2 E k(a, b)` (Gao, Liang and Guestrin, Model Equality Testing, ICLR 2025, arXiv
    2410.20247) with their Hamming kernel: the share of 1000 places in which two replies to one prompt have the same
    character, and 0 for replies to different prompts. As theirs it is the biased estimate, in which a reply is also
    compared with itself. Of one reply to each prompt, as here, that is `2 - 2 mean k(a, b)`: so the score is the mean
    of k. Their test permutes many samples of two endpoints and asks whether these are one model; here its statistic
    ranks models that are not. Symmetric. Places past the end of both replies count as equal, so length tells, too.
    """
    table = inputs.table
    sums = np.zeros((len(table.models), len(table.models)))
    for row, is_there in zip(table.texts, table.has_text, strict=True):
        at = np.flatnonzero(is_there)
        sums[np.ix_(at, at)] += _kernel([row[place] or "" for place in at])
    return pair_means(sums, shared_prompts(table.has_text))


def _kernel(texts: Sequence[str]) -> Floats:
    """Return the share of equal places of each two texts."""
    codes = np.array([_codes(text) for text in texts], dtype=np.uint32).reshape(len(texts), LENGTH)
    return np.array([(codes == one).mean(axis=1) for one in codes], dtype=np.float64).reshape(len(texts), len(texts))


def _codes(text: str) -> NDArray[np.uint32]:
    """Return the first characters' numbers, filled up with 0."""
    codes = np.zeros(LENGTH, dtype=np.uint32)
    start = np.frombuffer(text[:LENGTH].encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes[: len(start)] = start
    return codes


STRING_KERNEL_MMD = Rival(score)
