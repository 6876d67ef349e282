"""Langfuse: observations as exported in JSON lines or as one JSON list; those of type GENERATION are replies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import chat_turns
from tasks.adapters.inputs.first_lines import first_object
from tasks.adapters.inputs.textfiles import json_lines, read_json
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply

LINES = (".jsonl", ".ndjson")
GENERATION = "GENERATION"
HEAD = 4_096


class Langfuse:
    """One reply a generation; other observations, such as spans, are left out."""

    prompt_set = "langfuse"
    looks_like = "an export of observations as .jsonl or .json, with type, model, input and output"

    def detects(self, path: Path) -> bool:
        """Return whether the file begins with an observation."""
        if not path.is_file():
            return False
        if path.suffix.lower() in LINES:
            return {"type", "input", "output", "traceId"} <= set(first_object(path))
        if path.suffix.lower() != ".json":
            return False
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(HEAD)
        return head.lstrip().startswith("[") and '"traceId"' in head

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield the reply of every generation, in the order of the file.

        Raises:
            InputError: the file is broken, holds no generation, or one has no model or no input of texts.
        """
        n = 0
        for where, row in _rows(path):
            if row.get("type") == GENERATION:
                n += 1
                yield _reply(row, where)
        if not n:
            raise InputError("there is no generation.", where=str(path), remedy=f"langfuse is {self.looks_like}.")


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if path.suffix.lower() in LINES:
        yield from json_lines(path)
        return
    content = read_json(path)
    for number, row in enumerate(content if isinstance(content, list) else []):
        yield f"{path}: observation {number}", row if isinstance(row, dict) else {}


def _reply(row: dict[str, Any], where: str) -> RecordedReply:
    model, given, output = row.get("model"), row.get("input"), row.get("output")
    if not isinstance(model, str) or not model:
        raise InputError("it names no model.", where=where, remedy="Export generations with their model.")
    entries = given.get("messages") if isinstance(given, dict) else given
    if isinstance(entries, str):
        messages: tuple[Message, ...] = (Message("user", entries),)
    else:
        unanswered = [*entries, {"role": "assistant", "content": ""}] if isinstance(entries, list) else entries
        messages = chat_turns.turns(unanswered, where)[:-1]
    said = output.get("content") if isinstance(output, dict) else output
    return RecordedReply(
        model=model.rpartition("/")[2],
        messages=messages,
        reply_text=chat_turns.text_of(said, where),
        prompt_key=str(row.get("id", where.rpartition(":")[2])),
    )


LANGFUSE = Langfuse()
