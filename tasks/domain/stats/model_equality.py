"""Are two sets of replies samples of one model? Similarity within against across, permuted within prompts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.stats.distributions import t_quantile

DRAWS = 9_999
LEVEL = 0.05
LEAST_PROMPTS = 5
MOST_RELABELLINGS = 1_000
"""Relabellings of a prompt that are enumerated, and then drawn from; of more, each draw is made."""


@dataclass(frozen=True)
class SampledPrompt:
    """Replies of two models to one prompt, at least two of each: the first `n_left` are the left model's.

    `similarity`: n x n, symmetric; the diagonal is not read.
    """

    similarity: Floats
    n_left: int


@dataclass(frozen=True)
class ModelEquality:
    """Result of the test over `n_prompts`.

    `distance`: by how much two replies of different models are less alike than two of one, as a share of the latter: 0
    where the two are one model (below it by chance), 1 where replies of different models have nothing in common.
    `distance_high`: its upper confidence bound, one-sided at .95. `p_value`: of one model, one-sided. `detectable`: the
    distance that this many prompts and samples would have found with probability .8. None with fewer than five
    prompts, or where a model's own replies have nothing in common.
    """

    n_prompts: int
    distance: float | None = None
    distance_high: float | None = None
    p_value: float | None = None
    detectable: float | None = None


def model_equality(prompts: Sequence[SampledPrompt], rng: np.random.Generator) -> ModelEquality:
    """Test whether two models' replies to the same prompts are distributed alike on each of them.

    The statistic is half the squared maximum mean discrepancy, summed over prompts: the mean similarity within either
    model's replies, less that across (Gretton et al., JMLR 2012, 13, 723-773, the unbiased estimate; of models: Gao,
    Liang and Guestrin, Model Equality Testing, ICLR 2025, arXiv 2410.20247). Where both are one model, which of a
    prompt's replies is whose is arbitrary: labels are drawn anew within each prompt, so that the p value is exact for
    any similarity, `(1 + hits) / (1 + draws)` (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 2010, 9, 39).

    The distance is a ratio of means over prompts, with its linearised standard error (Cochran 1977, 6.4).

    Args:
        prompts: the replies to each; at least two of either model.
        rng: chance.

    Raises:
        ValueError: a prompt has fewer than two replies of a model.
    """
    if any(not 2 <= prompt.n_left <= len(prompt.similarity) - 2 for prompt in prompts):
        raise ValueError("a prompt has fewer than two replies of one of the models.")
    n = len(prompts)
    if n < LEAST_PROMPTS:
        return ModelEquality(n)
    observed = np.array([_parts(prompt.similarity, _labels(prompt)[None, :]) for prompt in prompts])[:, :, 0]
    within, gap = observed[:, 0], observed[:, 0] - observed[:, 1]
    if within.sum() <= 0.0:
        return ModelEquality(n)
    distance = float(gap.sum() / within.sum())
    residuals = gap - distance * within
    error = sqrt(float((residuals**2).sum()) / (n * (n - 1))) / float(within.mean())
    reach, power = t_quantile(1.0 - LEVEL, n - 1), t_quantile(0.8, n - 1)
    return ModelEquality(
        n, distance, distance + reach * error, _p_value(prompts, float(gap.sum()), rng), (reach + power) * error
    )


def _labels(prompt: SampledPrompt) -> Floats:
    return (np.arange(len(prompt.similarity)) < prompt.n_left).astype(np.float64)


def _parts(similarity: Floats, is_left: Floats) -> tuple[Floats, Floats]:
    """Return the mean similarity within models and across them, for each row of labels, (draws) each."""
    values = similarity.copy()
    np.fill_diagonal(values, 0.0)
    n_left = is_left[0].sum()
    n_right = len(values) - n_left
    is_right = 1.0 - is_left
    to_left, to_right = is_left @ values, is_right @ values
    left = (to_left * is_left).sum(axis=1) / (n_left * (n_left - 1))
    right = (to_right * is_right).sum(axis=1) / (n_right * (n_right - 1))
    return (left + right) / 2.0, (to_left * is_right).sum(axis=1) / (n_left * n_right)


def _p_value(prompts: Sequence[SampledPrompt], observed: float, rng: np.random.Generator) -> float:
    # Sums that are equal but for rounding are ties, and ties count as hits.
    least = observed - 1e-9 * max(1.0, abs(observed))
    total = np.zeros(DRAWS)
    for prompt in prompts:
        total += _drawn_gaps(prompt, rng)
    return (1 + int((total >= least).sum())) / (1 + DRAWS)


def _drawn_gaps(prompt: SampledPrompt, rng: np.random.Generator) -> Floats:
    """Return the gap between within and across in each draw of labels."""
    n = len(prompt.similarity)
    if comb(n, prompt.n_left) > MOST_RELABELLINGS:
        within, across = _parts(prompt.similarity, rng.permuted(np.tile(_labels(prompt), (DRAWS, 1)), axis=1))
        return within - across
    labels = np.zeros((comb(n, prompt.n_left), n))
    for row, left in enumerate(combinations(range(n), prompt.n_left)):
        labels[row, list(left)] = 1.0
    within, across = _parts(prompt.similarity, labels)
    return (within - across)[rng.integers(len(labels), size=DRAWS)]
