"""Tests of all scores of a population: by group, then by vendor, then over targets; also at equal length, and without
the controls that look like students."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tasks.domain.pairwise.matrices import Bools, Floats
from tasks.domain.verdict.hypotheses import Targets, TargetTest, target_tests
from tasks.domain.verdict.kinds import INDEPENDENT_ROLE
from tasks.domain.verdict.null_tests import Scores, Tested, against_null
from tasks.domain.verdict.population import Population
from tasks.domain.verdict.vendor_scores import VendorUnit, vendor_scores, vendor_units

NAMED_BELOW = 0.005
"""A control whose left-out p for a vendor is below this looks like its student, and is named."""


@dataclass(frozen=True)
class LineageTests:
    """Tests of a population: `groups` (n x G), `vendors` (n x V) over `units`, and each target's family of hypotheses.

    `of_kind`: by kind of candidates, documented or undocumented, the test of each target by name; targets that are
    documented as independent apart, under `controls_of_kind`.
    """

    units: Sequence[VendorUnit]
    groups: Tested
    vendors: Tested
    of_kind: Mapping[str, Mapping[str, TargetTest]]
    controls_of_kind: Mapping[str, Mapping[str, TargetTest]]

    @cached_property
    def unit_of(self) -> Mapping[int, int]:
        """Return the place in `units` of the vendor that each candidate group belongs to."""
        return {group: place for place, unit in enumerate(self.units) for group in unit.groups}


def lineage_tests(
    scores: Floats,
    is_control: Bools,
    population: Population,
    without: Bools | None = None,
    targets: Targets | None = None,
) -> LineageTests:
    """Return the tests of scores.

    Args:
        scores: n x G, of each target for each group.
        is_control: n x G, unrelated models, whose scores are chance.
        population: the models.
        without: n x V, controls to leave out of a vendor's nulls.
        targets: the models that hypotheses are about; None: all.
    """
    units = vendor_units(population)
    if without is not None:
        is_control = is_control.copy()
        for place, unit in enumerate(units):
            is_control[np.ix_(np.flatnonzero(without[:, place]), np.array(unit.groups))] = False
    groups = against_null(Scores(scores, is_control, population.family, population.is_documented))
    by_vendor = vendor_scores(groups.t, units, population)
    if without is not None:
        by_vendor = Scores(by_vendor.values, by_vendor.is_control & ~without, by_vendor.family, by_vendor.is_documented)
    vendors = against_null(by_vendor)
    p_values: dict[tuple[bool, str], dict[str, dict[int, float]]] = {}
    for target, model in enumerate(population.models):
        if targets is not None and model.model not in targets.names:
            continue
        for place, unit in enumerate(units):
            if is_hypothesis(target, unit, population) and not np.isnan(vendors.p[target, place]):
                by_target = p_values.setdefault((model.role == INDEPENDENT_ROLE, unit.kind), {})
                by_target.setdefault(model.model, {})[place] = float(vendors.p[target, place])
    if targets is not None:
        for (is_independent, kind), by_target in p_values.items():
            if not is_independent:
                by_target |= {name: {0: p} for name, p in targets.p_of_others.get(kind, {}).items()}
    tests_of = {key: target_tests(by_target) for key, by_target in p_values.items()}
    return LineageTests(
        units=units,
        groups=groups,
        vendors=vendors,
        of_kind={kind: tests for (is_independent, kind), tests in tests_of.items() if not is_independent},
        controls_of_kind={kind: tests for (is_independent, kind), tests in tests_of.items() if is_independent},
    )


def is_hypothesis(target: int, unit: VendorUnit, population: Population) -> bool:
    """Return whether a vendor may have taught a target: no kin of it, and with a group that is not ruled out."""
    groups = list(unit.groups)
    is_open = ~population.is_impossible[target, groups]
    return not population.is_kin[target, groups].any() and bool(is_open.any())


def resembling_controls(tests: LineageTests) -> Bools:
    """Return which controls (n) look like students of which vendor (V), each tested without its own family."""
    p = np.where(np.isnan(tests.vendors.p), 1.0, tests.vendors.p)
    is_resembling: Bools = tests.vendors.is_control & (p <= NAMED_BELOW)
    return is_resembling


def length_adjusted_scores(scores: Floats, lengths: Floats, is_control: Bools) -> Floats:
    """Return scores less the part that closeness of length explains, n x K.

    The slope is that of the scores of unrelated models on their closeness of length, within candidates, never below 0.

    Args:
        scores: n x K.
        lengths: closeness of length, n x K, NaN where missing: then nothing is subtracted.
        is_control: n x K, which models are unrelated.
    """
    is_known = is_control & ~np.isnan(scores) & ~np.isnan(lengths)
    n = is_known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        length_means = np.where(is_known, lengths, 0.0).sum(axis=0) / n
        score_means = np.where(is_known, scores, 0.0).sum(axis=0) / n
    x = np.where(is_known & (n >= 2), lengths - length_means, 0.0)
    y = np.where(is_known & (n >= 2), scores - score_means, 0.0)
    bottom = float((x**2).sum())
    slope = max(float((x * y).sum()) / bottom, 0.0) if bottom > 0.0 else 0.0
    explained = slope * (lengths - length_means)
    return scores - np.where(np.isnan(explained), 0.0, explained)
