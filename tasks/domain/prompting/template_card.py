"""Schema of a template set's card and of the lines of its `templates.jsonl`."""

from typing import Annotated

from pydantic import Field, StrictBool, field_validator, model_validator

from tasks.domain.card import Name, Strict
from tasks.domain.prompting.template import PLACEHOLDER

Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)?$")]


class TemplateSetCard(Strict):
    """Purpose, author and licence of a template set; `sha256` is that of `templates.jsonl`, `kinds` is a closed list.

    `searches`: ids of the searches that a frozen bank is made of; empty for a set written by hand.
    """

    name: Name
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    purpose: str
    author: str
    licence: str
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    searches: tuple[str, ...] = ()
    n_templates: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _no_duplicates(self) -> "TemplateSetCard":
        for key, values in (("languages", self.languages), ("kinds", self.kinds)):
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"key {key!r} names {', '.join(twice)} more than once")
        return self


class TemplateLine(Strict):
    """One line of `templates.jsonl`."""

    id: Name
    language: Language
    kind: Kind
    text: str
    is_leading: StrictBool

    @field_validator("text")
    @classmethod
    def _one_place(cls, text: str) -> str:
        n_places = text.count(PLACEHOLDER)
        if n_places != 1:
            raise ValueError(f"it has {PLACEHOLDER} {n_places} times, it must stand there once")
        return text
