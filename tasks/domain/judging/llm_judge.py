"""What a judge that asks a model has to do: word the question, say what an answer looks like, read it."""

from typing import Any, Literal, Protocol

from tasks.domain.judging.claim import ClaimLabel, Identity, JudgedReply
from tasks.domain.judging.parsing import Unreadable
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.rows import Message

Aspect = Literal["contradiction", "foreign"]
"""What a label may decide: `is_contradiction`, `is_foreign`."""


class LlmJudge(Protocol):
    """A judge whose labels a model gives; pure, the call itself is made elsewhere."""

    @property
    def name(self) -> str:
        """The file's name."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever the wording, the form of the answer or its label changes."""
        ...

    @property
    def aspects(self) -> frozenset[Aspect]:
        """What its labels decide; any other aspect is None in them, which is no missing label."""
        ...

    def messages(self, reply: JudgedReply, identity: Identity, lexicon: Lexicon) -> tuple[Message, ...]:
        """Return what is put to the model; equal arguments give equal messages."""
        ...

    def response_format(self, lexicon: Lexicon) -> dict[str, Any]:
        """Return OpenAI's `response_format` for endpoints with structured output."""
        ...

    def parse_answer(self, text: str, lexicon: Lexicon, identity: Identity | None = None) -> ClaimLabel | Unreadable:
        """Return the label of an answer, or why there is none; never raises, never assumes.

        With `identity`, an answer that can't be true of it is unreadable as well, and facts that are unknown are not
        held against anybody.
        """
        ...
