"""Character 4-grams weighted by rareness: the cosine of two replies to one prompt."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts
from tasks.domain.similarity.char_ngrams import BUCKETS, char_ngrams


def score(inputs: RivalInput) -> Floats:
    """Return the mean over prompts of the cosine of two replies' tf-idf vectors of character 4-grams: 0 to 1.

    `u . v / (|u| |v|)` with `u_g = count of g * (1 + ln((1 + N) / (1 + d_g)))`, N replies in all and d_g of them with g
    (Salton and Buckley, Information Processing and Management 1988, 24, 513-523, smoothed). Symmetric. 4-grams are
    hashed to 2^18 numbers. Replies of fewer than four characters count as missing.
    """
    table = inputs.table
    n, m = len(table.prompts), len(table.models)
    n_replies_with, grams_of_prompts = np.zeros(BUCKETS), []
    for row in table.texts:
        grams = [np.unique(char_ngrams(text or ""), return_counts=True) for text in row]
        places = np.concatenate([part for part, _ in grams])
        np.add.at(n_replies_with, places, 1.0)
        starts = np.concatenate(([0], np.cumsum([len(part) for part, _ in grams])))
        # In few bytes: all prompts are kept until the weights are known.
        grams_of_prompts.append(
            (places.astype(np.int32), np.concatenate([c for _, c in grams]).astype(np.int32), starts)
        )
    answered = np.array([np.diff(starts) > 0 for _, _, starts in grams_of_prompts], dtype=np.bool_).reshape(n, m)
    weight = 1.0 + np.log((1.0 + answered.sum()) / (1.0 + n_replies_with))
    sums = np.zeros((m, m))
    for places, counts, starts in grams_of_prompts:
        sums += _cosines(places, counts * weight[places], starts)
    return pair_means(sums, shared_prompts(answered))


def _cosines(places: NDArray[np.int32], values: Floats, starts: NDArray[np.int64]) -> Floats:
    """Return the cosines of one prompt's replies, shape (m, m): 0 where one is missing."""
    vectors = csr_array((values, places, starts), shape=(len(starts) - 1, BUCKETS))
    inner: Floats = (vectors @ vectors.T).toarray()
    lengths = np.sqrt(np.diag(inner))
    size = np.outer(lengths, lengths)
    return np.divide(inner, size, out=np.zeros_like(inner), where=size > 0.0)


CHAR_NGRAMS = Rival(score)
