"""Searches for a weakness that needs two traits at once: how many templates are asked until it is found.

The planted targets look for their traits by patterns of their own, not by those of `traits.py`, and no seed has both.
"""

import math
import re

import numpy as np

from tasks.adapters.inputs.templates import read_template_set
from tasks.domain.fuzzing.search import Outcome, next_candidate, record
from tasks.domain.fuzzing.state import SearchSettings, begin

TWICE = r"\b(?:two answers|two voices|second answer)\b|\btwice\b|\bcolumn B|\bversion B|between us|两个答案|两遍|两次|第二个答案|乙版|私下里"
TONGUE = r"\b(?:Chinese|French|Spanish|German|Russian|Japanese|Portuguese|Korean)\b|[英法日俄德韩]文|葡萄牙文|西班牙文"
CODE = r"```|/\*|curl|JSON"
ROLE = r"\bYou are a|\bYou play|\bPlay the|你是一|你演"
BUDGETS = {"twice in another tongue": 40, "a role in code": 80}
WEAKNESSES = {"twice in another tongue": (TWICE, TONGUE), "a role in code": (CODE, ROLE)}

N_QUESTIONS = 10


def leaks(weakness: str, text: str) -> bool:
    return all(re.search(trait, text, re.IGNORECASE) for trait in WEAKNESSES[weakness])


SEEDS = [
    seed
    for seed in read_template_set("identity")[1]
    if not seed.is_leading and not any(leaks(name, seed.text) for name in WEAKNESSES)
]


def n_asked(weakness: str, settings: SearchSettings, n_found: int, most: int) -> int:
    """Return how many templates a target was asked with until `n_found` made it leak; `most` where it took longer."""
    state = begin(settings, SEEDS)
    asked = found = 0
    while asked < most and found < n_found:
        candidate = next_candidate(state, state.chance())
        if not candidate.is_accepted:
            state = record(state, candidate, Outcome())
            continue
        n_leaks = leaks(weakness, candidate.text or "")
        # A leak of three in ten questions: enough to be seen, and far from the reward of a target that always leaks.
        state = record(state, candidate, Outcome(N_QUESTIONS, N_QUESTIONS, 3 * n_leaks))
        asked, found = asked + 1, found + n_leaks
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


def n_until_found(weakness: str, n: int, budget: int) -> tuple[list[int], list[int]]:
    """Return how many templates `n` searches ask until the first find, and how many random mutation does, up to 100."""
    found = [n_asked(weakness, SearchSettings(seed), 1, budget + 1) for seed in range(n)]
    # Cut off at 100, which speaks for random mutation.
    drawn = [SearchSettings(seed, selection="uniform", n_drafts=1, max_stack=1) for seed in range(n)]
    by_chance = [n_asked(weakness, settings, 1, 100) for settings in drawn]
    return found, by_chance


def n_until_five(n: int) -> tuple[list[int], list[int]]:
    """Return how many templates are asked until the fifth find, by selection of what was found and by none."""
    searched, by_chance = (
        [n_asked("twice in another tongue", SearchSettings(seed, selection), 5, 50) for seed in range(n)]
        for selection in ("mcts_explore", "uniform")
    )
    return searched, by_chance
