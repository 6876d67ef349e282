"""Chance as an argument: draws depend on a seed and a step's number, never on earlier draws."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

from tasks.domain.ids import content_id

T = TypeVar("T")


class Chance(Protocol):
    """The common interface of `random.Random` and numpy's `Generator`; the search uses nothing else."""

    def random(self) -> float:
        """Return the next number from 0 up to, but without, 1."""
        ...


def step_chance(seed: int, step: int) -> Chance:
    """Return the generator of one step: a resumed search needs no state of an earlier generator."""
    return np.random.default_rng(int(content_id("fuzzing step", seed, step), 16))


def below(n: int, rng: Chance) -> int:
    """Return one of the numbers 0 to n - 1 with equal probability."""
    return min(int(rng.random() * n), n - 1)


def pick(items: Sequence[T], rng: Chance) -> T:
    """Return one of `items` with equal probability."""
    return items[below(len(items), rng)]
