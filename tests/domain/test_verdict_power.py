"""What is said beforehand of what will be found: against what was found, and by simulation."""

import numpy as np
import pytest
from scipy import stats

from tasks.domain.reporting.power_sentences import Design, power_sentences
from tasks.domain.verdict.family_null import Prior, compare, family_null
from tasks.domain.verdict.limits import PRIOR_DOF
from tasks.domain.verdict.power import EFFECTS, PROMPTS_TYPICAL, TYPICAL_STRETCH, power


def test_power_is_what_was_found_on_the_documented_students() -> None:
    """AlpacaEval: four other vendors, five candidates: ten of eleven alone; Shaberi, apart: eight of eight."""
    assert power(13, 4, 5, 805).alone == pytest.approx(10 / 11, abs=0.12)
    assert power(58, 24, 3, 348).alone == pytest.approx(1.0, abs=0.06)
    # Of AlpacaEval's vendors only four, of which one is the teacher's; and only 80 of its prompts.
    assert power(10, 3, 4, 805).alone == pytest.approx(0.36, abs=0.15)
    assert power(13, 4, 5, 80).alone == pytest.approx(0.80, abs=0.1)


def test_more_of_each_good_thing_finds_more() -> None:
    vendors = [power(2 * n, n, 5, 400).alone for n in (4, 6, 8, 12)]
    assert vendors == sorted(vendors)
    prompts = [power(20, 10, 8, n).alone for n in (50, 100, 200, 400, 805)]
    assert prompts == sorted(prompts)
    assert power(20, 10, 20, 400).alone < power(20, 10, 5, 400).alone
    assert power(20, 10, 8, 400, 30).over_targets < power(20, 10, 8, 400, 3).over_targets
    assert power(20, 10, 8, 400).alone == power(20, 10, 8, 400).over_targets


def test_without_controls_or_prompts_nothing_can_be_found() -> None:
    assert power(7, 4, 5, 400).reason is not None
    assert power(12, 1, 2, 400).alone == 0.0
    assert power(20, 10, 8, 49).reason == "49 prompts, at least 50 are needed"


@pytest.mark.parametrize(("n_families", "n_candidates"), [(8, 9), (16, 17)])
def test_approximation_is_near_a_simulation(n_families, n_candidates) -> None:
    """Nulls of one model a family, each drawn anew, its variance moderated by what all candidates say."""
    dice = np.random.default_rng(1)
    found = []
    for effect in EFFECTS:
        for _ in range(100):
            null = family_null(list(dice.normal(size=n_families)), [str(i) for i in range(n_families)])
            test = compare(effect, null, Prior(1.0, PRIOR_DOF))
            found.append(stats.t.sf(test.t / TYPICAL_STRETCH, test.dof) * n_candidates <= 0.05)
    told = power(n_families, n_families, n_candidates, int(PROMPTS_TYPICAL)).alone
    assert told == pytest.approx(np.mean(found), abs=0.05)


def test_sentences_say_what_would_help() -> None:
    few = Design({"acme": 2, "globex": 1}, 200, 3, ("hooli", "umbrella"))
    assert power_sentences(few) == [
        "No verdict can be reached: 1 unrelated controls of 1 families, at least 8 of 2 are needed. Models of further "
        "vendors would help, such as hooli, umbrella."
    ]
    enough = Design({f"v{i}": 2 for i in range(6)}, 200, 3, ("hooli", "umbrella"))
    first, second = power_sentences(enough)
    assert "independent models of 6 vendors and 200 prompts" in first
    assert "after correction for 3 targets" in first
    assert second.endswith("there are cards of hooli, umbrella.")
    assert len(power_sentences(Design({f"v{i}": 2 for i in range(6)}, 200, 3))) == 1
