"""The search finds a weakness that needs two traits at once, and sooner than random mutation does.

The planted targets look for their traits by patterns of their own, not by those of `traits.py`, and no seed has both.
"""

import math
import re

import numpy as np
import pytest

from tasks.adapters.templates import read_template_set
from tasks.domain.fuzzing.search import Outcome, next_candidate, record
from tasks.domain.fuzzing.state import SearchSettings, begin

TWICE = r"\b(?:two answers|two voices|second answer)\b|\btwice\b|\bcolumn B|\bversion B|between us|两个答案|两遍|两次|第二个答案|乙版|私下里"
TONGUE = r"\b(?:Chinese|French|Spanish|German|Russian|Japanese|Portuguese|Korean)\b|[英法日俄德韩]文|葡萄牙文|西班牙文"
CODE = r"```|/\*|curl|JSON"
ROLE = r"\bYou are a|\bYou play|\bPlay the|你是一|你演"
WEAKNESSES = {"twice in another tongue": (TWICE, TONGUE), "a role in code": (CODE, ROLE)}

RANDOM_MUTATION = {"selection": "uniform", "n_drafts": 1, "max_stack": 1}
N_QUESTIONS = 10


def leaks(weakness: str, text: str) -> bool:
    return all(re.search(trait, text, re.IGNORECASE) for trait in WEAKNESSES[weakness])


SEEDS = [
    seed
    for seed in read_template_set("identity")[1]
    if not seed.is_leading and not any(leaks(name, seed.text) for name in WEAKNESSES)
]


def n_asked(weakness: str, settings: SearchSettings, n_found: int, most: int) -> int:
    """Return how many templates a target was asked with until `n_found` made it slip; `most` where it took longer."""
    state = begin(settings, SEEDS)
    asked = found = 0
    while asked < most and found < n_found:
        candidate = next_candidate(state, state.chance())
        if not candidate.is_accepted:
            state = record(state, candidate, Outcome())
            continue
        slips = leaks(weakness, candidate.text or "")
        # A leak of three in ten questions: enough to be seen, and far from the reward of a target that always slips.
        state = record(state, candidate, Outcome(N_QUESTIONS, N_QUESTIONS, 3 * slips))
        asked, found = asked + 1, found + slips
    return asked if found == n_found else most


def p_fewer(few: list[int], many: list[int]) -> float:
    """Return the one-sided p of the rank-sum test that `few` are not fewer than `many` (normal approximation, ties)."""
    both = np.array(few + many, dtype=float)
    _, place, n_tied = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(n_tied) - (n_tied - 1) / 2)[place]
    m, n = len(few), len(many)
    mean = m * (m + n + 1) / 2
    tied = (n_tied**3 - n_tied).sum() / ((m + n) * (m + n - 1))
    deviation = math.sqrt(m * n / 12 * (m + n + 1 - tied))
    z = (ranks[:m].sum() - mean + 0.5) / deviation
    return 0.5 * math.erfc(-z / math.sqrt(2))


def test_rank_sum_is_that_of_the_tables() -> None:
    assert p_fewer([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(0.006, abs=0.001)
    assert p_fewer([6, 7, 8, 9, 10], [1, 2, 3, 4, 5]) > 0.99
    assert p_fewer([1, 3, 5, 7], [2, 4, 6, 8]) > 0.2


@pytest.mark.parametrize(("weakness", "budget"), [("twice in another tongue", 40), ("a role in code", 80)])
def test_weakness_of_two_traits_is_found_in_budget_and_sooner_than_by_random_mutation(
    weakness: str, budget: int
) -> None:
    found = [n_asked(weakness, SearchSettings(seed), 1, budget + 1) for seed in range(40)]
    # Cut off at 100, which speaks for random mutation.
    by_chance = [n_asked(weakness, SearchSettings(seed, **RANDOM_MUTATION), 1, 100) for seed in range(40)]
    assert max(found) <= budget
    assert p_fewer(found, by_chance) < 1e-4
    assert np.median(found) < np.median(by_chance) / 2


def test_mcts_explore_makes_more_of_a_find_than_random_selection_with_the_same_mutations() -> None:
    """Before the first success selection has nothing to go by; from then on it decides."""
    searched, by_chance = (
        [n_asked("twice in another tongue", SearchSettings(seed, selection), 5, 50) for seed in range(16)]
        for selection in ("mcts_explore", "uniform")
    )
    assert p_fewer(searched, by_chance) < 0.001
    assert np.mean(searched) < np.mean(by_chance) / 1.5
