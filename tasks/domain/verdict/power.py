"""Power: how often a student like the documented ones would be called with these controls and prompts."""

from dataclasses import dataclass
from math import sqrt

from tasks.domain.verdict.decision import LEAST_PROMPTS
from tasks.domain.verdict.limits import LEAST_CONTROLS, LEAST_FAMILIES, PRIOR_DOF

EFFECTS = (
    *(5.97, 5.23, 3.28, 3.05, 4.56, 3.99, 2.50, 3.80, 4.00, 3.47, 5.14),
    *(6.62, 5.77, 4.49, 3.73, 3.20, 5.10, 5.13, 4.52, 4.03, 3.88),
)
"""How many standard deviations of the null a documented student's score for its teacher's vendor lies above its mean:
the eleven students in 56 models of AlpacaEval (805 prompts), and the ten in 87 models of Shaberi (348 prompts)."""

PROMPTS_TYPICAL = 500.0
PROMPTS_PER_VARIANCE = 20.0
"""Sampling of prompts is 5 % of the null's variance at 400 prompts, and falls as one over their number."""

FAMILIES_ENOUGH = 4
"""Families of controls below which power was measured to fall faster than by t alone: with three of them .36 of
AlpacaEval's students were called alone, with four .91. The effect shrinks in proportion to families less one."""

TYPICAL_STRETCH = 1.1
"""How much heavier than t the tail of unrelated models was where there are enough of them to count."""

LEVEL = 0.05


@dataclass(frozen=True)
class Power:
    """The chance that a student like the documented ones is found: `alone`, its target tested alone at .05, and
    `over_targets`, after Holm's correction over the targets. `reason`: why there can be no verdict; then both are 0.
    """

    alone: float
    over_targets: float
    reason: str | None = None


def power(n_controls: int, n_families: int, n_candidates: int, n_prompts: int, n_targets: int = 1) -> Power:
    """Return the power of the test of a target, as a mean over the documented students.

    The test's t is the student's effect over the root of 1 + 1 / families, with an error of the null's mean and of its
    variance (normal approximations); it must pass the quantile for `n_candidates` hypotheses (Bonferroni).

    Args:
        n_controls: independent models that are no kin of the candidate.
        n_families: their families.
        n_candidates: vendors that are hypotheses of a target.
        n_prompts: prompts that both answer.
        n_targets: targets in the run.
    """
    if n_prompts < LEAST_PROMPTS:
        return Power(0.0, 0.0, f"{n_prompts} prompts, at least {LEAST_PROMPTS} are needed")
    if n_controls < LEAST_CONTROLS or n_families < LEAST_FAMILIES:
        needed = f"at least {LEAST_CONTROLS} of {LEAST_FAMILIES} are needed"
        return Power(0.0, 0.0, f"{n_controls} unrelated controls of {n_families} families, {needed}")
    chances = [
        sum(_chance(effect, n_families, n_candidates * n, n_prompts) for effect in EFFECTS) / len(EFFECTS)
        for n in (1, max(n_targets, 1))
    ]
    return Power(chances[0], chances[1])


def _chance(effect: float, n_families: int, n_tests: int, n_prompts: int) -> float:
    from scipy.special import ndtr, stdtrit  # A quarter of the start of `plan`, which often needs none.

    dof = PRIOR_DOF + n_families - 1
    critical = TYPICAL_STRETCH * float(stdtrit(dof, 1.0 - LEVEL / max(n_tests, 1)))
    shrunk = sqrt((1.0 + PROMPTS_PER_VARIANCE / PROMPTS_TYPICAL) / (1.0 + PROMPTS_PER_VARIANCE / n_prompts))
    shrunk *= min(1.0, (n_families - 1.0) / (FAMILIES_ENOUGH - 1.0))
    error = sqrt(1.0 / (n_families + 1.0) + critical**2 / (2.0 * dof))
    return float(ndtr((effect * shrunk / sqrt(1.0 + 1.0 / n_families) - critical) / error))
