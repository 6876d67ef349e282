"""The source cluster: candidates that can't be told from the best one. One of them is the source."""

import numpy as np
from scipy.special import stdtrit

from tasks.domain.pairwise.matrices import Floats

LEVEL = 0.05
LEAST_BLOCKS = 5


def source_cluster(blocks: Floats, best: int) -> list[int]:
    """Return the columns that are not below the best one by more than chance, the best among them.

    A paired t over blocks of prompts, one-sided at .05: both candidates answered the same prompts, so what the prompts
    have in common cancels (batch means: Law and Kelton, Simulation Modeling and Analysis, 9.5).

    Args:
        blocks: blocks x candidates, each block's mean score less that of unrelated models; NaN where there is none.
        best: the column of the best candidate.
    """
    gaps = blocks[:, best : best + 1] - blocks
    is_there = ~np.isnan(gaps)
    n = is_there.sum(axis=0)
    mean = np.where(is_there, gaps, 0.0).sum(axis=0) / np.maximum(n, 1)
    deviation = np.sqrt(np.where(is_there, (gaps - mean) ** 2, 0.0).sum(axis=0) / np.maximum(n - 1, 1))
    error = deviation / np.sqrt(np.maximum(n, 1))
    is_kept = (n >= LEAST_BLOCKS) & (mean <= error * stdtrit(np.maximum(n - 1, 1), 1.0 - LEVEL))
    is_kept[best] = True
    return [int(column) for column in np.flatnonzero(is_kept)]


def intervals(blocks: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % intervals of means over prompts, from block means, blocks first.

    NaN where there are too few blocks (batch means: Law and Kelton, Simulation Modeling and Analysis, 9.5).
    """
    is_there = ~np.isnan(blocks)
    n = is_there.sum(axis=0)
    mean = np.where(is_there, blocks, 0.0).sum(axis=0) / np.maximum(n, 1)
    square = np.where(is_there, blocks - mean, 0.0)
    square *= square
    deviation = np.sqrt(square.sum(axis=0) / np.maximum(n - 1, 1))
    reach = deviation / np.sqrt(np.maximum(n, 1)) * stdtrit(np.maximum(n - 1, 1), 0.975)
    is_known = n >= LEAST_BLOCKS
    return np.where(is_known, mean - reach, np.nan), np.where(is_known, mean + reach, np.nan)
