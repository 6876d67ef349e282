"""Cosines between models' replies, raw and centred on each prompt."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

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


@dataclass(frozen=True)
class Member:
    """Who wrote one reply, and whether its model is part of the panel on whose mean the replies are centred."""

    model: str
    vendor: str
    family: str
    is_panel: bool


def leave_out_cosines(vectors: NDArray[np.float32], members: Sequence[Member]) -> dict[tuple[str, str], float]:
    """Return how alike two models' replies to one prompt are after centring on a panel that leaves both aside.

    Target and reference are both moved by the mean of the panel's models, each with the same weight; never in that
    panel: the target's family, the reference's vendor. Centring on a mean that holds the two themselves would push
    panel models apart and leave all others nearer by comparison.

    Args:
        vectors: shape (n, dimension), rows of length 1.
        members: who wrote each row.

    Returns:
        The mean cosine over pairs of samples for each (target, reference) of different models; left out where fewer
        than two panel models remain, or a reply stands on the mean. Rounded to 9 decimals.
    """
    x = vectors.astype(np.float64)
    gram = x @ x.T
    names = np.array([member.model for member in members])
    vendors = np.array([member.vendor for member in members])
    families = np.array([member.family for member in members])
    panel = np.array([member.is_panel for member in members], dtype=bool)
    in_panel = set(families[panel])
    # Families without a panel model all leave out the same: nothing.
    left_out = np.array([family if family in in_panel else "" for family in families])
    found: dict[tuple[str, str], list[float]] = {}
    for family in sorted(set(left_out)):
        rows = np.flatnonzero(left_out == family)
        for vendor in sorted(set(vendors)):
            kept = panel & (families != family) & (vendors != vendor)
            inside = names[kept]
            if len(set(inside)) < 2:
                continue
            columns = np.flatnonzero(vendors == vendor)
            weight = np.zeros(len(names))
            sizes = {name: int((inside == name).sum()) for name in set(inside)}
            weight[kept] = [1.0 / (len(sizes) * sizes[name]) for name in inside]
            along = gram @ weight
            length = np.sqrt(np.maximum(np.diag(gram) - 2.0 * along + weight @ along, 0.0))
            inner = gram[np.ix_(rows, columns)] - along[rows, None] - along[None, columns] + weight @ along
            for i, row in enumerate(rows):
                for j, column in enumerate(columns):
                    if names[row] != names[column] and length[row] > 1e-9 and length[column] > 1e-9:
                        cos = float(inner[i, j] / (length[row] * length[column]))
                        found.setdefault((str(names[row]), str(names[column])), []).append(cos)
    return {pair: round(fmean(values), 9) for pair, values in found.items()}
