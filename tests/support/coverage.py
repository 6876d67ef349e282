"""How often intervals hold a planted truth: situations in which the truth is known, and counts over repetitions."""

from collections.abc import Callable

import numpy as np

from tasks.domain.stats.agreement import agreement
from tasks.domain.stats.cluster_bootstrap import clustered_rate
from tasks.domain.stats.paired import paired_difference

Plant = Callable[[np.random.Generator, int, int], tuple[np.ndarray, float]]
"""Chance, number of templates and of questions to the chance of a leak in each cell, and the planted rate."""


def everywhere(rate: float) -> Plant:
    return lambda rng, k, j: (np.full((k, j), rate), rate)


def under_leading_templates(share: float, rate: float) -> Plant:
    """Which templates of the bank lead is drawn anew each time, as if the bank were."""
    return lambda rng, k, j: (np.where(rng.random((k, 1)) < share, rate, 0.0) * np.ones((1, j)), share * rate)


def under_a_fixed_third(rate: float) -> Plant:
    def plant(rng: np.random.Generator, k: int, j: int) -> tuple[np.ndarray, float]:
        chances = np.where(np.arange(k)[:, np.newaxis] % 3 == 0, rate, 0.0) * np.ones((1, j))
        return chances, float(chances.mean())

    return plant


def only_in_chinese(rate: float) -> Plant:
    def plant(rng: np.random.Generator, k: int, j: int) -> tuple[np.ndarray, float]:
        chances = np.zeros((k, j))
        chances[: k // 2, : j // 2] = rate
        return chances, float(chances.mean())

    return plant


def templates_differ(rate: float, icc: float) -> Plant:
    spread = 1 / icc - 1
    return lambda rng, k, j: (rng.beta(rate * spread, (1 - rate) * spread, (k, 1)) * np.ones((1, j)), rate)


def templates_and_questions_differ() -> Plant:
    """Logits -1 + template + question, both standard normal: the mean over both is .3024 (by numerical integration)."""
    return lambda rng, k, j: (
        1 / (1 + np.exp(1 - rng.standard_normal((k, 1)) - rng.standard_normal((1, j)))),
        0.3024,
    )


SITUATIONS = {
    "nothing leaks": (everywhere(0.0), 20, 50),
    "5 % everywhere": (everywhere(0.05), 20, 50),
    "30 % everywhere": (everywhere(0.3), 60, 10),
    "1 % everywhere": (everywhere(0.01), 20, 20),
    "5 % in all, under leading templates": (under_leading_templates(1 / 3, 0.15), 60, 10),
    "30 % in all, under leading templates": (under_leading_templates(1 / 3, 0.9), 20, 20),
    "5 % in all, under a fixed third": (under_a_fixed_third(0.15), 60, 10),
    "one template of ten always leaks": (under_leading_templates(0.1, 1.0), 20, 20),
    "only in Chinese": (only_in_chinese(0.2), 20, 50),
    "5 %, templates differ": (templates_differ(0.05, 0.3), 20, 50),
    "30 %, templates differ": (templates_differ(0.3, 0.3), 20, 50),
    "30 %, templates and questions differ": (templates_and_questions_differ(), 20, 20),
}


def _holds(low: float | None, high: float | None, value: float) -> bool:
    """Return whether an interval, which there has to be, holds a value."""
    assert low is not None
    assert high is not None
    return low <= value <= high


def n_rates_covered(situation: str, repetitions: int) -> int:
    """Count the repetitions in which the interval of a rate holds the planted one."""
    plant, k, j = SITUATIONS[situation]
    rng = np.random.default_rng([k, j, sorted(SITUATIONS).index(situation)])
    templates = [f"t{template:02d}" for template in range(k) for _ in range(j)]
    questions = [f"q{question:02d}" for _ in range(k) for question in range(j)]
    n_covered = 0
    for _ in range(repetitions):
        chances, rate = plant(rng, k, j)
        leaks = (rng.random((k, j)) < chances).astype(float).ravel().tolist()
        found = clustered_rate(leaks, templates, questions, rng)
        assert found.low is not None
        assert found.high is not None
        n_covered += _holds(found.low - 1e-12, found.high + 1e-12, rate)
    return n_covered


def n_kappas_covered(repetitions: int) -> int:
    """Count the repetitions in which the interval of kappa holds the planted one.

    20 % are positive, by template; the judge finds 85 % of them and raises 3 % false alarms.
    """
    chance = 0.2 * 0.194 + 0.8 * 0.806
    kappa = (0.2 * 0.85 + 0.8 * 0.97 - chance) / (1 - chance)
    rng = np.random.default_rng(4)
    templates = [f"t{number // 20:02d}" for number in range(400)]
    n_covered = 0
    for _ in range(repetitions):
        truth = rng.random((20, 20)) < rng.beta(0.8, 3.2, (20, 1))
        found = rng.random((20, 20)) < np.where(truth, 0.85, 0.03)
        true_words, found_words = (["yes" if value else "no" for value in side.ravel()] for side in (truth, found))
        result = agreement(true_words, found_words, templates)
        n_covered += _holds(result.kappa_low, result.kappa_high, kappa)
    return n_covered


def paired_under_the_null(differ_by_question: float, repetitions: int) -> tuple[int, int]:
    """Count how often two equal targets are told apart at .05, and how often the interval of their difference holds 0."""
    chance = np.random.default_rng(2)
    templates = [f"t{number // 20:02d}" for number in range(400)]
    questions = [f"q{number % 20:02d}" for number in range(400)]
    n_rejected = n_covered = 0
    for _ in range(repetitions):
        shared = chance.standard_normal((20, 1))
        sides = []
        for _ in range(2):
            own = 0.7 * chance.standard_normal((20, 1)) + differ_by_question * chance.standard_normal((1, 20))
            sides.append((chance.random((20, 20)) < 1 / (1 + np.exp(1 - shared - own))).astype(float).ravel().tolist())
        found = paired_difference(sides[0], sides[1], templates, questions, chance)
        assert found.p_value is not None
        n_rejected += found.p_value <= 0.05
        n_covered += _holds(found.low, found.high, 0.0)
    return n_rejected, n_covered
