"""All tests of a population -> a verdict for each target and candidate group."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tasks.domain.verdict.analysis import Adjusted, Analysis, Cell, shared_weights_p
from tasks.domain.verdict.decision import INDEPENDENT, LEVEL, RULED_OUT, Evidence, decide
from tasks.domain.verdict.degree import degree
from tasks.domain.verdict.expected import expected_by
from tasks.domain.verdict.kinds import ASKED, INDEPENDENT_ROLE, KIN, RULED_OUT_KIND
from tasks.domain.verdict.limits import STATISTIC, VERSION
from tasks.domain.verdict.lineage_tests import LineageTests
from tasks.domain.verdict.pair_measures import PairMeasures
from tasks.domain.verdict.sources import intervals


@dataclass(frozen=True)
class Verdict:
    """The verdict on a target and candidate group, with all that it rests on: the columns of `score.verdict`."""

    target: str
    candidate_group: str
    reference: str
    kind: str
    is_kin: bool
    is_hypothesis: bool
    statistic: str
    statistic_version: str
    score: float
    score_low: float | None
    score_high: float | None
    null_mean: float | None
    null_sd: float | None
    z: float | None
    p_t: float | None
    n_candidates: int
    p_candidate: float | None
    p_target: float | None
    p_holm: float | None
    q: float | None
    p_at_length: float | None
    sibling_kind: str | None
    n_siblings: int | None
    sibling_t: float | None
    sibling_p: float | None
    weights_p: float | None
    weights_q: float | None
    prefix_overlap_d: float | None
    low: float | None
    high: float | None
    prefix_overlap_null_mean: float | None
    degree: float | None
    degree_low: float | None
    degree_high: float | None
    ceiling_d: float | None
    ceiling_kind: str | None
    embedding: float | None
    embedding_z: float | None
    embedding_p: float | None
    is_source: bool
    expected_by: str | None
    resembling_controls: list[str]
    p_target_without: float | None
    verdict_without: str | None
    length_closeness: float | None
    n_prompts: int
    n_controls: int
    n_control_families: int
    rank: int
    verdict: str


def verdicts(analysis: Analysis) -> Iterator[Verdict]:
    """Yield a verdict for each target and candidate group, by target and rank."""
    models = analysis.measured.population.models
    cells = sorted(analysis.kinds, key=lambda cell: (models[cell[0]].model, analysis.ranks[cell]))
    if not cells:
        return
    target, group = np.array(cells).T
    low, high = intervals(analysis.measured.composite.blocks[:, target, analysis.snapshot[target, group]])
    for cell, *ends in zip(cells, low, high, strict=True):
        yield _row(cell, (_none_if_nan(ends[0]), _none_if_nan(ends[1])), analysis)


def _row(cell: Cell, ends: tuple[float | None, float | None], analysis: Analysis) -> Verdict:
    target, group = cell
    measured = analysis.measured
    population, kind = measured.population, analysis.kinds[cell]
    model = population.models[target]
    reference = int(analysis.snapshot[cell])
    pair = measured.pairs.get((target, reference))
    groups, prefix_overlap, embedding = analysis.plain.groups, analysis.prefix_overlap, analysis.embedding
    adjusted = _adjusted_p(cell, analysis, analysis.plain)
    sibling = analysis.siblings.get(cell)
    tests = analysis.weights.get(model.model)
    verdict = _verdict(cell, analysis, analysis.plain, analysis.level)
    resembling, unit = _resembling_controls(cell, analysis)
    without = _adjusted_p(cell, analysis, analysis.without) if resembling else None
    degrees = _degrees(cell, pair, analysis)
    ceiling = analysis.ceilings.get(population.models[reference].model)
    heads = [population.heads[place] for place in analysis.plain.units[unit].groups]
    return Verdict(
        target=model.model,
        candidate_group=population.groups[group],
        reference=population.models[reference].model,
        kind=kind,
        is_kin=bool(population.is_kin[cell]) and kind != ASKED,
        is_hypothesis=kind == ASKED,
        statistic=STATISTIC,
        statistic_version=VERSION,
        score=float(analysis.scores[cell]),
        score_low=ends[0],
        score_high=ends[1],
        null_mean=_none_if_nan(groups.null_mean[cell]),
        null_sd=_none_if_nan(groups.null_sd[cell]),
        z=_none_if_nan(groups.z[cell]),
        p_t=_none_if_nan(groups.p[cell]),
        n_candidates=adjusted.n_candidates,
        p_candidate=adjusted.p_candidate,
        p_target=adjusted.p_target,
        p_holm=adjusted.p_holm,
        q=adjusted.q,
        p_at_length=_p_at_length(cell, analysis, analysis.level),
        sibling_kind=sibling.kind if sibling else None,
        n_siblings=sibling.n if sibling else None,
        sibling_t=sibling.t if sibling else None,
        sibling_p=sibling.p if sibling else None,
        weights_p=shared_weights_p(prefix_overlap, embedding, cell),
        weights_q=tests.q if tests and tests.p_candidate.get(group, 1.0) <= LEVEL else None,
        prefix_overlap_d=pair.prefix_overlap_d if pair else None,
        low=pair.low if pair else None,
        high=pair.high if pair else None,
        prefix_overlap_null_mean=_none_if_nan(prefix_overlap.null_mean[cell]),
        degree=degrees[0],
        degree_low=degrees[1],
        degree_high=degrees[2],
        ceiling_d=ceiling.prefix_overlap_d if ceiling else None,
        ceiling_kind=ceiling.kind if ceiling else None,
        embedding=pair.embedding if pair else None,
        embedding_z=_none_if_nan(embedding.z[cell]),
        embedding_p=_none_if_nan(embedding.p[cell]),
        is_source=group in analysis.cluster.get(target, frozenset()),
        expected_by=expected_by(model, heads, measured.named_vendors or {}),
        resembling_controls=resembling,
        p_target_without=without.p_target if without else None,
        verdict_without=_verdict(cell, analysis, analysis.without, analysis.level_without) if resembling else None,
        length_closeness=pair.length_closeness if pair else None,
        n_prompts=int(analysis.n_prompts[cell]),
        n_controls=int(groups.n_controls[cell]),
        n_control_families=int(groups.n_families[cell]),
        rank=analysis.ranks[cell],
        verdict=verdict,
    )


def _adjusted_p(cell: Cell, analysis: Analysis, tests: LineageTests) -> Adjusted:
    """Return the p of a pair's family of hypotheses."""
    if cell in analysis.alone:
        return analysis.alone[cell]
    unit = analysis.plain.unit_of[cell[1]]
    model, kind = analysis.measured.population.models[cell[0]], tests.units[unit].kind
    is_independent = model.role == INDEPENDENT_ROLE
    test = (tests.controls_of_kind if is_independent else tests.of_kind).get(kind, {}).get(model.model)
    if test is None or unit not in test.p_candidate:
        return Adjusted(0, None, None, None, None, False)
    p_holm, q = (None, None) if is_independent else (test.p_holm, test.q)
    is_nearest = test.best == unit and _is_nearest_of_vendor(cell, analysis)
    return Adjusted(test.n_candidates, test.p_candidate[unit], test.p_target, p_holm, q, is_nearest)


def _is_nearest_of_vendor(cell: Cell, analysis: Analysis) -> bool:
    """Return whether a group is the nearest of its vendor's that are open to the target."""
    groups = [
        group
        for group in analysis.plain.units[analysis.plain.unit_of[cell[1]]].groups
        if (cell[0], group) in analysis.ranks and analysis.kinds[cell[0], group] != RULED_OUT_KIND
    ]
    return bool(groups) and min(groups, key=lambda group: analysis.ranks[cell[0], group]) == cell[1]


def _p_at_length(cell: Cell, analysis: Analysis, level: LineageTests) -> float | None:
    """Return p of a pair's vendor at equal length, times its target's hypotheses; a pair alone has its own p."""
    if cell in analysis.alone:
        return _none_if_nan(level.groups.p[cell])
    p = _none_if_nan(level.vendors.p[cell[0], analysis.plain.unit_of[cell[1]]])
    n = _adjusted_p(cell, analysis, analysis.plain).n_candidates
    return min(1.0, p * n) if p is not None and n else None


def _verdict(cell: Cell, analysis: Analysis, tests: LineageTests, level: LineageTests) -> str:
    target, group = cell
    population, kind = analysis.measured.population, analysis.kinds[cell]
    if kind == RULED_OUT_KIND:
        return RULED_OUT
    if population.models[target].role == INDEPENDENT_ROLE and kind != ASKED and kind != KIN:
        return INDEPENDENT
    adjusted = _adjusted_p(cell, analysis, tests)
    is_alone = cell in analysis.alone
    is_nearest_of_vendor = is_alone or _is_nearest_of_vendor(cell, analysis)
    own_p = _none_if_nan(tests.groups.p[cell])
    n_groups = 1 if is_alone else len(analysis.plain.units[analysis.plain.unit_of[cell[1]]].groups)
    sibling = analysis.siblings.get(cell)
    shared = analysis.weights.get(population.models[target].model)
    is_same = shared is not None and shared.p_candidate.get(group, 1.0) <= LEVEL
    weights_q: float | None = shared.q if shared is not None and is_same else None
    pair = analysis.measured.pairs.get((target, int(analysis.snapshot[cell])))
    return decide(
        Evidence(
            n_prompts=int(analysis.n_prompts[cell]),
            has_null=own_p is not None,
            p_target=adjusted.p_target,
            p_holm=adjusted.p_holm,
            q=adjusted.q,
            p_candidate=adjusted.p_candidate if not is_alone else adjusted.q,
            is_nearest=adjusted.is_nearest,
            is_distinct=is_nearest_of_vendor or (own_p is not None and own_p * n_groups <= LEVEL),
            p_at_length=_p_at_length(cell, analysis, level) if kind != KIN else adjusted.p_target,
            sibling_p=sibling.p if sibling and kind != KIN else None,
            weights_q=adjusted.q if kind == KIN else weights_q,
            embedding_p=_none_if_nan(analysis.embedding.p[cell]),
            degree=_degrees(cell, pair, analysis)[0],
        )
    )


def _resembling_controls(cell: Cell, analysis: Analysis) -> tuple[list[str], int]:
    """Return the controls that look like students of a group's vendor, without the target's family; and the vendor."""
    population, unit = analysis.measured.population, analysis.plain.unit_of[cell[1]]
    names = [
        population.models[place].model
        for place in np.flatnonzero(analysis.resembling[:, unit])
        if population.models[place].family != population.models[cell[0]].family
    ]
    return names, unit


def _degrees(
    cell: Cell, pair: PairMeasures | None, analysis: Analysis
) -> tuple[float | None, float | None, float | None]:
    """Return the degree of D with the ends of its interval."""
    mean = _none_if_nan(analysis.prefix_overlap.null_mean[cell])
    ceilings: Mapping = analysis.ceilings
    if pair is None or mean is None:
        return None, None, None
    ceiling = ceilings.get(pair.reference)
    return (
        degree(pair.prefix_overlap_d, mean, ceiling),
        degree(pair.low, mean, ceiling),
        degree(pair.high, mean, ceiling),
    )


def _none_if_nan(value: float | np.floating) -> float | None:
    return None if np.isnan(value) else float(value)
