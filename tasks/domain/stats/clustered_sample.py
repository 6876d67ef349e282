"""Values with the clusters they belong to, without the missing ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Observed:
    """Observed values: `values` of shape (n,), and for each way of clustering a code array of the same shape.

    Rows are in an order that depends on the data alone, so that a sum does not depend on the order they came in.
    `sizes`: number of clusters of each way, all of which have at least one value.
    """

    values: Floats
    codes: tuple[Codes, ...]
    sizes: tuple[int, ...]
    n_missing: int

    @property
    def n(self) -> int:
        """Return the number of values that are not missing."""
        return len(self.values)

    @property
    def gap(self) -> str | None:
        """Return why chance can't be estimated from these values, or None: `no_observations` or `one_cluster`."""
        if self.n == 0:
            return "no_observations"
        return "one_cluster" if min(self.sizes) < 2 else None

    def sums(self, way: int, weights: Floats) -> Floats:
        """Return the sum of `weights`, shape (n,), in each cluster of way `way`."""
        return np.bincount(self.codes[way], weights=weights, minlength=self.sizes[way]).astype(np.float64)

    def table(self, weights: Floats) -> Floats:
        """Return the sums of `weights` in each cell of the first two ways, shape (sizes[0], sizes[1])."""
        cells = self.codes[0] * self.sizes[1] + self.codes[1]
        totals = np.bincount(cells, weights=weights, minlength=self.sizes[0] * self.sizes[1])
        return totals.astype(np.float64).reshape(self.sizes[:2])


def observe(values: Sequence[float | None], *labels: Sequence[str], lowest: float = 0.0) -> Observed:
    """Return the values that are not missing, with their clusters.

    Args:
        values: n values from `lowest` to 1; None where a value is missing.
        labels: for each way of clustering, n cluster names.
        lowest: 0 for rates, -1 for differences of rates.

    Raises:
        ValueError: lengths differ, or a value is out of range or not a number.
    """
    if any(len(names) != len(values) for names in labels):
        raise ValueError(f"{len(values)} values, but {', '.join(str(len(names)) for names in labels)} cluster names.")
    rows = []
    for number, value in enumerate(values):
        if value is None:
            continue
        if not lowest <= value <= 1.0:
            raise ValueError(f"value {number} is {value!r}, it must be from {lowest:g} to 1, or None where missing.")
        rows.append((tuple(names[number] for names in labels), float(value)))
    rows.sort()
    codes, sizes = [], []
    for way in range(len(labels)):
        place = {name: number for number, name in enumerate(sorted({names[way] for names, _ in rows}))}
        codes.append(np.array([place[names[way]] for names, _ in rows], dtype=np.intp))
        sizes.append(len(place))
    present = np.array([value for _, value in rows], dtype=np.float64)
    return Observed(present, tuple(codes), tuple(sizes), len(values) - len(rows))
