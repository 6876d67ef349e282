"""The interface of a judge of pairs: input are two replies to one prompt, output are grades from 1 to 5.

Two kinds, as `asks_model` tells: one uses the text alone, one writes a question to a model and parses its answer.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from tasks.domain.judging.judge import Judge
from tasks.domain.judging.parsing import Unreadable
from tasks.domain.rows import Message

LOWEST, HIGHEST = 1, 5
"""Nothing in common; the same."""


@dataclass(frozen=True)
class ReplyPair:
    """Two replies in the order in which a judge sees them; neither is target or reference: similarity has no side."""

    first: str
    second: str
    prompt_text: str | None = None


@dataclass(frozen=True)
class PairGrades:
    """Grades from 1 to 5 by aspect; `note` is a judge model's comment."""

    style: float
    structure: float
    content: float
    note: str | None = None

    @property
    def grade(self) -> float:
        """Return the mean of the three, as in the paper."""
        return (self.style + self.structure + self.content) / 3


SAME = PairGrades(HIGHEST, HIGHEST, HIGHEST)
"""The grades of two equal texts from every judge, by construction: no model is asked."""


class TextPairJudge(Judge, Protocol):
    """A judge that reads the text alone; the order of the two replies changes nothing."""

    def grades(self, pair: ReplyPair) -> PairGrades:
        """Return how alike the two replies are."""
        ...


class LlmPairJudge(Judge, Protocol):
    """A judge whose grades a model gives; pure: other modules make the call."""

    @property
    def most_characters(self) -> int:
        """The most characters of each reply that the model reads, the same for both."""
        ...

    def messages(self, pair: ReplyPair) -> tuple[Message, ...]:
        """Return the messages to the model; equal pairs give equal messages."""
        ...

    def n_truncated(self, text: str) -> int:
        """Return the number of characters of a reply that are left out."""
        ...

    def response_format(self) -> dict[str, Any]:
        """Return OpenAI's `response_format` for endpoints with structured output."""
        ...

    def parse_answer(self, text: str) -> PairGrades | Unreadable:
        """Return the grades in an answer, or why there are none; never raises, never assumes."""
        ...
