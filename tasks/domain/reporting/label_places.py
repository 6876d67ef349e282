"""Which points of a map can have their names beside them without any two names, or a name and a point, overlapping."""

from collections.abc import Sequence
from dataclasses import dataclass

LETTER, LINE, GAP, DOT = 7.2, 15.0, 8.0, 5.0
"""Sizes in pixels: of a letter and a line of text, between a point and its name, and half of a point."""


@dataclass(frozen=True)
class Spot:
    """A point in pixels, and its name; the first points of a list are named first."""

    x: float
    y: float
    name: str


Box = tuple[float, float, float, float]


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
