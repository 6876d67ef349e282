"""The one small picture of the report: how near a model is, as a dot with its interval between two yardsticks."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 260, 24, 6
LOWEST, HIGHEST = -0.35, 1.15
"""Ends of the scale, on which 0 is as unrelated models and 1 as the same model; what lies beyond is at its end."""


@dataclass(frozen=True)
class Picture:
    """Places from left to right, in pixels of `WIDTH`: the dot, its interval, the controls, 0 and 1.

    `is_at_least`: nothing here says how alike the same model would be, so that the dot may lie too far left.
    `text`: the same in words.
    """

    dot: float
    low: float
    high: float
    ticks: Sequence[float]
    zero: float
    one: float
    is_at_least: bool
    text: str


@dataclass(frozen=True)
class Nearness:
    """A value from 0 to 1 and beyond, with its interval and those of controls; None where there is no interval."""

    value: float
    low: float | None
    high: float | None
    controls: Sequence[float] = ()
    is_at_least: bool = False


def drawn(nearness: Nearness, text: str) -> Picture:
    """Return the picture of a value; `text` is its title."""
    low = nearness.value if nearness.low is None else nearness.low
    high = nearness.value if nearness.high is None else nearness.high
    return Picture(
        dot=place(nearness.value),
        low=place(low),
        high=place(high),
        ticks=sorted({place(value) for value in nearness.controls}),
        zero=place(0.0),
        one=place(1.0),
        is_at_least=nearness.is_at_least,
        text=text,
    )


def place(value: float) -> float:
    """Return where a value lies, in pixels from the left."""
    share = (min(max(value, LOWEST), HIGHEST) - LOWEST) / (HIGHEST - LOWEST)
    return round(MARGIN + share * (WIDTH - 2 * MARGIN), 1)
