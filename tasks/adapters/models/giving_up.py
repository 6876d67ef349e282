"""When an endpoint is given up: the next call would fail as the last ones did, and may have to be paid for."""

from tasks.adapters.models.failures import Failure
from tasks.domain.missing_reason import MissingReason

LONGEST_WAIT_S = 300.0
"""A server that asks for a longer pause gets no more calls in this run."""

USELESS_AT_FIRST = 8
"""Calls in a row without a text after which a model that has not answered any call gets no more."""
USELESS_LATER = 50
"""The same for a model that has answered one: prompts that it refuses may lie side by side in a plan."""

_USELESS = frozenset({MissingReason.BAD_REQUEST, MissingReason.EMPTY_REPLY, MissingReason.REPLY_TOO_LARGE})


class Patience:
    """What the calls to one model came to so far. `n_at_once`: the calls that may be in flight."""

    def __init__(self, n_at_once: int) -> None:
        self._most_lost = max(3, n_at_once)
        self._lost_in_a_row = self._useless_in_a_row = 0
        self._has_answered = False

    def note_text(self) -> None:
        """Note that a call was answered with a text."""
        self._has_answered = True
        self._lost_in_a_row = self._useless_in_a_row = 0

    def is_over(self, failure: Failure) -> bool:
        """Note how a call failed in the end, and return whether the model should get no more calls in this run."""
        self._lost_in_a_row = self._lost_in_a_row + 1 if failure.is_transient else 0
        if failure.reason in _USELESS and not failure.is_of_prompt:
            self._useless_in_a_row += 1
        most_useless = USELESS_LATER if self._has_answered else USELESS_AT_FIRST
        return (
            failure.reason.is_of_endpoint
            or (failure.retry_after_s or 0.0) > LONGEST_WAIT_S
            or self._lost_in_a_row >= self._most_lost
            or self._useless_in_a_row >= most_useless
        )
