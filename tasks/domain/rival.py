"""Input and output of rival statistics: published methods to detect who learned from whom.

Each rival is a file in `rivals`, with the same null and verdicts as our own statistic.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.domain.reply_table import Booleans, ReplyTable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RivalInput:
    """The input of every rival; each uses what it needs.

    Attributes:
        table: replies of m models to n prompts.
        candidates: places of the models in the table that may be teachers; a classifier learns to separate these.
        groups: the name of each model's candidate group, such as the snapshots of one model.
        vectors: shape (n, m, dimension), an embedding of each reply, NaN where there is none; None without embeddings.

    Raises:
        ValueError: shapes differ, or a candidate is not in the table.
    """

    table: ReplyTable
    candidates: Sequence[int]
    groups: Sequence[str]
    vectors: NDArray[np.float32] | NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        """Require that the parts agree."""
        n, m = len(self.table.prompts), len(self.table.models)
        if len(self.groups) != m:
            raise ValueError(f"{len(self.groups)} groups for {m} models.")
        if any(not 0 <= place < m for place in self.candidates) or len(set(self.candidates)) < len(self.candidates):
            raise ValueError(f"candidates {list(self.candidates)} must be different places from 0 to {m - 1}.")
        if self.vectors is not None and self.vectors.shape[:2] != (n, m):
            raise ValueError(f"vectors of shape {self.vectors.shape} for {n} prompts and {m} models.")


@dataclass(frozen=True)
class Rival:
    """A statistic of the similarity of models' replies.

    `score` returns shape (m, m), row the target and column the reference, higher where they are more similar; NaN on
    the diagonal, where the two answered no prompt in common, and where the statistic is undefined for that reference.
    It returns None where an input is missing. `version` is raised whenever its results change. `reads_vectors`: it
    compares embeddings, not texts. `extra`: what must be installed for it beside the core.
    """

    score: Callable[[RivalInput], Floats | None]
    version: str = "1"
    reads_vectors: bool = False
    extra: str | None = None


def shared_prompts(answered: Booleans) -> Floats:
    """Return the number of prompts that both models of a pair answered, shape (m, m), from shape (n, m)."""
    there = answered.astype(np.float64)
    counts: Floats = there.T @ there
    return counts


def pair_means(sums: Floats, counts: Floats) -> Floats:
    """Return sums over counts, shape (m, m): NaN where nothing was counted and on the diagonal."""
    means = np.full(sums.shape, np.nan)
    np.divide(sums, counts, out=means, where=counts > 0.0)
    np.fill_diagonal(means, np.nan)
    return means
