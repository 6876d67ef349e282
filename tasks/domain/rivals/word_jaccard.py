"""Shared words: Jaccard's coefficient of the sets of words of two replies."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from tasks.domain.reply_table import Codes
from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts


def score(inputs: RivalInput) -> Floats:
    """Return the mean over prompts of the shared over all distinct words of two replies: 0 to 1.

    `|A and B| / |A or B|` (Jaccard, Bulletin de la Société Vaudoise des Sciences Naturelles 1901, 37, 547-579), where A
    and B are the sets of lower-cased words. Symmetric.
    """
    table = inputs.table
    sums = np.zeros((len(table.models), len(table.models)))
    for row in table.words:
        sums += _prompt_scores(row)
    return pair_means(sums, shared_prompts(table.has_words))


def _prompt_scores(row: Sequence[Codes | None]) -> Floats:
    """Return Jaccard's coefficients of one prompt's replies, shape (m, m): 0 where one is missing."""
    sets = [np.empty(0, dtype=np.int64) if words is None else np.unique(words) for words in row]
    sizes = np.array([len(words) for words in sets], dtype=np.float64)
    columns, places = np.unique(np.concatenate(sets), return_inverse=True)
    starts = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    has = csr_array((np.ones(len(places)), places, starts), shape=(len(row), len(columns)))
    shared: Floats = (has @ has.T).toarray()
    every = sizes[:, None] + sizes[None, :] - shared
    return np.divide(shared, every, out=np.zeros_like(shared), where=every > 0.0)


WORD_JACCARD = Rival(score)
