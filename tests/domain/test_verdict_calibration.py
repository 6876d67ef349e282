"""How often unrelated models are found related: single tests over families, and whole runs over populations."""

import numpy as np
import pytest

from tasks.domain.verdict.analysis import analyse
from tasks.domain.verdict.decision import POSITIVE
from tasks.domain.verdict.family_null import FamilyNull, compare, family_null
from tasks.domain.verdict.lineage_tests import LineageTests
from tasks.domain.verdict.tail import Tail, upper
from tasks.domain.verdict.verdicts import Verdict, verdicts
from tests.support.populations import Population, references, strangers, student

N_TESTS, N_POPULATIONS = 4000, 40
FIRST_SEED = 1000
"""`benchmarks/unrelated_populations.py` counts two hundred and more."""


def p_of(score: float, null: FamilyNull) -> float:
    found = compare(score, null, None)
    assert found.t is not None
    assert found.dof is not None
    return float(upper(found.t, found.dof, Tail()))


def judged(population: Population) -> tuple[list[Verdict], LineageTests]:
    analysis = analyse(population.measured())
    return list(verdicts(analysis)), analysis.plain


@pytest.mark.parametrize("between", [0.5, 1.5], ids=["alike", "apart"])
@pytest.mark.parametrize("layout", [(4, 4, 4, 4), (6, 2, 1, 7), (1,) * 10], ids=["balanced", "unbalanced", "single"])
def test_p_is_uniform_enough(layout, between) -> None:
    """A new model of a new family falls below .05 as often as it says, however the known ones divide into families."""
    dice = np.random.default_rng(sum(layout))
    names = [f"family {number}" for number, size in enumerate(layout) for _ in range(size)]
    found = []
    for _ in range(N_TESTS):
        families = dice.normal(scale=np.sqrt(between), size=len(layout) + 1)
        values = np.repeat(families[:-1], layout) + dice.normal(size=len(names))
        found.append(p_of(families[-1] + dice.normal(), family_null(values.tolist(), names)))
    p_values = np.array(found)
    share = float((p_values < 0.05).mean())
    print(f"{layout}, families {between}: {share:.4f} below .05")
    assert 0.035 <= share <= 0.06
    assert 0.45 <= float((p_values < 0.5).mean()) <= 0.55
    assert float((p_values < 0.01).mean()) <= 0.02


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


@pytest.mark.slow
def test_unrelated_populations() -> None:
    """Sixteen references of eight vendors and three targets, nobody related but kin: runs that call any target."""
    n_called, n_alone, low, p_values = 0, 0, [], []
    for seed in range(N_POPULATIONS):
        rows, tests = judged(Population([*references(8), *strangers(3)], n_prompts=100, seed=FIRST_SEED + seed))
        n_called += any(row.verdict in POSITIVE for row in rows if not row.is_kin)
        n_alone += (
            sum(row.p_target <= 0.05 for row in rows if row.p_target is not None and row.target == "target-1") > 0
        )
        low.extend(tests.vendors.p[tests.vendors.is_left_out])
        p_values.extend(row.p_t for row in rows if row.target.startswith("target") and row.p_t is not None)
    share = float(np.mean(np.array(low) <= 0.05))
    print(f"called in {n_called} of {N_POPULATIONS} runs; one target asked alone: {n_alone}; cells {share:.3f}")
    # .05 and 2.6 binomial standard errors.
    assert n_called / N_POPULATIONS <= 0.14
    assert n_alone / N_POPULATIONS <= 0.14
    assert float(np.mean(np.array(low) <= 0.05)) <= 0.06
    assert 0.02 <= float(np.mean(np.array(p_values) <= 0.05)) <= 0.08


def test_students_are_told_from_strangers_in_other_populations() -> None:
    """Ten seeds: a student of half of a teacher is ranked first and nearly always called, strangers beside it hardly."""
    n_called, n_alone, n_false = 0, 0, 0
    for seed in range(10):
        models = [*references(8), *strangers(3), student("pupil", "ref-c2", 0.5)]
        rows, _ = judged(Population(models, n_prompts=100, seed=1000 + seed))
        [taught] = [row for row in rows if (row.target, row.candidate_group) == ("pupil", "ref-c2")]
        assert taught.rank == 1
        assert taught.p_target is not None
        n_called += taught.verdict in POSITIVE
        n_alone += taught.p_target <= 0.05
        n_false += sum(row.verdict in POSITIVE for row in rows if row.target.startswith("target"))
    print(f"called {n_called} of 10, alone {n_alone}; false {n_false}")
    assert n_called >= 7
    assert n_alone >= 8
    assert n_false <= 2
