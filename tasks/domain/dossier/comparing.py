"""Figures that are written against those that were formed again, and where they differ, in sentences."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

RELATIVE, ABSOLUTE = 1e-5, 1e-9
"""How far a figure that is formed again may be from the one that is written: processors add up in another order."""


def is_equal(written: Any, formed: Any, relative: float, absolute: float) -> bool:
    """Return whether two values are equal: numbers with a fraction within a tolerance, all else exactly."""
    if isinstance(written, float) and isinstance(formed, float | int):
        return math.isclose(written, formed, rel_tol=relative, abs_tol=absolute)
    return bool(written == formed)


def differing_rows(
    written: Sequence[Row], formed: Sequence[Row], name_of: Callable[[Row], str], *, relative: float, absolute: float
) -> list[str]:
    """Return where rows that were formed again differ from those that are written, one sentence each.

    Args:
        written: rows of a dossier; what they lack of a formed row is a difference, too.
        formed: the rows that follow from its texts or vectors.
        name_of: what a row is about, each name once.
        relative: how far numbers may be apart, as a share of the larger.
        absolute: how far they may be apart in any case.
    """
    then, now = ({name_of(row): row for row in rows} for rows in (written, formed))
    listed = [f"{name}: nothing is formed of it now." for name in then if name not in now]
    listed += [f"{name}: the dossier lacks it." for name in now if name not in then]
    if len(then) < len(written):
        listed.append("the dossier has two rows of one name.")
    return listed + [
        f"{name}: {column} is {value!r}, the dossier says {then[name].get(column)!r}."
        for name, row in now.items()
        if name in then
        for column, value in row.items()
        if not is_equal(then[name].get(column), value, relative, absolute)
    ]
