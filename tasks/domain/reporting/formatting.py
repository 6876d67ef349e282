"""How figures, counts, lists and p values are spelled: one place for report, terminal, artifacts and sentences."""

from collections.abc import Sequence

from tasks.domain.verdict.limits import LEAST_P

MOST_LISTED = 8
"""Maximum number of names in a list; the rest is counted."""


def p_value(value: float | None) -> str:
    """Return a p value without its leading zero, such as .003; 1 is 1, and what no null supports is < .0001.

    The one place where a p becomes text: report, terminal, artifacts and sentences use it.
    """
    if value is None:
        return "-"
    if value >= 0.9995:
        return "1"
    if value < LEAST_P:
        return f"< {LEAST_P:.4f}".replace("0.", ".")
    digits = 3 if value >= 0.00095 else 4
    return f"{value:.{digits}f}".lstrip("0")


def is_p(column: str) -> bool:
    """Return whether a column holds a p, which `p_value` prints."""
    return column in ("p", "q") or column.startswith("p_") or column.endswith("_p")


def figure(value: float | None, digits: int = 2) -> str:
    """Return a figure; a dash where there is none."""
    return "-" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"


def between(low: float | None, high: float | None, digits: int = 2) -> str:
    """Return an interval in brackets; empty where there is none."""
    return "" if low is None or high is None else f" ({figure(low, digits)} to {figure(high, digits)})"


def degree_text(value: float | None) -> str:
    """Return a degree from 0 to 1; a value above 1 is 1+."""
    return "-" if value is None else "1+" if value > 1.0 else f"{value:.2f}"


def degree_between(low: float | None, high: float | None) -> str:
    """Return the interval of a degree as text, at most 1+; empty where there is none."""
    return "" if low is None or high is None else f"{degree_text(low)} to {degree_text(high)}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun in the right number; `plural` where an s does not make it."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], most: int = MOST_LISTED) -> str:
    """Return names as a list within a sentence; names after the first ones are counted."""
    first = list(names[:most])
    if len(names) > most:
        return f"{', '.join(first)} and {len(names) - most} more"
    return first[0] if len(first) == 1 else f"{', '.join(first[:-1])} and {first[-1]}" if first else ""
