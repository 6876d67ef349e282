"""Planted truths lie in their 95 % intervals about as often as that says, in each situation and over all of them.

Each situation is repeated twenty times; how far a count may lie from 95 % is an exact binomial bound. `make simulations`
repeats each two hundred times and more.
"""

import pytest

from tests.support.chance import fewest, most
from tests.support.coverage import SITUATIONS, n_kappas_covered, n_rates_covered, paired_under_the_null

REPETITIONS = 20


def test_bounds_are_those_of_the_binomial() -> None:
    # By hand, of ten fair coins: in one of 1,024 cases none is heads, in another all are, and in ten just one.
    assert (fewest(10, 0.5), most(10, 0.5)) == (1, 9)
    assert (fewest(100, 0.5), most(100, 0.5)) == (35, 65)
    assert fewest(40, 0.95) == 40 - most(40, 0.05) == 33


@pytest.mark.simulation
def test_planted_rates_are_covered() -> None:
    found = {situation: n_rates_covered(situation, REPETITIONS) for situation in SITUATIONS}
    print(found)
    assert {name: n for name, n in found.items() if n < fewest(REPETITIONS, 0.95)} == {}
    assert sum(found.values()) >= fewest(REPETITIONS * len(SITUATIONS), 0.95)


def test_kappa_is_covered() -> None:
    assert n_kappas_covered(200) >= fewest(200, 0.95)


@pytest.mark.simulation
def test_paired_differences_under_the_null() -> None:
    """Whether questions matter or not: equal targets are seldom told apart, and their difference covers nothing."""
    for differ_by_question in (0.0, 0.7):
        n_rejected, n_covered = paired_under_the_null(differ_by_question, REPETITIONS)
        assert n_rejected <= most(REPETITIONS, 0.05)
        assert n_covered >= fewest(REPETITIONS, 0.95)
