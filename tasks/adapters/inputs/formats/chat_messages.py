"""Conversations as chat models are trained and published: `messages` in JSON lines, or in Parquet of Hugging Face."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import chat_turns
from tasks.adapters.inputs.data_set_files import LINES, columns_of, files_of, rows_of
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.ports import Batches
from tasks.domain.rows import RecordedReply

TURNS = ("messages", "conversations", "conversation")
MODELS = ("model", "generator", "model_name")
KEYS = ("prompt_id", "conversation_id", "id", "uuid")
"""Columns, of which the first that is there counts."""


class ChatMessages:
    """One row a conversation: the last turn of the assistant is the reply, all before it the prompt."""

    prompt_set = "chat-messages"
    looks_like = f"a {', '.join(LINES)} or .parquet with a column {' or '.join(TURNS)}, or a folder of them"

    def detects(self, path: Path) -> bool:
        """Return whether the file has such a column, or the folder such a file, also one folder below."""
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
    return [file for file in files_of(path) if _has_turns(columns_of(file))]


def _has_turns(columns: set[str]) -> bool:
    return bool(columns & set(TURNS)) and not columns & {"reply", "interaction_type"}


def _replies(file: Path, given: Path) -> Iterator[RecordedReply]:
    """Yield the replies of a file. Without a column for the model it is named as what was given to be read."""
    for where, row in rows_of(file, (*TURNS, *MODELS, *KEYS)):
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


CHAT_MESSAGES = ChatMessages()
