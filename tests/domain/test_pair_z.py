"""The score of two models alone in standard deviations of unrelated models, by hand."""

import numpy as np
import pytest

from tasks.domain.verdict.limits import LEAST_CONTROLS
from tasks.domain.verdict.pair_z import pair_z
from tasks.domain.verdict.population import DocumentedModel, Population

TEACHER, STUDENT = 0, 1
OF_CONTROLS = np.array([0.1, 0.3, -0.2, 0.0, 0.4, -0.1, 0.2, -0.3, 0.5])


def _population(n_controls: int) -> Population:
    teacher = DocumentedModel("t", "acme", "acme-1", "t", "independent", is_control=True, is_reference=True)
    student = DocumentedModel("s", "globex", "globex-1", "s", "student", is_control=False)
    controls = [
        DocumentedModel(f"c{n}", f"vendor-{n}", f"family-{n}", f"c{n}", "independent", is_control=True)
        for n in range(n_controls)
    ]
    return Population((teacher, student, *controls))


def _scores(population: Population) -> np.ndarray:
    n = len(population.models)
    scores = np.full((n, n), 7.0)
    scores[STUDENT, TEACHER] = 1.5
    scores[2:, TEACHER] = OF_CONTROLS[: n - 2]
    return scores


def test_a_student_is_held_against_all_controls_and_a_control_against_the_others() -> None:
    population = _population(9)
    z = pair_z(_scores(population), population, np.ones((11, 11), dtype=bool))
    assert z[STUDENT, TEACHER] == pytest.approx((1.5 - OF_CONTROLS.mean()) / OF_CONTROLS.std(ddof=1))
    others = OF_CONTROLS[1:]
    assert z[2, TEACHER] == pytest.approx((OF_CONTROLS[0] - others.mean()) / others.std(ddof=1))
    assert np.isnan(z[:, 1:]).all(), "only candidates have a null"


def test_too_few_controls_or_prompts_give_none() -> None:
    few = _population(LEAST_CONTROLS - 1)
    n = len(few.models)
    assert np.isnan(pair_z(_scores(few), few, np.ones((n, n), dtype=bool))).all()
    enough = _population(9)
    is_compared = np.ones((11, 11), dtype=bool)
    is_compared[4:, TEACHER] = False
    assert np.isnan(pair_z(_scores(enough), enough, is_compared)).all()


def test_a_family_counts_once_and_is_left_out_whole() -> None:
    population = _population(9)
    twins = Population(
        (
            *population.models,
            *(
                DocumentedModel(f"twin-{n}", "vendor-8", "family-8", f"twin-{n}", "independent", is_control=True)
                for n in range(3)
            ),
        )
    )
    scores = np.full((14, 14), 0.0)
    scores[STUDENT, TEACHER] = 1.5
    scores[2:11, TEACHER] = OF_CONTROLS
    scores[11:, TEACHER] = OF_CONTROLS[8]
    z = pair_z(scores, twins, np.ones((14, 14), dtype=bool))
    assert z[STUDENT, TEACHER] == pytest.approx((1.5 - OF_CONTROLS.mean()) / OF_CONTROLS.std(ddof=1))
    others = OF_CONTROLS[:8]
    assert z[11, TEACHER] == pytest.approx((OF_CONTROLS[8] - others.mean()) / others.std(ddof=1))
