"""Cosines between models' replies, raw and centred on each prompt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


def centre_vectors(vectors: NDArray[np.float32], is_reference: Sequence[bool]) -> NDArray[np.float32] | None:
    """Return the vectors of one prompt's replies less their mean over references, scaled to length 1.

    The common part of all replies to a prompt is the prompt's; the rest is each model's way of answering.

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
    # A reply equal to the mean has no direction: it stays a zero vector, similar to nothing.
    return np.divide(moved, lengths, out=np.zeros_like(moved), where=lengths > 1e-9).astype(np.float32)


Cosines = tuple[list[str], NDArray[np.float64]]
"""Models in alphabetical order, and a number for each two of them, shape (models, models); NaN where there is none."""


def pair_cosines(vectors: NDArray[np.float32], models: Sequence[str]) -> Cosines:
    """Return the mean cosine of two models' replies to one prompt over their pairs of samples.

    Args:
        vectors: shape (n, dimension), rows of length 1.
        models: the model of each row.

    Returns:
        The models and a symmetric matrix; on its diagonal each model with itself, NaN where it has one sample (a sample
        is not compared with itself). Rounded to 9 decimals, so that the order of rows leaves no trace.
    """
    names, order, starts = _by_model(models)
    x = vectors[order].astype(np.float64)
    cosines = x @ x.T
    sizes = np.diff(starts, append=len(order)).astype(np.float64)
    sums, n_pairs = _summed(cosines, starts), np.outer(sizes, sizes)
    np.fill_diagonal(sums, sums.diagonal() - np.add.reduceat(cosines.diagonal(), starts))
    np.fill_diagonal(n_pairs, sizes * (sizes - 1))
    return names, _rounded(sums, n_pairs)


def _by_model(models: Sequence[str]) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Return the models in order, the rows ordered by model, and at which of these each model begins."""
    names, code = np.unique(np.array(models, dtype=object), return_inverse=True)
    order = np.argsort(code, kind="stable")
    return names.tolist(), order, np.searchsorted(code[order], np.arange(len(names)))


def _summed(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sums over each two models' samples, of values whose rows and columns are ordered by model."""
    if len(starts) == len(values):
        return values.copy()
    return np.add.reduceat(np.add.reduceat(values, starts, axis=0), starts, axis=1)


def _rounded(sums: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    means: NDArray[np.float64] = np.divide(sums, n, out=np.full_like(sums, np.nan), where=n > 0)
    return means.round(9)


@dataclass(frozen=True)
class Member:
    """The model that wrote one reply, and whether it is part of the background that replies are centred on."""

    model: str
    vendor: str
    family: str
    is_background: bool


def leave_out_cosines(vectors: NDArray[np.float32], members: Sequence[Member]) -> Cosines:
    """Return how alike two models' replies to one prompt are after centring on a background that leaves both aside.

    Target and reference are both moved by the mean of the background's models, each with the same weight; never in that
    background: the target's family, the reference's vendor. Centring on a mean that holds the two themselves would push
    background models apart and leave all others nearer by comparison.

    Args:
        vectors: shape (n, dimension), rows of length 1.
        members: the writer of each row.

    Returns:
        The models and the mean cosine over pairs of samples for each target (rows) and reference (columns) of different
        models; NaN where fewer than two background models remain, or a reply equals the mean. Rounded to 9 decimals.
    """
    names, order, starts = _by_model([member.model for member in members])
    first = [members[row] for row in order[starts]]
    sizes = np.diff(starts, append=len(order))
    owner = np.repeat(np.arange(len(names)), sizes)
    background = np.flatnonzero([member.is_background for member in first])
    vendors, vendor = np.unique([member.vendor for member in first], return_inverse=True)
    in_background = {first[place].family for place in background}
    # Families without a background model leave out nothing.
    left_out = np.array([member.family if member.family in in_background else "" for member in first])

    x = vectors[order].astype(np.float64)
    gram = x @ x.T
    # Each reply, and each background model, along each background model's mean reply: what follows only adds columns.
    along_background = (np.add.reduceat(gram, starts, axis=1) / sizes)[:, background]
    within_background = (np.add.reduceat(along_background, starts, axis=0) / sizes[:, None])[background]
    sums, n_pairs = np.zeros((len(names), len(names))), np.zeros((len(names), len(names)))
    for family in np.unique(left_out):
        targets = np.flatnonzero(left_out == family)
        kept = (left_out[background] != family)[:, None] & (vendor[background][:, None] != np.arange(len(vendors)))
        is_enough = kept.sum(axis=0) >= 2
        if not is_enough.any():
            continue
        weight = kept / np.maximum(kept.sum(axis=0), 1)
        along = along_background @ weight
        square = np.einsum("pv,pv->v", weight, within_background @ weight)
        length = np.sqrt(np.maximum(gram.diagonal()[:, None] - 2.0 * along + square, 0.0))
        # The centre goes by the reference's vendor: one column a reference's reply.
        reference_vendor = vendor[owner]
        rows, columns = np.flatnonzero(np.isin(owner, targets)), np.arange(len(owner))
        inner = (
            gram[rows] - along[rows][:, reference_vendor] - along[columns, reference_vendor] + square[reference_vendor]
        )
        target_length, reference_length = length[rows][:, reference_vendor], length[columns, reference_vendor]
        has_cosine = (
            (target_length > 1e-9)
            & (reference_length > 1e-9)
            & is_enough[reference_vendor]
            & (owner[rows][:, None] != owner)
        )
        cosines = np.divide(inner, target_length * reference_length, out=np.zeros_like(inner), where=has_cosine)
        begins = np.searchsorted(owner[rows], targets)
        for total, values in ((sums, cosines), (n_pairs, has_cosine.astype(np.float64))):
            total[targets] = np.add.reduceat(np.add.reduceat(values, begins, axis=0), starts, axis=1)
    return names, _rounded(sums, n_pairs)
