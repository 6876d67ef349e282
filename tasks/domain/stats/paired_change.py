"""Change of a mean between two times over the same prompts, each prompt one cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tasks.domain.stats.distributions import t_quantile
from tasks.domain.stats.paired import sign_flip_p


@dataclass(frozen=True)
class PairedChange:
    """`change` = `after` - `before`, means over the n prompts that have both; `low`, `high`: its 95 % interval.

    `p_value`: two-sided, of no change. The interval needs two prompts.
    """

    n: int
    before: float | None = None
    after: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


def paired_change(before: Sequence[float], after: Sequence[float], rng: np.random.Generator) -> PairedChange:
    """Return the change of a mean over prompts, with Student's paired interval (Biometrika 1908, 6, 1-25).

    The p value is Fisher's, by flipping signs of whole prompts (The Design of Experiments, 1935, 21): where nothing
    has changed, which of a prompt's two values is the later one is arbitrary, so it holds for any distribution.

    Args:
        before, after: one value per prompt, in the same order.
        rng: chance.

    Raises:
        ValueError: lengths differ.
    """
    if len(before) != len(after):
        raise ValueError(f"{len(before)} values before, {len(after)} after: each prompt needs both.")
    n = len(before)
    if n == 0:
        return PairedChange(0)
    differences = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    means = float(np.mean(before)), float(np.mean(after)), float(differences.mean())
    if n == 1:
        return PairedChange(n, *means)
    margin = t_quantile(0.975, n - 1) * float(differences.std(ddof=1)) / sqrt(n)
    return PairedChange(n, *means, means[2] - margin, means[2] + margin, sign_flip_p(differences, rng))
