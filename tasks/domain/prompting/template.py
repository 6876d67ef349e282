"""A template: words around a question. Rendering replaces the placeholder and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tasks.domain.ids import content_id
from tasks.domain.rows import Message

PLACEHOLDER = "{question}"
"""Place of the question; any other brace in a template is plain text."""


def template_id(text: str) -> str:
    """Return the id of a template: the hash of its text alone, so equal texts are one template in all sets."""
    return content_id("template", text)


@dataclass(frozen=True)
class Template:
    """One template. `is_leading`: its text names a vendor or model, so a reply may only repeat the name.

    Raises:
        ValueError: `text` has no place for the question, or several.
    """

    text: str
    language: str
    kind: str
    is_leading: bool
    template_set: str = ""
    template_key: str = ""

    def __post_init__(self) -> None:
        n_places = self.text.count(PLACEHOLDER)
        if n_places != 1:
            raise ValueError(f"it has {PLACEHOLDER} {n_places} times, it must stand there once")

    @property
    def template_id(self) -> str:
        """Hash of the text."""
        return template_id(self.text)


def render(template: Template, question: str) -> str:
    """Return the text with `question` in its place; other braces, also in the question, are unchanged."""
    before, _, after = template.text.partition(PLACEHOLDER)
    return before + question + after


def wrap(template: Template, messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return the conversation with its last turn, the user's question, in the template.

    Raises:
        ValueError: there is no last turn of a user to wrap.
    """
    if not messages or messages[-1].role != "user" or messages[-1].content is None:
        raise ValueError("only a conversation that ends with a user's question can be wrapped")
    return (*messages[:-1], replace(messages[-1], content=render(template, messages[-1].content)))


def template_row(template: Template, at: datetime) -> dict[str, Any]:
    """Return a row of `raw.template`."""
    return {
        "template_id": template.template_id,
        "template_set": template.template_set,
        "template_key": template.template_key,
        "language": template.language,
        "kind": template.kind,
        "template_text": template.text,
        "is_leading": template.is_leading,
        "registered_at": at,
    }
