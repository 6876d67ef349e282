"""promptfoo: what `promptfoo eval --output` writes as .json (version 3) or .jsonl, as promptfoo 0.121.20 has them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import chat_turns
from tasks.adapters.inputs.first_lines import first_object
from tasks.adapters.inputs.textfiles import json_lines, read_json
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply

HEAD = 4_096
"""Signs of a file in which a result's keys are looked for."""

LINES = ".jsonl"


class Promptfoo:
    """One reply a result: the prompt as it was sent, the provider as the model; a call that failed is missing."""

    prompt_set = "promptfoo"
    looks_like = "a .json or .jsonl of `promptfoo eval --output`: an object with results.results, or a result a line"

    def detects(self, path: Path) -> bool:
        """Return whether the file begins as such results do."""
        if path.is_file() and path.suffix.lower() == LINES:
            return {"promptIdx", "provider", "prompt"} <= set(first_object(path))
        if not path.is_file() or path.suffix.lower() != ".json":
            return False
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(HEAD)
        return '"results"' in head and ('"evalId"' in head or '"promptIdx"' in head or '"provider"' in head)

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield the reply of every result, in the order of the file.

        Raises:
            InputError: there are no results, or one has no prompt or provider.
        """
        if path.suffix.lower() == LINES:
            for where, result in json_lines(path):
                yield _reply(result, where)
            return
        content = read_json(path)
        inner = content.get("results") if isinstance(content, dict) else None
        results = inner.get("results") if isinstance(inner, dict) else inner
        if not isinstance(results, list) or not results:
            raise InputError("there are no results.", where=str(path), remedy=f"promptfoo is {self.looks_like}.")
        for number, result in enumerate(results):
            yield _reply(result, f"{path}: result {number}")


def _reply(result: Any, where: str) -> RecordedReply:
    parts = result if isinstance(result, dict) else {}
    provider, prompt, response = (parts.get(name) for name in ("provider", "prompt", "response"))
    name = (provider.get("label") or provider.get("id")) if isinstance(provider, dict) else provider
    sent = prompt.get("raw") if isinstance(prompt, dict) else prompt
    if not isinstance(name, str) or not name or not isinstance(sent, str) or not sent.strip():
        raise InputError(
            "it has no provider or no prompt.raw.",
            where=where,
            remedy="Write the results again with `promptfoo eval --output FILE.json`.",
        )
    output = response.get("output") if isinstance(response, dict) else None
    return RecordedReply(
        model=name.rpartition(":")[2].rpartition("/")[2],
        messages=_messages(sent, where),
        reply_text=chat_turns.text_of(output if isinstance(output, str | list) else None, where),
        prompt_key=str(parts.get("testIdx", parts.get("id", where.rpartition(" ")[2]))),
    )


def _messages(sent: str, where: str) -> tuple[Message, ...]:
    """Return what was sent: a text, or the turns of a chat, which are JSON in a text."""
    try:
        entries = json.loads(sent) if sent.lstrip().startswith("[") else None
    except (ValueError, RecursionError):
        entries = None
    if isinstance(entries, list) and entries and all(isinstance(entry, dict) and "role" in entry for entry in entries):
        return chat_turns.turns([*entries, {"role": "assistant", "content": ""}], where, is_own=lambda _: False)[:-1]
    return (Message("user", sent),)


PROMPTFOO = Promptfoo()
