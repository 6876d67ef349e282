"""Errors over several tests: the chance of any false one, and the share of false ones among the findings."""

from collections.abc import Sequence


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Holm's step-down adjusted p values (Scandinavian Journal of Statistics, 1979, 6, 65-70).

    The k-th smallest of m is multiplied by m - k + 1, raised to its predecessor's adjusted value where it would fall
    below that, and cut at 1. Rejecting where the result is at most alpha keeps the chance of any false rejection at
    alpha or below, however the tests depend on each other.

    Args:
        p_values: from 0 to 1; None for a test that could not be made, which stays None and counts for nothing.

    Returns:
        Adjusted values in the order given; equal p values get equal results.

    Raises:
        ValueError: a p value is out of range or not a number.
    """
    ordered = _ordered_p_values(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, number) in enumerate(ordered):
        highest = max(highest, min(1.0, p * (len(ordered) - rank)))
        adjusted[number] = highest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Return Benjamini and Hochberg's adjusted p values (J. Royal Statistical Society B 1995, 57, 289-300).

    The k-th smallest of m is multiplied by m / k and cut to its successor's. Rejecting where the result is at most
    alpha keeps the expected share of false rejections among all rejections at alpha or below, for tests that are
    independent or positively dependent; where every null is true that is the chance of any rejection.

    Args:
        p_values: from 0 to 1; None for a test that could not be made, which stays None and counts for nothing.

    Raises:
        ValueError: a p value is out of range or not a number.
    """
    ordered = _ordered_p_values(p_values)
    adjusted: list[float | None] = [None] * len(p_values)
    lowest = 1.0
    for rank, (p, number) in reversed(list(enumerate(ordered, start=1))):
        lowest = min(lowest, p * len(ordered) / rank)
        adjusted[number] = lowest
    return adjusted


def _ordered_p_values(p_values: Sequence[float | None]) -> list[tuple[float, int]]:
    """Return each p value with its place, in rising order."""
    ordered: list[tuple[float, int]] = []
    for number, p in enumerate(p_values):
        if p is None:
            continue
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"p value {number} is {p!r}, it must be from 0 to 1, or None where there is none.")
        ordered.append((p, number))
    return sorted(ordered)
