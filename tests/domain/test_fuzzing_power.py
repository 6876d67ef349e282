"""The search finds a weakness that needs two traits at once, and sooner than random mutation does.

Ten or fourteen searches each; `make simulations` runs forty.
"""

import numpy as np
import pytest

from tests.support.searches import BUDGETS, n_until_five, n_until_found, p_fewer

N_SEARCHES, N_LONG = 14, 10


def test_rank_sum_is_that_of_the_tables() -> None:
    assert p_fewer([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]) == pytest.approx(0.006, abs=0.001)
    assert p_fewer([6, 7, 8, 9, 10], [1, 2, 3, 4, 5]) > 0.99
    assert p_fewer([1, 3, 5, 7], [2, 4, 6, 8]) > 0.2


@pytest.mark.simulation
@pytest.mark.parametrize("weakness", BUDGETS)
def test_weakness_of_two_traits_is_found_in_budget_and_sooner_than_by_random_mutation(weakness: str) -> None:
    found, by_chance = n_until_found(weakness, N_SEARCHES, BUDGETS[weakness])
    print(found, by_chance)
    assert max(found) <= BUDGETS[weakness]
    assert p_fewer(found, by_chance) < 0.001
    assert np.median(found) < np.median(by_chance) / 2


@pytest.mark.simulation
def test_mcts_explore_makes_more_of_a_find_than_random_selection_with_the_same_mutations() -> None:
    """Before the first success selection has nothing to go by; from then on it decides."""
    searched, by_chance = n_until_five(N_LONG)
    print(searched, by_chance)
    assert p_fewer(searched, by_chance) < 0.001
    assert np.mean(searched) < np.mean(by_chance) / 1.5
