"""Which points of a map can have their names beside them without any two names, or a name and a point, overlapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from tasks.domain.reporting.cells import Row

MAP_SIZE = (560.0, 420.0)
"""Pixels of the map for which names are placed: on a wider page there is only more room between them."""

LETTER, LINE, GAP, DOT = 7.2, 15.0, 8.0, 5.0
"""Sizes in pixels: of a letter and a line of text, between a point and its name, and half of a point."""


@dataclass(frozen=True)
class Spot:
    """A point in pixels, and its name; the first points of a list are named first."""

    x: float
    y: float
    name: str


Box = tuple[float, float, float, float]


def joined(spots: Sequence[Spot]) -> list[tuple[int, Spot]]:
    """Return the first spot of each place, a pixel wide, with its number, named after all that are there."""
    found: list[tuple[int, Spot]] = []
    for number, spot in enumerate(spots):
        at = next((n for n, (_, first) in enumerate(found) if _is_one_place(spot, first)), None)
        if at is None:
            found.append((number, spot))
        else:
            found[at] = found[at][0], replace(found[at][1], name=f"{found[at][1].name}, {spot.name}")
    return found


def _is_one_place(one: Spot, other: Spot) -> bool:
    return abs(one.x - other.x) < 1.0 and abs(one.y - other.y) < 1.0


def named(spots: Sequence[Spot], right: float) -> tuple[set[int], set[int]]:
    """Return the places of the points whose names fit: to the right of the point, and to its left.

    The first points are named first. A name stands a little above its point and between 0 and `right`.
    """
    dots: list[Box] = [(spot.x - DOT, spot.y - DOT, spot.x + DOT, spot.y + DOT) for spot in spots]
    taken: list[Box] = []
    on_right, on_left = set[int](), set[int]()
    for place, spot in enumerate(spots):
        width = LETTER * len(spot.name)
        for begin, named_there in ((spot.x + GAP, on_right), (spot.x - GAP - width, on_left)):
            box = (begin, spot.y - LINE, begin + width, spot.y)
            others = (dot for at, dot in enumerate(dots) if at != place)
            if begin >= 0 and box[2] <= right and not any(_overlap(box, other) for other in (*taken, *others)):
                taken.append(box)
                named_there.add(place)
                break
    return on_right, on_left


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def names_on_map(far: Sequence[Row], label: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return names by target, to the right and to the left of points; the others show on hover.

    Targets at one place, as a model and its copy are, stand there in one name, that of the first.
    """
    if not far:
        return {}, {}
    width, height = MAP_SIZE
    most = max([row["hard_high"] or row["hard"] for row in far] + [0.01])
    grades = [row[name] for row in far for name in ("grade", "grade_low", "grade_high") if row[name] is not None]
    low, span = floor(min(grades)), max(ceil(max(grades)) - floor(min(grades)), 1)
    spots = [
        Spot(row["hard"] / most * width, (1 - (row["grade"] - low) / span) * height, label[row["target"]])
        for row in far
    ]
    firsts = joined(spots)
    right_at, left_at = named([spot for _, spot in firsts], width)
    on_right, on_left = (
        {far[firsts[at][0]]["target"]: firsts[at][1].name for at in places} for places in (right_at, left_at)
    )
    return on_right, on_left
