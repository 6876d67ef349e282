"""Closeness of length: the simplest habit there is, and a check on what any similarity adds to it."""

import numpy as np

from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts


def score(inputs: RivalInput) -> Floats:
    """Return the mean over prompts of the shorter reply's words over the longer's: above 0, up to 1.

    `mean over prompts of min(a, b) / max(a, b)`, where a and b count words. Symmetric. No published test of lineage:
    length is the surface feature that comparisons of replies most often mistake for something else (Dubois et al.,
    Length-Controlled AlpacaEval, COLM 2024, arXiv 2404.04475).
    """
    answered = inputs.table.has_words
    lengths = np.array(
        [[0 if words is None else len(words) for words in row] for row in inputs.table.words], np.float64
    )
    sums = np.zeros((answered.shape[1], answered.shape[1]))
    for row in lengths:
        longer = np.maximum(row[:, None], row[None, :])
        sums += np.divide(np.minimum(row[:, None], row[None, :]), longer, out=np.zeros_like(sums), where=longer > 0.0)
    return pair_means(sums, shared_prompts(answered))


LENGTH = Rival(score)
