"""Schema of prompt sets: their cards and the lines of `prompts.jsonl`. Frozen; an unknown key is an error."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tasks.domain.card import Attribute, Name, Strict


class PromptSetCard(Strict):
    """Purpose, author and licence of a prompt set; `sha256` is that of `prompts.jsonl`."""

    name: Name
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    purpose: str
    author: str
    licence: str
    languages: tuple[str, ...]
    n_prompts: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PromptTurn(Strict):
    """One turn of a prompt in `prompts.jsonl`."""

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(min_length=1)]


class PromptLine(Strict):
    """One line of `prompts.jsonl`. The last turn is the user's; earlier assistant turns are scripted."""

    id: Name
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z]+)?$")] | None = None
    category: str | None = None
    messages: Annotated[tuple[PromptTurn, ...], Field(min_length=1)]
    asks: tuple[Attribute, ...] = ()
    group: str | None = None
    answer: str | None = None

    @model_validator(mode="after")
    def _ends_with_user(self) -> "PromptLine":
        if self.messages[-1].role != "user":
            raise ValueError(f"the last message has role {self.messages[-1].role!r}, it must be 'user'")
        return self
