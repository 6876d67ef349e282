"""The sibling test compared with documented lineage: is a student nearer to its teacher than its siblings are?"""

from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.validation.auroc import Share, share
from tasks.domain.validation.documented import STUDENT, teacher_groups
from tasks.domain.validation.positives import LEVEL, nearest_group
from tasks.domain.verdict.lineage_tests import LineageTests, is_hypothesis
from tasks.domain.verdict.population import Population
from tasks.domain.verdict.siblings import sibling_tests


@dataclass(frozen=True)
class SiblingFigures:
    """How often the test against models of the same base is positive, p at most .05.

    Of `n_students` with a documented teacher here and a base, `n_tested` have the test at that teacher, and
    `n_positive` are positive; `negative` names the rest with their p. `n_untaught`: students with a base and no
    documented teacher, `untaught_positive` of them at their nearest group. `others`: of a student's tests at groups
    that did not teach it, the share positive; `other_vendors`: at groups of vendors that did not.
    """

    n_students: int
    n_tested: int
    n_positive: int
    negative: tuple[str, ...]
    n_untaught: int
    untaught_positive: int
    others: Share
    other_vendors: Share


def sibling_figures(scores: Floats, tests: LineageTests, population: Population, seed: int) -> SiblingFigures:
    """Return the figures; intervals are over students."""
    test_of = sibling_tests(scores, population)
    n_students = n_tested = n_positive = n_untaught = untaught_positive = 0
    negative: list[str] = []
    others: list[tuple[bool, str]] = []
    of_vendors: list[tuple[bool, str]] = []
    for target, model in enumerate(population.models):
        if model.role != STUDENT or model.base is None:
            continue
        teachers = teacher_groups(model, population)
        at_teachers = [test_of[target, group].p for group in sorted(teachers) if (target, group) in test_of]
        if teachers:
            n_students += 1
            n_tested += bool(at_teachers)
            is_positive = bool(at_teachers) and min(at_teachers) <= LEVEL
            n_positive += is_positive
            if not is_positive:
                negative.append(f"{model.model}: {f'p {min(at_teachers):.3f}' if at_teachers else 'no siblings here'}")
            vendors = {population.heads[group].vendor for group in teachers}
            for group, head in enumerate(population.heads):
                if group in teachers or (target, group) not in test_of or population.is_kin[target, group]:
                    continue
                hit = (test_of[target, group].p <= LEVEL, model.model)
                others.append(hit)
                of_vendors.extend([hit] * (head.vendor not in vendors))
        else:
            units = [unit for unit in tests.units if is_hypothesis(target, unit, population)]
            group_first = nearest_group(tests, target, units, population)
            if group_first is not None and (target, group_first) in test_of:
                n_untaught += 1
                untaught_positive += test_of[target, group_first].p <= LEVEL
    return SiblingFigures(
        n_students,
        n_tested,
        n_positive,
        tuple(negative),
        n_untaught,
        untaught_positive,
        _share(others, seed),
        _share(of_vendors, seed),
    )


def _share(hits: list[tuple[bool, str]], seed: int) -> Share:
    """Return a share with an interval over students."""
    return share([hit for hit, _ in hits], [name for _, name in hits], np.random.default_rng(seed))
