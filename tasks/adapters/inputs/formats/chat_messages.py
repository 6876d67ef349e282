"""Conversations as chat models are trained and published: `messages` in JSON lines, or in Parquet of Hugging Face."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from tasks.adapters.inputs import chat_turns
from tasks.adapters.inputs.first_lines import first_object
from tasks.adapters.inputs.textfiles import json_lines
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.ports import Batches
from tasks.domain.rows import RecordedReply

TURNS = ("messages", "conversations", "conversation")
MODELS = ("model", "generator", "model_name")
KEYS = ("prompt_id", "conversation_id", "id", "uuid")
"""Columns, of which the first that is there counts."""

LINES = (".jsonl", ".ndjson")
ROWS_AT_ONCE = 1_000


class ChatMessages:
    """One row a conversation: the last turn of the assistant is the reply, all before it the prompt."""

    prompt_set = "chat-messages"
    looks_like = f"a .jsonl or .parquet with a column {' or '.join(TURNS)}, or a folder of them"

    def detects(self, path: Path) -> bool:
        """Return whether the file has such a column, or the folder such a file, also in its folder data."""
        return bool(_files(path))

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield the reply of every conversation, files in alphabetical order.

        Raises:
            InputError: a file is broken, or a row is no conversation of texts.
        """
        for file in _present(path):
            yield from _replies(file, path.resolve())

    def files(self, path: Path, without: Collection[str] = ()) -> Iterator[tuple[str, Batches]]:
        """Yield each file with its replies."""
        for file in _present(path):
            if str(file) not in without:
                yield str(file), iter([_replies(file, path.resolve())])


def _present(path: Path) -> list[Path]:
    if not (files := _files(path)):
        remedy = f"chat-messages is {ChatMessages.looks_like}."
        raise InputError("there are no conversations.", where=str(path), remedy=remedy)
    return files


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if _has_turns(path) else []
    return sorted(file for place in (path, path / "data") for file in place.glob("*") if _has_turns(file))


def _has_turns(path: Path) -> bool:
    if path.suffix.lower() in LINES:
        columns = set(first_object(path))
    elif path.suffix.lower() == ".parquet":
        try:
            columns = set(parquet.read_schema(path).names)
        except (OSError, pa.ArrowException):
            return False
    else:
        return False
    return bool(columns & set(TURNS)) and "reply" not in columns


def _replies(file: Path, given: Path) -> Iterator[RecordedReply]:
    """Yield the replies of a file. Without a column for the model it is named as what was given to be read."""
    for where, row in json_lines(file) if file.suffix.lower() in LINES else _parquet_rows(file):
        messages = chat_turns.turns(_first(row, TURNS), where)
        prompt, text = chat_turns.split(messages, where)
        model, key = _first(row, MODELS) or given.stem, _first(row, KEYS)
        if not isinstance(model, str):
            raise InputError(f"the model is {str(model)[:40]!r}.", where=where, remedy="Give a name, or leave it out.")
        yield RecordedReply(
            model=model.rpartition("/")[2],
            messages=prompt,
            reply_text=text,
            prompt_key=prompt_id(prompt)[:12] if key is None else str(key),
        )


def _first(row: dict[str, Any], columns: tuple[str, ...]) -> Any:
    return next((row[name] for name in columns if row.get(name) is not None), None)


def _parquet_rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with parquet.ParquetFile(file, pre_buffer=False) as table:
            columns = [name for name in table.schema_arrow.names if name in (*TURNS, *MODELS, *KEYS)]
            number = 0
            for batch in table.iter_batches(ROWS_AT_ONCE, columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{file}: row {number}", row
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        message = str(error).strip().splitlines()[0][:300]
        raise InputError(f"it can't be read as parquet: {message}.", where=str(file), remedy="Is it whole?") from None


CHAT_MESSAGES = ChatMessages()
