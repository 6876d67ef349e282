"""Is a target nearer to a candidate than models of the same base that had another teacher? The strongest control."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import stdtr

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.verdict.family_null import FamilyNull, family_null
from tasks.domain.verdict.limits import PRIOR_DOF
from tasks.domain.verdict.population import Population

SIBLINGS, BASE = "siblings", "base"
LEAST_SIBLINGS = 3
LEAST_TEACHERS = 2
"""Kinds of teaching among the siblings below which their spread can't be estimated."""

SAME_DATA = "none"


@dataclass(frozen=True)
class SiblingTest:
    """A target against models of the same base: `n` of them, or the base itself (`kind`), with t and one-sided p."""

    kind: str
    n: int
    t: float
    p: float


def sibling_tests(scores: Floats, population: Population) -> dict[tuple[int, int], SiblingTest]:
    """Return the test of each target (place) and candidate group (place) that has siblings, or else its base, here.

    With siblings: the target's score less the mean of theirs, a t over siblings as `family_null` has it; siblings with
    the same teacher are one family; those that learned from this group are left out. The variance is moderated
    over candidate groups. With the base alone: the target's score less the base's, against the same difference for the
    other vendors' groups.

    Args:
        scores: n x G, the highest score of each target for each group.
        population: the models.
    """
    test_of: dict[tuple[int, int], SiblingTest] = {}
    for target, model in enumerate(population.models):
        if model.base is None:
            continue
        tests = _against_siblings(target, scores, population) or _against_base(target, scores, population)
        test_of |= {(target, group): test for group, test in tests.items()}
    return test_of


def _against_siblings(target: int, scores: Floats, population: Population) -> dict[int, SiblingTest]:
    models = population.models
    nulls: dict[int, FamilyNull] = {}
    same_base = [i for i, other in enumerate(models) if i != target and other.base == models[target].base]
    for group, name in enumerate(population.groups):
        places = [i for i in same_base if name not in models[i].learned_from and not np.isnan(scores[i, group])]
        teachers = [";".join(models[i].learned_from) or SAME_DATA for i in places]
        if len(places) >= LEAST_SIBLINGS and len(set(teachers)) >= LEAST_TEACHERS and _has_value(scores[target, group]):
            nulls[group] = family_null([float(scores[i, group]) for i in places], teachers)
    variances = [null.variance for null in nulls.values() if null.variance]
    if not variances:
        return {}
    # A few siblings estimate their variance poorly: each is moderated by the mean variance over candidates.
    pooled, dof = float(np.mean(variances)), PRIOR_DOF
    tests = {}
    for group, null in nulls.items():
        if null.variance is None:
            continue
        variance = (dof * pooled + null.dof * null.variance) / (dof + null.dof)
        t = (float(scores[target, group]) - null.mean) / sqrt(variance * (1.0 + 1.0 / null.n_families))
        tests[group] = SiblingTest(SIBLINGS, null.n_controls, t, float(stdtr(dof + null.dof, -t)))
    return tests


def _against_base(target: int, scores: Floats, population: Population) -> dict[int, SiblingTest]:
    models = population.models
    name = models[target].base
    bases = [i for i, other in enumerate(models) if i != target and name in (other.model, other.group)]
    if not bases:
        return {}
    own = {models[i].vendor for i in bases}
    gaps = scores[target] - np.array([_mean(scores[bases, group]) for group in range(scores.shape[1])])
    with_gap = [k for k, gap in enumerate(gaps) if _has_value(gap) and population.heads[k].vendor not in own]
    tests = {}
    for group in with_gap:
        others = [k for k in with_gap if population.heads[k].vendor != population.heads[group].vendor]
        vendors = [population.heads[k].vendor for k in others]
        if len(set(vendors)) < LEAST_SIBLINGS:
            continue
        null = family_null([float(gaps[k]) for k in others], vendors)
        if null.variance:
            t = (float(gaps[group]) - null.mean) / sqrt(null.variance * (1.0 + 1.0 / null.n_families))
            tests[group] = SiblingTest(BASE, len(bases), t, float(stdtr(null.dof, -t)))
    return tests


def _mean(values: Floats) -> float:
    kept = values[~np.isnan(values)]
    return float(kept.mean()) if len(kept) else float("nan")


def _has_value(value: float | np.floating) -> bool:
    return not np.isnan(value)
