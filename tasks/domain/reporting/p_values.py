"""How a p is printed: the one place of the report, the terminal, artifacts and sentences."""

from tasks.domain.verdict.limits import LEAST_P


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
