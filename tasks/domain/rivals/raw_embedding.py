"""Cosine of raw sentence embeddings, without subtracting what all replies to a prompt have in common."""

import numpy as np

from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts


def score(inputs: RivalInput) -> Floats | None:
    """Return the mean over prompts of the cosine of two replies' embeddings: -1 to 1; None without embeddings.

    `u . v / (|u| |v|)` (Reimers and Gurevych, Sentence-BERT, EMNLP-IJCNLP 2019, 3982-3992). Symmetric. A vector of
    length 0 counts as missing.
    """
    if inputs.vectors is None:
        return None
    n, m = inputs.vectors.shape[:2]
    answered = np.zeros((n, m), dtype=np.bool_)
    sums = np.zeros((m, m))
    for number, raw in enumerate(inputs.vectors):
        vectors = raw.astype(np.float64)
        lengths = np.linalg.norm(vectors, axis=1)
        answered[number] = lengths > 0.0  # False also for NaN.
        unit = np.zeros_like(vectors)
        np.divide(vectors, lengths[:, None], out=unit, where=answered[number][:, None])
        sums += unit @ unit.T
    return pair_means(sums, shared_prompts(answered))


RAW_EMBEDDING = Rival(score, reads_vectors=True)
