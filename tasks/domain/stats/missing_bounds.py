"""The highest and lowest possible rate, whatever the missing values are."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.stats.clustered_sample import observe


@dataclass(frozen=True)
class MissingBounds:
    """`worst_low` and `worst_high`: the mean if all missing values were 0, and if all were 1.

    `coverage`: share of the values that are not missing. All three are None where there are no values, not even
    missing ones. The bounds hold without any assumption on why values are missing; they contain no sampling error.
    """

    worst_low: float | None
    worst_high: float | None
    coverage: float | None
    n: int
    n_missing: int


def missing_bounds(values: Sequence[float | None]) -> MissingBounds:
    """Return the worst and best case of a mean (Manski, Journal of Human Resources, 1989, 24, 343-360).

    Args:
        values: from 0 to 1, None where missing.

    Raises:
        ValueError: a value is out of range.
    """
    observed = observe(values)
    n_values = observed.n + observed.n_missing
    if n_values == 0:
        return MissingBounds(None, None, None, 0, 0)
    total = float(observed.values.sum())
    # Rounding must not push a bound out of 0 to 1.
    high = min(1.0, (total + observed.n_missing) / n_values)
    return MissingBounds(min(high, total / n_values), high, observed.n / n_values, observed.n, observed.n_missing)
