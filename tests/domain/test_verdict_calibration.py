"""How often unrelated models are found related: single tests over families, and whole runs over populations.

Populations are few here, and bounds exact binomial ones; `make simulations` judges hundreds.
"""

import numpy as np
import pytest

from tasks.domain.verdict.family_null import family_null
from tests.support.chance import fewest, most
from tests.support.levels import p_of, p_of_new_families, taught, unrelated

N_TESTS, N_POPULATIONS, N_TAUGHT = 1500, 8, 4
FIRST_SEED = 1000


@pytest.mark.parametrize("between", [0.5, 1.5], ids=["alike", "apart"])
@pytest.mark.parametrize("layout", [(4, 4, 4, 4), (6, 2, 1, 7), (1,) * 10], ids=["balanced", "unbalanced", "single"])
def test_p_is_uniform_enough(layout, between) -> None:
    """A new model of a new family falls below .05 as often as it says, however the known ones divide into families."""
    p_values = p_of_new_families(layout, between, N_TESTS)
    share = float((p_values < 0.05).mean())
    print(f"{layout}, families {between}: {share:.4f} below .05")
    assert fewest(N_TESTS, 0.05) <= (p_values < 0.05).sum() <= most(N_TESTS, 0.05)
    assert fewest(N_TESTS, 0.5) <= (p_values < 0.5).sum() <= most(N_TESTS, 0.5)
    assert (p_values < 0.01).sum() <= most(N_TESTS, 0.01)


def test_counting_models_instead_of_families_would_not_do() -> None:
    """The same data with every model taken for a family of its own: more than twice as many false positives as it says."""
    dice, layout = np.random.default_rng(1), (8, 8, 2)
    below = 0
    for _ in range(1000):
        families = dice.normal(scale=np.sqrt(3.0), size=4)
        values = np.repeat(families[:-1], layout) + dice.normal(size=18)
        null = family_null(values.tolist(), [str(i) for i in range(18)])
        below += p_of(families[-1] + dice.normal(), null) < 0.05
    assert below / 1000 > 0.12


@pytest.mark.simulation
def test_unrelated_populations() -> None:
    """Sixteen references of eight vendors and three targets, nobody related but kin: runs that call any target."""
    told = unrelated(N_POPULATIONS, FIRST_SEED)
    share = float(np.mean(np.array(told.cells) <= 0.05))
    print(
        f"called in {told.n_called} of {told.n} runs; one target asked alone: {told.n_first_alone}; cells {share:.3f}"
    )
    assert told.n_called <= most(told.n, 0.05)
    assert told.n_first_alone <= most(told.n, 0.05)
    assert share <= 0.06
    assert 0.02 <= float(np.mean(np.array(told.pairs) <= 0.05)) <= 0.08


@pytest.mark.simulation
def test_students_are_told_from_strangers_in_other_populations() -> None:
    """A student of half of a teacher is ranked first and nearly always called, strangers beside it hardly."""
    told = taught(N_TAUGHT, FIRST_SEED)
    print(told)
    assert told.n_first == told.n
    assert told.n_called >= fewest(told.n, 0.95)
    assert told.n_alone >= told.n - 1
    assert told.n_false <= most(3 * told.n, 0.05)
