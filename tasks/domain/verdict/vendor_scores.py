"""Tested scores of groups -> scores of vendors: the first question is whose model taught a target."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.domain.pairwise.matrices import Floats
from tasks.domain.verdict.population import Population
from tasks.domain.verdict.tested import Scores

N_BEST = 2
"""Groups of a vendor whose mean it is judged by: one group's luck is not the vendor's."""

DOCUMENTED, UNDOCUMENTED = "documented", "undocumented"


@dataclass(frozen=True)
class VendorUnit:
    """A candidate vendor: its groups of one kind. `kind`: documented, or undocumented (may be students themselves)."""

    vendor: str
    kind: str
    groups: tuple[int, ...]


def vendor_units(population: Population) -> list[VendorUnit]:
    """Return the vendors of candidate groups, documented ones first, each by name."""
    found: dict[tuple[str, str], list[int]] = {}
    for group, head in enumerate(population.heads):
        kind = DOCUMENTED if population.is_documented[group] else UNDOCUMENTED
        found.setdefault((kind, head.vendor), []).append(group)
    return [VendorUnit(vendor, kind, tuple(groups)) for (kind, vendor), groups in sorted(found.items())]


def vendor_scores(t: Floats, units: Sequence[VendorUnit], population: Population) -> Scores:
    """Return each target's score for each vendor: the mean of the two highest t of its groups, or the only one.

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
        ordered = -np.sort(-t[:, groups], axis=1)  # NaN last
        best = ordered[:, :N_BEST]
        n_told = (~np.isnan(best)).sum(axis=1)
        values[:, place] = np.divide(np.nansum(best, axis=1), n_told, out=np.full(len(t), np.nan), where=n_told > 0)
        is_control[:, place] = population.is_unrelated[:, groups].all(axis=1) & (n_told > 0)
    documented = np.array([unit.kind == DOCUMENTED for unit in units], dtype=bool)
    return Scores(values, is_control, population.family, documented)
