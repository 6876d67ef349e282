"""A classifier that learns to separate the candidates' replies by their words, and attributes the target's to one."""

import numpy as np
from numpy.typing import NDArray

from tasks.domain.reply_table import Codes
from tasks.domain.rival import Floats, Rival, RivalInput
from tasks.domain.similarity.attribution import MOST_WORDS, ODD, attribution


def score(inputs: RivalInput) -> Floats | None:
    """Return the mean log-probability that a classifier gives the reference as the writer of the target's replies.

    From minus infinity to 0. Features are words and pairs of neighbouring words; `similarity.attribution` is the
    classifier. After Sun et al., Idiosyncrasies in Large Language Models (ICML 2025, arXiv 2502.12150), who name the
    writer of a reply. For speed the first 200 words of a reply count, features are hashed to 2^15 numbers, and a
    classifier learns from at most 6000 replies. Not symmetric.

    Returns:
        Shape (m, m); NaN in the columns of models that are no candidates; None with fewer than two candidates that
        have replies to learn from.
    """
    return attribution(inputs, [_features(words) for row in inputs.table.words for words in row if words is not None])


def _features(reply: Codes) -> NDArray[np.uint64]:
    words = reply[:MOST_WORDS].astype(np.uint64) + np.uint64(1)
    return np.concatenate([words * ODD, (words[:-1] * ODD ^ words[1:]) * ODD])


TFIDF_CLASSIFIER = Rival(score, extra="validate")
