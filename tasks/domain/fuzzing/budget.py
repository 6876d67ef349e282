"""When a search stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.domain.fuzzing.tree import SearchStep

StopReason = Literal["calls", "iterations", "successes", "exhausted"]


@dataclass(frozen=True)
class Budget:
    """Limits on the calls, steps and successes of a search; the first limit reached ends it.

    Args:
        calls: calls of target, attacker and judge together.
        iterations: steps, among them those whose mutation was refused.
        successes: templates under which at least one question succeeded.
        refusals_in_a_row: the search is exhausted after this many refused mutations.

    Raises:
        ValueError: neither calls nor iterations are limited: successes may never come.
    """

    calls: int | None = None
    iterations: int | None = None
    successes: int | None = None
    refusals_in_a_row: int = 100

    def __post_init__(self) -> None:
        if self.calls is None and self.iterations is None:
            raise ValueError("limit calls or iterations: successes alone may never come")
        if (
            min(self.refusals_in_a_row, *(n for n in (self.calls, self.iterations, self.successes) if n is not None))
            < 1
        ):
            raise ValueError("a limit is at least 1")

    def reached(self, steps: Sequence[SearchStep]) -> StopReason | None:
        """Return the limit that `steps` have reached, or None where the search goes on."""
        if self.successes is not None and sum(step.n_success > 0 for step in steps) >= self.successes:
            return "successes"
        if self.calls is not None and n_calls(steps) >= self.calls:
            return "calls"
        if self.iterations is not None and len(steps) >= self.iterations:
            return "iterations"
        last = steps[-self.refusals_in_a_row :]
        if len(last) == self.refusals_in_a_row and not any(step.is_hypothesis for step in last):
            return "exhausted"
        return None

    def calls_left(self, steps: Sequence[SearchStep]) -> int | None:
        """Return the number of calls left, which bounds a step's questions; None where it is unlimited."""
        return None if self.calls is None else max(0, self.calls - n_calls(steps))


def n_calls(steps: Sequence[SearchStep]) -> int:
    """Return the calls of target, attacker and judge that `steps` made."""
    return sum(step.n_calls + step.n_attacker_calls + step.n_judge_calls for step in steps)
