"""LLM DNA: the embeddings of all of a model's replies in one vector, projected at random to few dimensions."""

import numpy as np

from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts

DIMENSIONS = 128
"""Numbers of a model's projection."""

SEED = 20_509
"""Chance of the projection: the same one for all models and runs."""


def score(inputs: RivalInput) -> Floats | None:
    """Return the cosine of two models' projected embeddings: -1 to 1; None without embeddings.

    The embeddings of a model's replies to all prompts, one behind the other, times a Gaussian matrix (Wu et al., LLM
    DNA, ICLR 2026, arXiv 2509.24496: by the Johnson-Lindenstrauss lemma distances are kept). Before, the mean over the
    models that answered is subtracted from each prompt's embeddings, which is our addition: so a missing reply counts
    as the mean, and the cosine does not measure what all replies to a prompt have in common. A vector of length 0
    counts as missing. Symmetric. A model's vector is of all prompts, also of those that the other one did not answer.
    """
    if inputs.vectors is None:
        return None
    n, m, size = inputs.vectors.shape
    rng = np.random.default_rng(SEED)
    answered = np.zeros((n, m), dtype=np.bool_)
    projected = np.zeros((m, DIMENSIONS))
    for number, raw in enumerate(inputs.vectors):
        matrix = rng.standard_normal((size, DIMENSIONS)) / np.sqrt(DIMENSIONS)
        vectors = raw.astype(np.float64)
        at = np.linalg.norm(vectors, axis=1) > 0.0  # False also for NaN.
        answered[number] = at
        if at.any():
            projected[at] += (vectors[at] - vectors[at].mean(axis=0)) @ matrix
    lengths = np.linalg.norm(projected, axis=1)
    np.divide(projected, lengths[:, None], out=projected, where=lengths[:, None] > 0.0)
    compared = (shared_prompts(answered) > 0.0) & (lengths > 0.0)[:, None] & (lengths > 0.0)[None, :]
    return pair_means(projected @ projected.T, compared.astype(np.float64))


DNA_PROJECTION = Rival(score, reads_vectors=True)
