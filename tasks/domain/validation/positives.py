"""Tests of a population held against its documented lineage: how many targets are called, and with the right vendor."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from tasks.domain.validation.auroc import Share, share
from tasks.domain.validation.documented import HUMAN, INDEPENDENT, STUDENT, teacher_groups
from tasks.domain.verdict.hypotheses import TargetTest, target_tests
from tasks.domain.verdict.kinds import DOCUMENTED
from tasks.domain.verdict.lineage_tests import LineageTests, is_hypothesis
from tasks.domain.verdict.population import Population
from tasks.domain.verdict.vendor_scores import VendorUnit

LEVEL = 0.05
RATES = (0.05, 0.1)
HELD_OUT_LEVELS = (0.05, 0.01, 0.002)


@dataclass(frozen=True)
class Calls:
    """Targets that are called over candidates of one kind; a target's call names its vendor of least p.

    Of `n_students` with a teacher of this kind `n_tested` have a test against its vendor. Called with the right vendor:
    at a false discovery rate of .05 and .10 (`right_fdr05`, `right_fdr10`), at a chance of any false call of .05
    (`right_fwer05`), and each tested alone (`right_alone`, p of the target at most .05). `wrong_*`: called with another
    vendor. `elsewhere_*`: of those whose teacher is here but of the other kind. `untaught_*`: students whose teacher is
    not documented, or not here. `human_*`: taught by human data alone. `n_targets`: over how many targets the rates are
    controlled.
    """

    n_targets: int
    n_students: int
    n_tested: int
    right_fdr05: int
    right_fdr10: int
    right_fwer05: int
    right_alone: int
    wrong_fdr05: int
    wrong_alone: int
    n_elsewhere: int
    elsewhere_fdr05: int
    n_untaught: int
    untaught_fdr05: int
    untaught_alone: int
    n_human: int
    human_fdr05: int
    human_alone: int
    not_called: tuple[str, ...]
    wrong: tuple[str, ...]


def hypotheses(tests: LineageTests, kind: str, population: Population) -> dict[str, TargetTest]:
    """Return the tests of targets with documented learning: students and models of human data.

    Verdicts control their rates over all targets that are not documented as independent: over derived models, variants
    and undocumented candidates too, whose calls can't be verified. `tests.of_kind` has those.
    """
    p_values: dict[str, dict[int, float]] = {}
    for target, model in enumerate(population.models):
        for place, unit in enumerate(tests.units):
            is_tested = model.role in (STUDENT, HUMAN) and unit.kind == kind and is_hypothesis(target, unit, population)
            if is_tested and not np.isnan(tests.vendors.p[target, place]):
                p_values.setdefault(model.model, {})[place] = float(tests.vendors.p[target, place])
    return target_tests(p_values)


def teachers(population: Population, kind: str) -> dict[str, frozenset[int]]:
    """Return the candidate groups of one kind that each model learned from."""
    is_of_kind = population.is_documented == (kind == DOCUMENTED)
    return {
        model.model: frozenset(group for group in teacher_groups(model, population) if is_of_kind[group])
        for model in population.models
    }


def calls(tests: Mapping[str, TargetTest], vendor_of: Sequence[str], kind: str, population: Population) -> Calls:
    """Count the targets' calls that agree with documented lineage.

    Args:
        tests: the test of each target.
        vendor_of: the vendor of each place that a test's `best` may name.
        kind: of the candidates, documented or undocumented.
        population: the models.
    """
    right_vendors = {
        name: {population.heads[group].vendor for group in groups}
        for name, groups in teachers(population, kind).items()
    }
    named = {name: vendor_of[test.best] for name, test in tests.items()}
    of_role = {
        role: [model for model in population.models if model.role == role and model.model in tests]
        for role in (STUDENT, HUMAN)
    }
    students = [model.model for model in population.models if model.role == STUDENT and right_vendors[model.model]]
    humans = [model.model for model in of_role[HUMAN]]
    rest = [model for model in of_role[STUDENT] if not right_vendors[model.model]]
    elsewhere = [model.model for model in rest if teacher_groups(model, population)]
    untaught = [model.model for model in rest if not teacher_groups(model, population)]
    right = [name for name in students if named.get(name) in right_vendors[name]]
    wrong = [name for name in students if name in tests and name not in right]
    return Calls(
        n_targets=len(tests),
        n_students=len(students),
        n_tested=sum(_is_tested(tests[name], vendor_of, right_vendors[name]) for name in students if name in tests),
        right_fdr05=sum(tests[name].q <= RATES[0] for name in right),
        right_fdr10=sum(tests[name].q <= RATES[1] for name in right),
        right_fwer05=sum(tests[name].p_holm <= LEVEL for name in right),
        right_alone=sum(tests[name].p_target <= LEVEL for name in right),
        wrong_fdr05=sum(tests[name].q <= RATES[0] for name in wrong),
        wrong_alone=sum(tests[name].p_target <= LEVEL for name in wrong),
        n_elsewhere=len(elsewhere),
        elsewhere_fdr05=sum(tests[name].q <= RATES[0] for name in elsewhere),
        n_untaught=len(untaught),
        untaught_fdr05=sum(tests[name].q <= RATES[0] for name in untaught),
        untaught_alone=sum(tests[name].p_target <= LEVEL for name in untaught),
        n_human=len(humans),
        human_fdr05=sum(tests[name].q <= RATES[0] for name in humans),
        human_alone=sum(tests[name].p_target <= LEVEL for name in humans),
        not_called=tuple(name for name in students if name not in right or tests[name].q > RATES[0]),
        wrong=tuple(f"{name}: {named[name]}" for name in wrong if tests[name].p_target <= LEVEL),
    )


def _is_tested(test: TargetTest, vendor_of: Sequence[str], vendors: Set[str]) -> bool:
    """Return whether one of the vendors is among those that a target was tested against."""
    return any(vendor_of[place] in vendors for place in test.p_candidate)


@dataclass(frozen=True)
class Alarms:
    """False alarms among unrelated models.

    `controls`: independent models, each tested alone over vendors of documented origin, of which p is at most .05;
    `named`: which, and with which vendor. `vendor_cells`, `group_cells`: of pairs of an independent model and a vendor,
    or a candidate group, that it is unrelated to, the share with p at or below each level; each model is tested without
    its own family.
    """

    controls: Share
    named: tuple[str, ...]
    vendor_cells: Mapping[float, Share]
    group_cells: Mapping[float, Share]


def alarms(tests: LineageTests, population: Population, seed: int) -> Alarms:
    """Return the false alarms; intervals are over families, by chance that depends on the seed alone."""
    control_tests = tests.controls_of_kind.get(DOCUMENTED, {})
    controls, named = control_alarms(control_tests, [unit.vendor for unit in tests.units], population, seed)
    shares = []
    for tested in (tests.vendors, tests.groups):
        places, columns = np.nonzero(tested.is_left_out)
        families = [population.family[place] for place in places]
        p = tested.p[places, columns]
        shares.append(
            {level: share(list(p <= level), families, np.random.default_rng(seed)) for level in HELD_OUT_LEVELS}
        )
    return Alarms(controls, named, *shares)


def control_alarms(
    tests: Mapping[str, TargetTest], vendor_of: Sequence[str], population: Population, seed: int
) -> tuple[Share, tuple[str, ...]]:
    """Return the share of independent models with p of the target at most .05, and their names."""
    kept = [model for model in population.models if model.role == INDEPENDENT and model.model in tests]
    hits = [tests[model.model].p_target <= LEVEL for model in kept]
    named = [
        f"{model.model}: {vendor_of[tests[model.model].best]}" for model, hit in zip(kept, hits, strict=True) if hit
    ]
    return share(hits, [model.family for model in kept], np.random.default_rng(seed)), tuple(named)


@dataclass(frozen=True)
class Attribution:
    """The first-ranked candidates of one kind, over `n` students that are tested against a teacher's vendor.

    `vendor_first`: the vendor of least p taught it. `group_first`: the group of highest t did. `n_choice`: students
    whose teacher's vendor has several groups; `group_within_vendor`: the one that taught it has the highest t of them.
    `n_clusters`: students with a source cluster; `in_cluster`: it holds a group that taught it.
    """

    n: int
    vendor_first: int
    group_first: int
    n_choice: int
    group_within_vendor: int
    n_clusters: int
    in_cluster: int
    missed: tuple[str, ...]


def attribution(
    tests: LineageTests, kind: str, population: Population, cluster: Mapping[int, frozenset[int]] | None = None
) -> Attribution:
    """Count how often the documented teacher ranks first."""
    test_of, teachers_of = hypotheses(tests, kind, population), teachers(population, kind)
    n = vendor_first = group_first = n_choice = within = n_clusters = in_cluster = 0
    missed = []
    for target, model in enumerate(population.models):
        groups = teachers_of[model.model]
        if model.role != STUDENT or not groups or model.model not in test_of:
            continue
        right = {population.heads[group].vendor for group in groups}
        if not _is_tested(test_of[model.model], [unit.vendor for unit in tests.units], right):
            continue
        n += 1
        best = tests.units[test_of[model.model].best]
        is_right = best.vendor in right
        vendor_first += is_right
        if not is_right:
            missed.append(f"{model.model}: {best.vendor}")
        units = [unit for unit in tests.units if unit.kind == kind and is_hypothesis(target, unit, population)]
        group_first += nearest_group(tests, target, units, population) in groups
        own = [unit for unit in units if groups & set(unit.groups) and len(unit.groups) > 1]
        if own:
            n_choice += 1
            within += any(nearest_group(tests, target, [unit], population) in groups for unit in own)
        if cluster and target in cluster:
            n_clusters += 1
            in_cluster += bool(groups & cluster[target])
    return Attribution(n, vendor_first, group_first, n_choice, within, n_clusters, in_cluster, tuple(missed))


def nearest_group(tests: LineageTests, target: int, units: Sequence[VendorUnit], population: Population) -> int | None:
    """Return the group of highest t among the vendors' groups that are open to a target; None where there is none."""
    t = tests.groups.t[target]
    groups = [
        group
        for unit in units
        for group in unit.groups
        if not np.isnan(t[group]) and not population.is_impossible[target, group]
    ]
    return max(groups, key=lambda group: (t[group], -group), default=None)
