"""The rows that steps hand to each other; column names are those of `sql/raw`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from tasks.domain.missing_reason import MissingReason

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True)
class Message:
    """One turn. `content` is None in place of the model's own earlier reply, which differs between models."""

    role: Role
    content: str | None


@dataclass(frozen=True)
class Prompt:
    """One prompt of a set. `group` joins prompts with the same question in other words or another language."""

    prompt_id: str
    prompt_set: str
    prompt_key: str
    messages: tuple[Message, ...]
    language: str | None = None
    category: str | None = None
    asks: tuple[str, ...] = ()
    group: str | None = None
    answer: str | None = None


@dataclass(frozen=True)
class Request:
    """One call: a prompt for a model, with sampling and sample number, in one round."""

    request_id: str
    model: str
    fingerprint: str
    prompt_id: str
    sample: int
    round: str
    messages: tuple[Message, ...]
    sampling: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """One outcome of a request: a text, or the reason there is none. Never both, never neither."""

    reply_id: str
    request_id: str
    reply_text: str | None
    missing_reason: MissingReason | None
    error_text: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    latency_ms: float | None
    n_attempts: int
    replied_at: datetime
    source: str
    cost_usd: float | None = None
    cost_source: str | None = None
    """Where the cost is from: provider, price or free; None where it is not known."""

    def __post_init__(self) -> None:
        if self.missing_reason is not None:  # A journal holds it as text; an unlisted reason is refused.
            object.__setattr__(self, "missing_reason", MissingReason(self.missing_reason))

    @property
    def is_settled(self) -> bool:
        """Whether there is a text, or a reason for which it is never requested again."""
        return self.reply_text is not None or (self.missing_reason is not None and self.missing_reason.is_final)


@dataclass(frozen=True)
class RecordedReply:
    """A reply that was recorded elsewhere, as yielded by a foreign format. `sample` counts from 0."""

    model: str
    messages: tuple[Message, ...]
    reply_text: str
    prompt_key: str
    sample: int | None = None
    prompt_set: str | None = None
    language: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class Finding:
    """Result of one check: name, level (fail or warn), meaning of its rows, their number, and the first rows."""

    check: str
    level: str
    comment: str
    n_rows: int
    first: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Lineage:
    """The documented lineage of a model; `candidate_group` joins snapshots of one teacher.

    `role`: independent (own data, may serve as reference), undocumented (a candidate teacher, never a control),
    student, control (human data), derived (fine-tuned from `parent`), variant (`parent` under another system
    prompt), adversary (no model at all), or None where nothing is known. `base`: the model or group that it was trained
    from, which its siblings share. `released`: a date as YYYY, YYYY-MM or YYYY-MM-DD.
    """

    model: str
    vendor: str | None = None
    candidate_group: str | None = None
    family: str | None = None
    role: str | None = None
    learned_from: tuple[str, ...] = ()
    parent: str | None = None
    certainty: str | None = None
    base: str | None = None
    released: str | None = None


def lineage_row(lineage: Lineage, source: str, at: datetime) -> dict[str, Any]:
    """Return a row of `raw.lineage`: the lineage of a model by a card (`source` card) or a file (`source` file)."""
    row = asdict(lineage)
    return row | {"learned_from": list(lineage.learned_from), "source": source, "loaded_at": at}


def sampling_text(sampling: Mapping[str, Any]) -> str:
    """Return sampling parameters as text for `raw.request`."""
    return json.dumps(sampling, sort_keys=True)


Purpose = Literal["reply", "identity", "judge", "grade", "mutation"]
"""Purpose of a call; for several purposes the later in this list counts: a probe is no reply to compare."""


def request_row(request: Request, purpose: Purpose, at: datetime) -> dict[str, Any]:
    """Return a row of `raw.request`: a call for `purpose` requested at `at`."""
    columns = {"sampling_text": sampling_text(request.sampling), "purpose": purpose, "requested_at": at}
    return asdict(request) | columns


def prompt_row(prompt: Prompt, at: datetime) -> dict[str, Any]:
    """Return a row of `raw.prompt`; `prompt_text` is readable text."""
    if len(prompt.messages) == 1:
        readable = prompt.messages[0].content or ""
    else:
        readable = "\n\n".join(f"{turn.role}: {turn.content or '(own earlier reply)'}" for turn in prompt.messages)
    return {
        "prompt_id": prompt.prompt_id,
        "prompt_set": prompt.prompt_set,
        "prompt_key": prompt.prompt_key,
        "language": prompt.language,
        "category": prompt.category,
        "messages_text": json.dumps([asdict(turn) for turn in prompt.messages], ensure_ascii=False),
        "prompt_text": readable,
        "asks": list(prompt.asks),
        "same_as": prompt.group,
        "answer_text": prompt.answer,
        "registered_at": at,
    }
