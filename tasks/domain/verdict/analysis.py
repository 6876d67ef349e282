"""Measurements of a population -> all tests that its verdicts rest on."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.stats.multiple_testing import benjamini_hochberg, holm
from tasks.domain.verdict.composite import Composite
from tasks.domain.verdict.decision import LEAST_PROMPTS
from tasks.domain.verdict.degree import Ceiling, SelfScore, ceilings
from tasks.domain.verdict.hypotheses import Targets, TargetTest, target_tests
from tasks.domain.verdict.kinds import ASKED, KIN, RULED_OUT_KIND
from tasks.domain.verdict.lineage_tests import (
    LineageTests,
    length_adjusted_scores,
    lineage_tests,
    resembling_controls,
)
from tasks.domain.verdict.null_tests import Scores, Tested, against_null
from tasks.domain.verdict.pair_measures import Pairs, matrix
from tasks.domain.verdict.population import Population, best_snapshots, places_by_value
from tasks.domain.verdict.siblings import SiblingTest, sibling_tests
from tasks.domain.verdict.sources import source_cluster
from tasks.domain.verdict.vendor_scores import vendor_units

Cell = tuple[int, int]
"""The places of a target and of a candidate group."""


@dataclass(frozen=True)
class Measured:
    """Measurements of a population, before any test.

    `hypotheses`: pairs of target and group that were named before any verdict was seen. `selves`: each reference's
    similarity to itself. `named_vendors`: vendors that a model's name names. `targets`: the models that are asked
    about, over which p values are corrected; None: all.
    """

    population: Population
    composite: Composite
    pairs: Pairs
    selves: Mapping[str, SelfScore]
    hypotheses: Collection[tuple[str, str]] = ()
    named_vendors: Mapping[str, frozenset[str]] | None = None
    targets: Targets | None = None


@dataclass(frozen=True)
class Adjusted:
    """p values of a pair after correction over its family of hypotheses; `n_candidates`: the size of the family."""

    n_candidates: int
    p_candidate: float | None
    p_target: float | None
    p_holm: float | None
    q: float | None
    is_nearest: bool


@dataclass(frozen=True)
class Analysis:
    """All tests of a population, from which the rows of its verdicts are read.

    `plain`: of the scores; `level`: at equal length; `without`, `level_without`: the same without the controls that
    look like students, `resembling` (n x V).
    """

    measured: Measured
    scores: Floats
    snapshot: np.ndarray
    n_prompts: np.ndarray
    kinds: Mapping[Cell, str]
    plain: LineageTests
    level: LineageTests
    without: LineageTests
    level_without: LineageTests
    resembling: np.ndarray
    prefix_overlap: Tested
    embedding: Tested
    weights: Mapping[str, TargetTest]
    siblings: Mapping[Cell, SiblingTest]
    alone: Mapping[Cell, Adjusted]
    ceilings: Mapping[str, Ceiling]
    ranks: Mapping[Cell, int]
    cluster: Mapping[int, frozenset[int]]


def analyse(measured: Measured) -> Analysis:
    """Test everything; see docs/method.md for the order and the reasons."""
    population = measured.population
    scores, snapshot = best_snapshots(population, measured.composite.scores)
    counts = np.nan_to_num(matrix(measured.pairs, "n_prompts")).astype(np.int64)
    n_prompts = _of_snapshot(counts, snapshot)
    is_control = population.is_unrelated & (n_prompts >= LEAST_PROMPTS)
    lengths = _of_snapshot(matrix(measured.pairs, "length_closeness"), snapshot)
    targets = measured.targets
    plain = lineage_tests(scores, is_control, population, targets=targets)
    resembling = resembling_controls(plain)
    prefix_overlap_d = best_snapshots(population, matrix(measured.pairs, "prefix_overlap_d"))[0]
    embedded = best_snapshots(population, matrix(measured.pairs, "embedding"))[0]
    prefix_overlap = against_null(Scores(prefix_overlap_d, is_control, population.family, population.is_documented))
    embedding = against_null(
        Scores(
            length_adjusted_scores(embedded, lengths, is_control),
            is_control,
            population.family,
            population.is_documented,
        )
    )
    kinds = _kinds(measured, scores)
    ranks = _ranks(plain.groups.t, prefix_overlap_d, scores)
    level_scores = length_adjusted_scores(scores, lengths, is_control)
    level = lineage_tests(level_scores, is_control, population, targets=targets)
    is_same_without = not resembling.any()
    return Analysis(
        measured=measured,
        scores=scores,
        snapshot=snapshot,
        n_prompts=n_prompts,
        kinds=kinds,
        plain=plain,
        level=level,
        without=plain if is_same_without else lineage_tests(scores, is_control, population, resembling, targets),
        level_without=(
            level if is_same_without else lineage_tests(level_scores, is_control, population, resembling, targets)
        ),
        resembling=resembling,
        prefix_overlap=prefix_overlap,
        embedding=embedding,
        weights=_weights(kinds, prefix_overlap, embedding, population),
        siblings=sibling_tests(scores, population),
        alone=_alone(kinds, plain, prefix_overlap, embedding, targets),
        ceilings=ceilings(measured.selves),
        ranks=ranks,
        cluster=_clusters(measured, snapshot, plain, kinds, ranks),
    )


def _of_snapshot(values: np.ndarray, snapshot: np.ndarray) -> np.ndarray:
    """Return the value of each target with the chosen snapshot of each group; 0 or NaN where there is none."""
    chosen = np.take_along_axis(values, np.maximum(snapshot, 0), axis=1)
    missing = 0 if np.issubdtype(values.dtype, np.integer) else np.nan
    return np.where(snapshot >= 0, chosen, missing)


def _kinds(measured: Measured, scores: Floats) -> dict[Cell, str]:
    population, hypotheses = measured.population, set(measured.hypotheses)
    unit_of = {group: unit.kind for unit in vendor_units(population) for group in unit.groups}
    kind_of: dict[Cell, str] = {}
    for target, group in zip(*np.nonzero(~np.isnan(scores)), strict=True):
        if measured.targets is not None and population.models[target].model not in measured.targets.names:
            continue
        cell = (int(target), int(group))
        if (population.models[target].model, population.groups[group]) in hypotheses:
            kind_of[cell] = ASKED
        elif population.is_kin[cell]:
            kind_of[cell] = KIN
        else:
            kind_of[cell] = RULED_OUT_KIND if population.is_impossible[cell] else unit_of[cell[1]]
    return kind_of


def _ranks(t: Floats, prefix_overlap_d: Floats, scores: Floats) -> dict[Cell, int]:
    """Return each group's place among a target's candidates, 1 the nearest: by t; without any null by D, then score.

    Without a null no overlap can be called too large, and copied openings rank first.
    """
    rank_of: dict[Cell, int] = {}
    for target in range(len(scores)):
        order_by = next(
            (values[target] for values in (t, prefix_overlap_d) if not np.isnan(values[target]).all()), scores[target]
        )
        order = [group for group in places_by_value(list(order_by)) if not np.isnan(scores[target, group])]
        rank_of |= {(target, group): place for place, group in enumerate(order, 1)}
    return rank_of


def shared_weights_p(prefix_overlap: Tested, embedding: Tested, cell: Cell) -> float | None:
    """Return the p of a pair by prefix overlap or by embeddings at equal length; where both exist, Bonferroni."""
    p_values = [float(tested.p[cell]) for tested in (prefix_overlap, embedding) if not np.isnan(tested.p[cell])]
    return min(1.0, len(p_values) * min(p_values)) if p_values else None


def _weights(
    kinds: Mapping[Cell, str], prefix_overlap: Tested, embedding: Tested, population: Population
) -> dict[str, TargetTest]:
    """Return the test for shared weights of each target over all candidate groups of other vendors."""
    p_values: dict[str, dict[int, float]] = {}
    for cell, kind in kinds.items():
        p = shared_weights_p(prefix_overlap, embedding, cell)
        if kind not in (KIN, RULED_OUT_KIND) and p is not None:
            p_values.setdefault(population.models[cell[0]].model, {})[cell[1]] = p
    return target_tests(p_values)


def _alone(
    kinds: Mapping[Cell, str],
    plain: LineageTests,
    prefix_overlap: Tested,
    embedding: Tested,
    targets: Targets | None,
) -> dict[Cell, Adjusted]:
    """Return the p of pairs that are corrected apart: hypotheses named beforehand, and pairs within one vendor."""
    adjusted: dict[Cell, Adjusted] = {}
    for own_kind in (ASKED, KIN):
        cells = sorted(cell for cell, kind in kinds.items() if kind == own_kind)
        p_values = [
            shared_weights_p(prefix_overlap, embedding, cell) if own_kind == KIN else _none_if_nan(plain.groups.p[cell])
            for cell in cells
        ]
        all_p = [*p_values, *(targets.p_of_others.get(own_kind, {}).values() if targets else ())]
        n = sum(p is not None for p in all_p)
        for cell, p, p_holm, q in zip(cells, p_values, holm(all_p), benjamini_hochberg(all_p), strict=False):
            adjusted[cell] = Adjusted(n, p, p, p_holm, q, True)
    return adjusted


def _none_if_nan(value: float | np.floating) -> float | None:
    return None if np.isnan(value) else float(value)


def _clusters(
    measured: Measured,
    snapshot: np.ndarray,
    plain: LineageTests,
    kinds: Mapping[Cell, str],
    ranks: Mapping[Cell, int],
) -> dict[int, frozenset[int]]:
    """Return for each target the candidate groups that can't be told from its best one."""
    cluster_of: dict[int, frozenset[int]] = {}
    of_target: dict[int, list[int]] = {}
    for (target, group), kind in sorted(kinds.items()):
        if kind not in (KIN, RULED_OUT_KIND) and snapshot[target, group] >= 0:
            of_target.setdefault(target, []).append(group)
    for target, groups in of_target.items():
        blocks = measured.composite.blocks[:, target, snapshot[target, groups]]
        blocks = blocks - np.nan_to_num(plain.groups.null_mean[target, groups])
        best = min(range(len(groups)), key=lambda place: ranks[target, groups[place]])
        cluster_of[target] = frozenset(groups[place] for place in source_cluster(blocks, best))
    return cluster_of
