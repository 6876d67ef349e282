"""A template: words around a question. Rendering puts the question in its place and touches nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tasks.domain.ids import content_id
from tasks.domain.rows import Message

PLACEHOLDER = "{question}"
"""Where the question goes; any other brace in a template is plain text."""


def template_id(text: str) -> str:
    """Return the id of a template: its text alone, so that equal texts are one template in whichever set they stand."""
    return content_id("template", text)


@dataclass(frozen=True)
class Template:
    """One template. `is_leading`: its text names a vendor or model, so that a reply may only repeat the name.

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
    """Return the text with `question` in its place; braces elsewhere, and in the question, stay as they are."""
    before, _, after = template.text.partition(PLACEHOLDER)
    return before + question + after


def wrap(template: Template, messages: Sequence[Message]) -> tuple[Message, ...]:
    """Return a conversation whose last turn, the user's question, stands in the template.

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
