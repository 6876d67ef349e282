"""What a judge of pairs is given and gives back: how alike two replies to one prompt are, from 1 to 5.

Two kinds, told apart by `messages`: one reads the text alone, one words a question to a model and reads its answer.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from tasks.domain.judging.parsing import Unreadable
from tasks.domain.rows import Message

LOWEST, HIGHEST = 1, 5
"""Nothing in common; one and the same."""


@dataclass(frozen=True)
class ReplyPair:
    """Two replies in the order in which a judge sees them; neither is target or reference: similarity has no side."""

    first: str
    second: str
    prompt_text: str | None = None


@dataclass(frozen=True)
class PairGrades:
    """Grades from 1 to 5 by aspect; `note` is what a judge model says of them, in its own words."""

    style: float
    structure: float
    content: float
    note: str | None = None

    @property
    def grade(self) -> float:
        """The mean of the three, as in the paper."""
        return (self.style + self.structure + self.content) / 3


SAME = PairGrades(HIGHEST, HIGHEST, HIGHEST)
"""What two equal texts get from every judge, by construction: no model is asked."""


class TextPairJudge(Protocol):
    """A judge that reads the text alone; the order of the two replies changes nothing."""

    @property
    def name(self) -> str:
        """The file's name."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever a formula changes."""
        ...

    def grades(self, pair: ReplyPair) -> PairGrades:
        """Return how alike the two replies are."""
        ...


class LlmPairJudge(Protocol):
    """A judge whose grades a model gives; pure, the call itself is made elsewhere."""

    @property
    def name(self) -> str:
        """The file's name."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever the wording, the form of the answer or its label changes."""
        ...

    @property
    def most_characters(self) -> int:
        """Of each reply so many characters are shown, the same for both."""
        ...

    def messages(self, pair: ReplyPair) -> tuple[Message, ...]:
        """Return what is put to the model; equal pairs give equal messages."""
        ...

    def n_truncated(self, text: str) -> int:
        """Return how many characters of a reply the model is not shown."""
        ...

    def response_format(self) -> dict[str, Any]:
        """Return OpenAI's `response_format` for endpoints with structured output."""
        ...

    def read(self, text: str) -> PairGrades | Unreadable:
        """Return the grades of an answer, or why there are none; never raises, never assumes."""
        ...
