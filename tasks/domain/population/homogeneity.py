"""Homogeneity of a population: effective number of models, mean similarity and contributions, with intervals."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from tasks.domain.population.similarity import BLOCK, Floats, Similarity, means, square, triangle
from tasks.domain.population.vendi import clipped_share, contribution_slopes, scores_without, vendi_scores
from tasks.domain.stats.distributions import NORMAL, t_quantile

DRAWS = 1_000
CONFIDENCE = 0.95
_AT_A_TIME = 100
"""Draws whose kernels are formed at a time: 100 of 200 members are 32 MB."""


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval over prompts; the interval is None where there is one prompt."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Contribution:
    """One member's contribution: the score of all less that of all others; near 0, or below it, for a copy.

    `nearest` is None where the member has no similarity to any other.
    """

    member: str
    contribution: Estimate
    similarity: Estimate
    nearest: str | None
    nearest_similarity: float


@dataclass(frozen=True)
class Homogeneity:
    """How alike a population is. `bias`: of the score by few prompts, about; the interval corrects for it."""

    vendi: Estimate
    bias: float | None
    mean_similarity: Estimate
    clipped: float
    contributions: tuple[Contribution, ...]


def prompt_draws(n_prompts: int, rng: np.random.Generator, draws: int = DRAWS) -> Floats:
    """Return how often each prompt comes up in each draw of as many prompts with replacement, (draws, n_prompts)."""
    return rng.multinomial(n_prompts, np.full(n_prompts, 1.0 / n_prompts), size=draws).astype(np.float64)


def measure(similarity: Similarity, drawn: Floats) -> Homogeneity:
    """Return the homogeneity of a population; intervals are over prompts like these, for the same models.

    Args:
        similarity: three members or more, every two with a common prompt.
        drawn: each pair's mean in each draw of prompts, shape (draws, n_pairs), from `means` of `prompt_draws`.
    """
    pairs, n, n_prompts = means(similarity), similarity.n, similarity.n_prompts
    kernel = square(pairs, n)
    score = float(vendi_scores(kernel))
    scores = np.concatenate(
        [vendi_scores(square(drawn[at : at + _AT_A_TIME], n)) for at in range(0, len(drawn), _AT_A_TIME)]
    )
    vendi = basic_interval(score, scores, n_prompts)
    if vendi.low is not None and vendi.high is not None:
        vendi = Estimate(score, max(1.0, vendi.low), min(float(n), vendi.high))
    return Homogeneity(
        vendi=vendi,
        bias=float(scores.mean()) - score if n_prompts > 1 else None,
        mean_similarity=percentile_interval(float(pairs.mean()), drawn.mean(axis=1), n_prompts),
        clipped=clipped_share(kernel),
        contributions=_contributions(similarity, kernel, drawn),
    )


def basic_interval(value: float, drawn: Floats, n_prompts: int) -> Estimate:
    """Return the basic bootstrap interval (Davison and Hinkley 1997, 5.2): percentiles mirrored at the value.

    The score of a mean over few prompts is too low, as the entropy is concave, and a draw's score is lower again by
    about as much: percentiles would count that twice, their mirror image takes it back.
    """
    interval = percentile_interval(value, drawn, n_prompts)
    if interval.low is None or interval.high is None:
        return interval
    return Estimate(value, 2.0 * value - interval.high, 2.0 * value - interval.low)


def percentile_interval(value: float, drawn: Floats, n_prompts: int) -> Estimate:
    """Return the percentile interval, for means over prompts: they have no bias, and lean as their draws do.

    Drawing P prompts understates the variance by (P - 1) / P and ignores that it is estimated: tails are those of
    Student's t (Hesterberg, The American Statistician 2015, 69, 371-386). One prompt gives no interval.
    """
    if n_prompts < 2:
        return Estimate(value, None, None)
    df = n_prompts - 1
    tail = NORMAL.cdf(-sqrt(n_prompts / df) * t_quantile((1.0 + CONFIDENCE) / 2.0, df))
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return Estimate(value, float(low), float(high))


def _contributions(similarity: Similarity, kernel: Floats, drawn: Floats) -> tuple[Contribution, ...]:
    n, n_prompts = similarity.n, similarity.n_prompts
    added = float(vendi_scores(kernel)) - scores_without(kernel)
    errors = contribution_errors(similarity, kernel)
    first, second = triangle(n)
    belongs = (np.arange(n) == first[:, np.newaxis]) | (np.arange(n) == second[:, np.newaxis])
    beside = (kernel.sum(axis=1) - 1.0) / (n - 1)
    drawn_beside = drawn @ belongs.astype(np.float64) / (n - 1)
    others = kernel - 2.0 * np.eye(n)
    return tuple(
        Contribution(
            member=name,
            contribution=_student(float(added[member]), float(errors[member]), n_prompts),
            similarity=percentile_interval(float(beside[member]), drawn_beside[:, member], n_prompts),
            nearest=similarity.members[int(others[member].argmax())] if others[member].max() > 0.0 else None,
            nearest_similarity=float(others[member].max()),
        )
        for member, name in enumerate(similarity.members)
    )


def _student(value: float, error: float, n_prompts: int) -> Estimate:
    if n_prompts < 2:
        return Estimate(value, None, None)
    margin = t_quantile((1.0 + CONFIDENCE) / 2.0, n_prompts - 1) * error
    return Estimate(value, value - margin, value + margin)


def contribution_errors(similarity: Similarity, kernel: Floats) -> Floats:
    """Return the standard error of each member's contribution over prompts, shape (n,), linearised.

    A prompt's pull on a contribution is its slope in each pair's similarity times how far the prompt moves that pair's
    mean, summed over pairs (the infinitesimal jackknife: Jaeckel, Bell Laboratories memorandum 72-1215-11, 1972; Efron,
    Biometrika 1981, 68, 589-599). Drawing prompts would need the spectrum of every draw without every member.
    """
    slope = contribution_slopes(kernel)
    centre, n_prompts = kernel[triangle(similarity.n)], similarity.n_prompts
    # Prompts that one of a pair has not answered leave its mean as it is; the others move it by more.
    scale = slope * (n_prompts / similarity.n_common)[:, np.newaxis]
    squares = np.zeros(similarity.n)
    for start in range(0, len(similarity.values), BLOCK):
        block = similarity.values[start : start + BLOCK].astype(np.float64) - centre
        squares += ((np.nan_to_num(block, nan=0.0) @ scale) ** 2).sum(axis=0)
    return np.sqrt(squares / (n_prompts * max(n_prompts - 1, 1)))
