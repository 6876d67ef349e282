"""Content hashes: equal contents have equal ids, wherever and whenever they are computed."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from tasks.domain.prompting.normal_text import normal_text
from tasks.domain.rows import Message


def content_id(kind: str, *parts: Any) -> str:
    """Return 32 hex digits that depend on `kind` and on the JSON of `parts`, keys sorted, and on nothing else."""
    text = json.dumps([kind, *parts], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def prompt_id(messages: Sequence[Message]) -> str:
    """Return the id of a prompt: equal texts in equal roles are one prompt in all sets, whoever wrote them down.

    Texts are equal where `normal_text` makes them so.
    """
    return content_id("prompt", [[turn.role, turn.content and normal_text(turn.content)] for turn in messages])


def exact_prompt_id(messages: Sequence[Message]) -> str:
    """Return the id of a conversation as it is sent, to the letter; where its texts are normal, that of `prompt_id`."""
    return content_id("prompt", [[message.role, message.content] for message in messages])


def request_id(fingerprint: str, prompt: str, sampling: dict[str, Any], sample: int, round_name: str) -> str:
    """Return the id of a call, which is paid for once: model, prompt, sampling, sample and round."""
    return content_id("request", fingerprint, prompt, sampling, sample, round_name)


def reply_id(request: str, reply_text: str | None, replied_at: str) -> str:
    """Return the id of one outcome of a request; a second outcome of the same request has another id."""
    return content_id("reply", request, reply_text, replied_at)
