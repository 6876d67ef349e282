"""Tested scores of groups -> scores of vendors: the first hypothesis is which vendor's model taught a target."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.verdict.kinds import DOCUMENTED, UNDOCUMENTED
from tasks.domain.verdict.null_tests import Scores
from tasks.domain.verdict.population import Population

SHARES = np.array([2.0, 1.0]) / 3.0
"""Weights of a vendor's nearest and second nearest group: one group's chance is not the vendor's."""


@dataclass(frozen=True)
class VendorUnit:
    """A candidate vendor: its groups of one kind. `kind`: documented, or undocumented (may be students themselves)."""

    vendor: str
    kind: str
    groups: tuple[int, ...]


def vendor_units(population: Population) -> list[VendorUnit]:
    """Return the vendors of candidate groups, documented ones first, each by name."""
    groups_of: dict[tuple[str, str], list[int]] = {}
    for group, head in enumerate(population.heads):
        kind = DOCUMENTED if population.is_documented[group] else UNDOCUMENTED
        groups_of.setdefault((kind, head.vendor), []).append(group)
    return [VendorUnit(vendor, kind, tuple(groups)) for (kind, vendor), groups in sorted(groups_of.items())]


def vendor_scores(t: Floats, units: Sequence[VendorUnit], population: Population) -> Scores:
    """Return each target's score for each vendor: two thirds of its highest t, one of the second, or the only one.

    Controls of a vendor are independent models that are kin of none of its groups.

    Args:
        t: n x G, of each target and group.
        units: the vendors.
        population: the models.
    """
    values = np.full((len(t), len(units)), np.nan)
    is_control = np.zeros(values.shape, dtype=bool)
    for place, unit in enumerate(units):
        groups = list(unit.groups)
        best = -np.sort(-t[:, groups], axis=1)[:, : len(SHARES)]  # NaN last
        has_score = ~np.isnan(best)
        shares = SHARES[: best.shape[1]] * has_score
        total = shares.sum(axis=1)
        values[:, place] = np.divide(
            np.where(has_score, best * shares, 0.0).sum(axis=1), total, out=np.full(len(t), np.nan), where=total > 0.0
        )
        is_control[:, place] = population.is_unrelated[:, groups].all(axis=1) & has_score.any(axis=1)
    documented = np.array([unit.kind == DOCUMENTED for unit in units], dtype=bool)
    return Scores(values, is_control, population.family, documented)
