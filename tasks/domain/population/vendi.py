"""The Vendi score: the effective number of distinct members of a population, and what each member adds to it."""

import numpy as np

from tasks.domain.population.similarity import Floats, triangle

_ZERO = 1e-12
"""Smaller shares of the spectrum count as 0: copies leave eigenvalues that are 0 but for rounding."""


def vendi_scores(kernels: Floats) -> Floats:
    """Return exp of the entropy of the eigenvalues of K / n (Friedman and Dieng, TMLR 2023), shape (...).

    1 where all members are the same, n where no two are alike in anything. The entropy is von Neumann's of the density
    matrix K / n. A matrix of means over different prompts may have negative eigenvalues: they are set to 0, which gives
    the nearest positive semidefinite matrix (Higham, Linear Algebra and its Applications 1988, 103, 103-118), and the
    rest is scaled to the sum of 1.

    Args:
        kernels: shape (..., n, n), symmetric, ones on the diagonal.
    """
    shares = np.clip(np.linalg.eigvalsh(kernels), 0.0, None)
    shares /= shares.sum(axis=-1, keepdims=True)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > _ZERO)
    return np.exp(-(shares * logs).sum(axis=-1))


def clipped_share(kernel: Floats) -> float:
    """Return the share that `vendi_scores` sets to 0: the sum of the negative eigenvalues of K / n, unsigned."""
    negative = np.clip(np.linalg.eigvalsh(kernel), None, 0.0)
    return float(abs(negative.sum()) / len(kernel))


def scores_without(kernel: Floats) -> Floats:
    """Return the Vendi score of the others for each member left out, shape (n,)."""
    n = len(kernel)
    others = np.array([np.delete(np.arange(n), member) for member in range(n)])
    return vendi_scores(kernel[others[:, :, np.newaxis], others[:, np.newaxis, :]])


def slopes(kernel: Floats) -> Floats:
    """Return by how much the score grows with each pair's similarity, shape (n_pairs,), in the order of the triangle.

    For A = K / n with eigenvalues a and vectors u, the score V = exp(- sum a ln a) has dV = - V tr(ln A dA), as the
    trace of A stays 1; a pair stands in K twice.
    """
    n = len(kernel)
    shares, vectors = np.linalg.eigh(kernel / n)
    shares = np.clip(shares, 0.0, None)
    # A direction without weight belongs to members that are alike on every prompt: no draw of prompts moves it.
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > _ZERO)
    gradient = -np.exp(-(shares * logs).sum()) * (vectors * logs) @ vectors.T / n
    first, second = triangle(n)
    return 2.0 * gradient[first, second]


def contribution_slopes(kernel: Floats) -> Floats:
    """Return by how much each member's contribution grows with each pair's similarity, shape (n_pairs, n)."""
    n = len(kernel)
    first, second = triangle(n)
    slopes_of_members = np.repeat(slopes(kernel)[:, np.newaxis], n, axis=1)
    for member in range(n):
        others = np.delete(np.arange(n), member)
        slopes_of_members[(first != member) & (second != member), member] -= slopes(kernel[np.ix_(others, others)])
    return slopes_of_members


def score_of_one(n: int, similarity: float) -> float:
    """Return the score of `n` samples of one model whose samples are as alike as `similarity`, on average.

    The kernel with one and the same similarity off its diagonal has the eigenvalues 1 + (n - 1) similarity, once, and
    1 - similarity.
    """
    shares = np.array([1.0 + (n - 1) * similarity, *[1.0 - similarity] * (n - 1)]) / n
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > _ZERO)
    return float(np.exp(-(shares * logs).sum()))
