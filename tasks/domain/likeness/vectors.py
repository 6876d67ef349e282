"""Cosines between models' replies, raw and centred on each prompt."""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def sample_prompts(prompt_ids: Iterable[str], n: int | None, seed: int) -> list[str]:
    """Return `n` prompts chosen by `seed`, sorted; a larger `n` keeps those that a smaller one chose.

    Args:
        prompt_ids: the prompts of one set.
        n: how many, None for all.
        seed: the plan's seed.
    """
    order = sorted(set(prompt_ids), key=lambda prompt: hashlib.sha256(f"{seed} {prompt}".encode()).digest())
    return sorted(order[:n])


def centred(vectors: NDArray[np.float32], is_reference: Sequence[bool]) -> NDArray[np.float32] | None:
    """Return the vectors of one prompt's replies less their mean over references, scaled to length 1.

    What all replies to a prompt have in common is the prompt; what is left is how each model answers it.

    Args:
        vectors: shape (n, dimension), the replies to one prompt.
        is_reference: for each row, whether its model takes part in the mean.

    Returns:
        Shape (n, dimension), or None with fewer than two references: a mean of one is no centre.
    """
    chosen = np.asarray(is_reference, dtype=bool)
    if chosen.sum() < 2:
        return None
    moved = vectors.astype(np.float64) - vectors[chosen].astype(np.float64).mean(axis=0)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    # A reply that stands on the mean points nowhere: it stays a zero vector, near to nothing.
    return np.divide(moved, lengths, out=np.zeros_like(moved), where=lengths > 1e-9).astype(np.float32)


def pair_cosines(vectors: NDArray[np.float32], models: Sequence[str]) -> dict[tuple[str, str], float]:
    """Return the mean cosine of two models' replies to one prompt over their pairs of samples.

    Args:
        vectors: shape (n, dimension), rows of length 1.
        models: the model of each row.

    Returns:
        A value for each two models, named in alphabetical order, and for each model with itself where it has two
        samples or more (a sample is not compared with itself). Rounded to 9 decimals, so that the order of rows
        leaves no trace.
    """
    names = sorted(set(models))
    place = {name: number for number, name in enumerate(names)}
    belongs = np.zeros((len(names), len(models)))
    for row, model in enumerate(models):
        belongs[place[model], row] = 1.0
    cosines = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    sums = belongs @ cosines @ belongs.T
    sizes = belongs.sum(axis=1)
    own = belongs @ np.diag(cosines)
    found: dict[tuple[str, str], float] = {}
    for i, left in enumerate(names):
        for j in range(i, len(names)):
            if i == j:
                n_pairs = sizes[i] * (sizes[i] - 1)
                total = sums[i, i] - own[i]
            else:
                n_pairs, total = sizes[i] * sizes[j], sums[i, j]
            if n_pairs:
                found[left, names[j]] = round(float(total / n_pairs), 9)
    return found
