"""Model Equality Testing: the maximum mean discrepancy of two models' replies under a string kernel."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial.distance import pdist, squareform

from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts

LENGTH = 1_000
"""Characters of a reply that count, from its start; a shorter reply is filled up with a character of its own."""


def score(inputs: RivalInput) -> Floats:
    """Return 1 less half the squared maximum mean discrepancy of two models' replies: 0 to 1.

    `MMD^2 = E k(a, a') + E k(b, b') - 2 E k(a, b)` (Gao, Liang and Guestrin, Model Equality Testing, ICLR 2025, arXiv
    2410.20247) with their Hamming kernel: the share of 1000 places in which two replies to one prompt have the same
    character, and 0 for replies to different prompts. They estimate the first two terms from further replies to the
    same prompt; of one reply to each, as here, they are 1, and the score, 1 less half of MMD^2, is the mean
    of k. Their test permutes many samples of two endpoints and asks whether these are one model; here its statistic
    ranks models that are not. Symmetric. Places past the end of both replies count as equal, so length tells, too.
    """
    table = inputs.table
    sums = np.zeros((len(table.models), len(table.models)))
    for row, is_there in zip(table.texts, table.has_text, strict=True):
        at = np.flatnonzero(is_there)
        if len(at) > 1:
            sums[np.ix_(at, at)] += _kernel([row[place] or "" for place in at])
    return pair_means(sums, shared_prompts(table.has_text))


def _kernel(texts: Sequence[str]) -> Floats:
    """Return the share of equal places of each two texts."""
    share_of_others = pdist(np.array([_codes(text) for text in texts]), "hamming")
    kernel: Floats = 1.0 - squareform(share_of_others)
    return kernel


def _codes(text: str) -> Floats:
    """Return the first characters' numbers, filled up with 0."""
    codes = np.zeros(LENGTH)
    start = np.frombuffer(text[:LENGTH].encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes[: len(start)] = start
    return codes


STRING_KERNEL_MMD = Rival(score)
