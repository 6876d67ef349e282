"""Chance as an argument: what is drawn depends on a seed and a step's number, never on what was drawn before."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

from tasks.domain.ids import content_id

T = TypeVar("T")


class Chance(Protocol):
    """What `random.Random` and numpy's `Generator` have in common, and all that the search draws from."""

    def random(self) -> float:
        """Return the next number from 0 up to, but without, 1."""
        ...


def step_chance(seed: int, step: int) -> Chance:
    """Return the generator of one step: a search that is taken up again needs no state of an earlier one."""
    return np.random.default_rng(int(content_id("fuzzing step", seed, step), 16))


def below(n: int, rng: Chance) -> int:
    """Return one of the numbers 0 to n - 1, each as likely."""
    return min(int(rng.random() * n), n - 1)


def pick(items: Sequence[T], rng: Chance) -> T:
    """Return one of `items`, each as likely."""
    return items[below(len(items), rng)]
