"""How often unrelated models are found related: single tests over families, and whole runs over populations."""

import numpy as np
import pytest

from tasks.domain.verdict.decision import NO_EVIDENCE, POSITIVE
from tasks.domain.verdict.family_null import compare, family_null
from tasks.domain.verdict.verdicts import verdicts
from tests.support.populations import Population, references, strangers, student

N_TESTS, N_POPULATIONS = 4000, 200
FIRST_SEED = 1000
"""Over the thousand seeds before it, the share of runs with any positive verdict was .050."""


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
        found.append(compare(families[-1] + dice.normal(), family_null(values.tolist(), names), None).p_t)
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
        below += (compare(families[-1] + dice.normal(), null, None).p_t or 1.0) < 0.05
    assert below / 1000 > 0.12


@pytest.mark.slow
def test_unrelated_populations() -> None:
    """Twelve references of six makers and three targets, nobody related but kin: runs in which any pair is found so."""
    n_found, n_low, n_tests, n_kin, n_kin_found = 0, 0, 0, 0, 0
    for seed in range(N_POPULATIONS):
        population = Population([*references(), *strangers(3)], n_prompts=200, seed=FIRST_SEED + seed)
        rows = verdicts(population.pair_scores(), population.known(), {})
        apart = [row for row in rows if not row.is_kin]
        n_found += any(row.verdict in POSITIVE for row in apart)
        n_low += sum(row.p_t < 0.05 for row in apart if row.p_t is not None)
        n_tests += len(apart)
        n_kin += len(rows) - len(apart)
        n_kin_found += sum(row.verdict in POSITIVE for row in rows if row.is_kin)
    print(
        f"any positive: {n_found} of {N_POPULATIONS}; p below .05: {n_low / n_tests:.4f}; kin: {n_kin_found / n_kin:.2f}"
    )
    # .05 and 2.6 binomial standard errors.
    assert n_found / N_POPULATIONS <= 0.09
    assert 0.03 <= n_low / n_tests <= 0.06
    # Families do resemble each other, or the above would be easy.
    assert n_kin_found / n_kin > 0.5


def test_students_are_told_from_strangers_in_other_populations() -> None:
    """Ten seeds: a student of half of a teacher is always found and ranked first; strangers beside it hardly ever are."""
    n_false = 0
    for seed in range(10):
        models = [*references(), *strangers(3), student("pupil", "ref-c2", 0.5)]
        population = Population(models, n_prompts=200, seed=1000 + seed)
        rows = verdicts(population.pair_scores(), population.known(), {})
        [taught] = [row for row in rows if (row.target, row.candidate_group) == ("pupil", "ref-c2")]
        assert taught.verdict in POSITIVE
        assert taught.rank == 1
        n_false += sum(row.verdict != NO_EVIDENCE for row in rows if row.target.startswith("target"))
    assert n_false <= 2
