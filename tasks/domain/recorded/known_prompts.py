"""Prompts that a warehouse has by the ids of earlier versions, which were hashes of the text as it was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks.domain.ids import exact_prompt_id, prompt_id
from tasks.domain.recorded.many_ids import exact_prompt_ids, prompt_ids
from tasks.domain.rows import Message


@dataclass(frozen=True)
class KnownPrompts:
    """Those whose text is not normal; `by_normal`: the id in the warehouse by the id of the normal text."""

    ids: frozenset[str] = frozenset()
    by_normal: Mapping[str, str] = field(default_factory=dict)

    def id_of(self, messages: Sequence[Message]) -> str:
        """Return the id by which a prompt is known there, or will be."""
        found = prompt_id(messages)
        if self.ids and (exact := exact_prompt_id(messages)) in self.ids:
            return exact
        return self.by_normal.get(found, found)

    def ids_of(self, prompts: Sequence[str]) -> list[str]:
        """Return the ids of prompts that are one user message each."""
        found = prompt_ids(prompts)
        if not self.ids:
            return found
        exact = exact_prompt_ids(prompts)
        return [
            written if written in self.ids else self.by_normal.get(normal, normal)
            for normal, written in zip(found, exact, strict=True)
        ]
