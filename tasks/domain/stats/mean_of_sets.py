"""The plain mean of several sets' means, with an interval from their intervals."""

from collections.abc import Sequence
from math import sqrt

Estimate = tuple[float, float, float]
"""A mean with the lower and upper end of its 95 % interval."""


def mean_of_sets(estimates: Sequence[Estimate]) -> Estimate:
    """Return the mean of independent estimates, each of the same weight, with a 95 % interval.

    Square-and-add (MOVER; Zou and Donner, Statistics in Medicine 2008, 27, 1693-1702): the distances from each estimate
    to the end of its own interval add up as standard errors do, for the lower and the upper end apart, so that the skew
    of the intervals is kept.

    Args:
        estimates: at least one.

    Raises:
        ValueError: there is none.
    """
    if not estimates:
        raise ValueError("a mean of no sets is not defined.")
    size = len(estimates)
    mean = sum(middle for middle, _, _ in estimates) / size
    below = sqrt(sum((middle - low) ** 2 for middle, low, _ in estimates)) / size
    above = sqrt(sum((high - middle) ** 2 for middle, _, high in estimates)) / size
    return mean, mean - below, mean + above
