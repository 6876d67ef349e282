"""What all judges share, of replies and of pairs: a version, and how the answer of a model becomes a label."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from tasks.domain.card import ModelCard
from tasks.domain.ids import content_id
from tasks.domain.judging.parsing import Unreadable
from tasks.domain.missing_reason import MissingReason

ATTEMPTS = 2
"""An unreadable label is requested once more; then it is missing."""

ROUND = "judging"
"""Round of all calls to judges: the same request to the same judge model is paid for once over all runs."""

Label = TypeVar("Label")


class Judge(Protocol):
    """A judge: one file of `judges` or `pair_judges`, whose name it has."""

    @property
    def name(self) -> str:
        """The file's name."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever a rule, a formula, the wording or the form of the answer changes."""
        ...


def asks_model(judge: Judge) -> bool:
    """Return whether a judge writes messages to a model; otherwise it labels by the text alone."""
    return hasattr(judge, "messages")


def version_by_model(judge: Judge, card: ModelCard) -> str:
    """Return the version of a judge with its model; another model, sampling or output format is another version."""
    config_id = content_id("judge model", card.fingerprint, card.sampling.for_sample(0), card.structured_output)
    return f"{judge.version} by {card.name} {config_id[:8]}"


class Answer(NamedTuple):
    """The outcome of a call, in the columns of `core.outcome`."""

    reply_text: str | None
    missing_reason: MissingReason | None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Answer":
        """Return the answer of a row with these columns."""
        text, reason, *tokens = (row[name] for name in cls._fields)
        return cls(text, None if reason is None else MissingReason(reason), *tokens)

    @property
    def is_settled(self) -> bool:
        """Whether another attempt would only cost again."""
        return self.reply_text is not None or (self.missing_reason is not None and self.missing_reason.is_final)


NOT_ASKED = Answer(None, MissingReason.NOT_ASKED)


def label_of(answer: Answer, parse: Callable[[str], Label | Unreadable]) -> Label | MissingReason | None:
    """Return the label of an answer, the reason why there is none, or None where the call has to be repeated."""
    if not answer.is_settled:
        return None
    if answer.reply_text is None:
        return MissingReason.REFUSED
    label = parse(answer.reply_text)
    return label.reason if isinstance(label, Unreadable) else label
