"""All figures of one score in a validation, ours or a rival's, under the same null and design."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.centring import centre
from tasks.domain.pairwise.matrices import Bools, Floats
from tasks.domain.pairwise.prompt_replies import Cohort
from tasks.domain.validation.auroc import Auroc, Share, mean_auroc, share
from tasks.domain.validation.documented import HUMAN, INDEPENDENT, STUDENT, columns
from tasks.domain.validation.positives import (
    LEVEL,
    Alarms,
    Attribution,
    Calls,
    alarms,
    attribution,
    calls,
    control_alarms,
    hypotheses,
)
from tasks.domain.validation.sibling_figures import SiblingFigures
from tasks.domain.verdict.hypotheses import TargetTest, target_tests
from tasks.domain.verdict.kinds import DOCUMENTED, UNDOCUMENTED
from tasks.domain.verdict.lineage_tests import LineageTests, lineage_tests
from tasks.domain.verdict.population import Population, best_snapshots

KINDS = (DOCUMENTED, UNDOCUMENTED)


@dataclass(frozen=True)
class Figures:
    """The figures of a score. By kind of candidates, documented or undocumented: `calls` over students and models of
    human data, `calls_over_all` over every target that verdicts are formed for, and `attribution`."""

    students: Auroc
    calls: Mapping[str, Calls]
    calls_over_all: Mapping[str, Calls]
    alarms: Alarms
    attribution: Mapping[str, Attribution]


def figures(
    scores: Floats,
    tests: LineageTests,
    population: Population,
    seed: int,
    cluster: Mapping[int, frozenset[int]] | None = None,
) -> Figures:
    """Return all figures of a score.

    Args:
        scores: n x G, of each target for each group.
        tests: the same, tested.
        population: the models.
        seed: chance of the intervals.
        cluster: by target, the groups that can't be told from its nearest one.
    """
    vendors = [unit.vendor for unit in tests.units]
    kinds = [kind for kind in KINDS if any(unit.kind == kind for unit in tests.units)]
    return Figures(
        students=aurocs(scores, population, [STUDENT], seed, is_by_vendor=True),
        calls={kind: calls(hypotheses(tests, kind, population), vendors, kind, population) for kind in kinds},
        calls_over_all={kind: calls(tests.of_kind.get(kind, {}), vendors, kind, population) for kind in kinds},
        alarms=alarms(tests, population, seed),
        attribution={kind: attribution(tests, kind, population, cluster) for kind in kinds},
    )


def rival_figures(values: Floats, is_control: Bools, population: Population, seed: int) -> Figures:
    """Return the figures of a rival's score (n x n), given the null, the hypotheses and the tail that ours has."""
    scores, _ = best_snapshots(population, values)
    tests = lineage_tests(scores, is_control, population)
    return figures(scores, tests, population, seed)


def aurocs(scores: Floats, population: Population, roles: Sequence[str], seed: int, *, is_by_vendor: bool) -> Auroc:
    """Return the mean column AUROC of learners of these roles."""
    score_of = {
        (model.model, group): None if np.isnan(scores[target, place]) else float(scores[target, place])
        for target, model in enumerate(population.models)
        for place, group in enumerate(population.groups)
    }
    family_of = {model.model: model.family for model in population.models}
    teacher_columns = columns(population, roles, is_by_vendor=is_by_vendor)
    return mean_auroc(teacher_columns, score_of, family_of, np.random.default_rng(seed))


def centred_by_vendor(values: Floats, cohort: Cohort) -> Floats:
    """Return the means of a score (n x n) less the target's mean over other background vendors, each counting 1."""
    return centre(values, cohort).values


def centred_by_reference(values: Floats, cohort: Cohort) -> Floats:
    """Return the means of a score (n x n) less the target's plain mean over background models of other vendors.

    As the score of version 0.1.0 was: a vendor with many models weighs as many times.
    """
    vendor = np.array(cohort.vendor)
    is_used = (cohort.is_background_of & ~np.isnan(values)).astype(np.float64)
    is_other = (vendor[:, None] != vendor[None, :]).astype(np.float64)
    n = is_used @ is_other
    total = np.where(is_used > 0.0, values, 0.0) @ is_other
    return values - np.divide(total, n, out=np.full_like(total, np.nan), where=n > 0.0)


@dataclass(frozen=True)
class Published:
    """A rival's own decision as published, over the candidates: calls, and false alarms among independent models.

    `cells`: of pairs of an independent model and an unrelated candidate, the share with p at most .05.
    """

    calls: Mapping[str, Calls]
    controls: Share
    named: tuple[str, ...]
    cells: Share


@dataclass(frozen=True)
class Validation:
    """All results of a validation.

    `composite`: of the verdict's own score; `strictly`: its mean column AUROC against all that did not learn from that
    very group, `tuned`: that of derived models and variants. `rivals`: the same figures of other scores, and
    `provenance` the decision of Model Provenance Testing as published; both None where they were not requested.
    `n_embedded`: prompts that the embedding used; all other scores use all. `verdicts`: by role, how many targets
    have which verdict as their best. `adversaries`: each with its nearest candidate.
    """

    n_targets: int
    n_prompts: int
    n_vendors: int
    composite: Figures
    strictly: Auroc
    tuned: Auroc
    siblings: SiblingFigures
    rivals: Mapping[str, Figures] | None
    provenance: Published | None
    n_embedded: int
    verdicts: Mapping[str, Mapping[str, int]]
    adversaries: Sequence[Mapping[str, object]]


def published_figures(p_values: Floats, is_control: Bools, population: Population, seed: int) -> Published:
    """Return the decisions of a test with its own p values; Bonferroni over snapshots and candidates.

    Args:
        p_values: n x n, of target and reference; NaN where there is none.
        is_control: n x G, which models are unrelated to which groups.
        population: the models.
        seed: chance of the intervals.
    """
    least, _ = best_snapshots(population, -p_values)
    sizes = np.array([len(places) for places in population.snapshots], dtype=np.float64)
    p = np.minimum(-least * sizes, 1.0)
    vendors = [head.vendor for head in population.heads]
    places, groups = np.nonzero(is_control & ~np.isnan(p) & population.is_documented[None, :])
    families = [population.family[place] for place in places]
    tests_of_kind = {kind: _over_groups(p, kind, population, (STUDENT, HUMAN)) for kind in KINDS}
    controls, named = control_alarms(_over_groups(p, DOCUMENTED, population, (INDEPENDENT,)), vendors, population, seed)
    cells = share(list(p[places, groups] <= LEVEL), families, np.random.default_rng(seed))
    return Published(
        {kind: calls(tests, vendors, kind, population) for kind, tests in tests_of_kind.items() if tests},
        controls,
        named,
        cells,
    )


def _over_groups(p: Floats, kind: str, population: Population, roles: Sequence[str]) -> dict[str, TargetTest]:
    """Return the tests of targets of these roles over candidate groups of one kind."""
    is_open = ~population.is_kin & ~population.is_impossible & ~np.isnan(p)
    is_open &= (population.is_documented == (kind == DOCUMENTED))[None, :]
    return target_tests(
        {
            model.model: {int(group): float(p[target, group]) for group in np.flatnonzero(is_open[target])}
            for target, model in enumerate(population.models)
            if model.role in roles
        }
    )
