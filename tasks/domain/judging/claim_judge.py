"""Protocols of judges of identity claims: by the text alone, or by a model whose answer is parsed."""

from typing import Any, Literal, Protocol

from tasks.domain.judging.claim import ClaimLabel, Identity, JudgedReply
from tasks.domain.judging.judge import Judge
from tasks.domain.judging.parsing import Unreadable
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.rows import Message

Aspect = Literal["contradiction", "foreign"]
"""The field that a label fills: `is_contradiction`, `is_foreign`."""


class TextClaimJudge(Judge, Protocol):
    """A judge that labels by the text alone."""

    def judge(self, reply: JudgedReply, identity: Identity, lexicon: Lexicon) -> ClaimLabel:
        """Return the label of `reply` against `identity`; a text that is no reply gives a missing label."""
        ...


class LlmClaimJudge(Judge, Protocol):
    """A judge whose labels come from a model; pure, the call itself is elsewhere."""

    @property
    def aspects(self) -> frozenset[Aspect]:
        """The aspects that its labels fill; any other aspect is None, which is no missing label."""
        ...

    def messages(self, reply: JudgedReply, identity: Identity, lexicon: Lexicon) -> tuple[Message, ...]:
        """Return the messages to the model; equal arguments give equal messages."""
        ...

    def response_format(self, lexicon: Lexicon) -> dict[str, Any]:
        """Return OpenAI's `response_format` for endpoints with structured output."""
        ...

    def parse_answer(self, text: str, lexicon: Lexicon, identity: Identity | None = None) -> ClaimLabel | Unreadable:
        """Return the label of an answer, or why there is none; never raises, never assumes.

        With `identity`, an answer that contradicts it is unreadable too; a claim on an unknown fact is no deviation.
        """
        ...
