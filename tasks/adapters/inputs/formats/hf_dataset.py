"""Data sets of the Hugging Face Hub: columns of prompts and replies by their usual names, in Parquet or JSON lines."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import chat_turns
from tasks.adapters.inputs.data_set_files import columns_of, files_of, rows_of
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.ports import Batches
from tasks.domain.rows import Message, RecordedReply

PROMPTS = ("prompt", "instruction", "question", "query")
REPLIES = ("response", "reply", "output", "completion", "generation", "answer")
MODELS = ("model", "generator", "model_name", "model_id")
KEYS = ("prompt_id", "question_id", "id", "uuid")
"""Columns, of which the first that is there counts."""
ADDED, SYSTEM = "input", ("system", "system_prompt")
"""What stands below an instruction, as in Alpaca's data; and before all."""
KNOWN = (*PROMPTS, *REPLIES, *MODELS, *KEYS, ADDED, *SYSTEM)
TABLE = {"model", "prompt", "reply"}
"""The columns of the format `replies`, which reads more of such a file."""


class HfDataset:
    """One row a reply; the prompt is a text, or turns of a conversation."""

    prompt_set = None
    looks_like = (
        f"a .parquet or .jsonl with a column {' or '.join(PROMPTS)} and one of {', '.join(REPLIES)}, "
        "or a folder of them"
    )

    def detects(self, path: Path) -> bool:
        """Return whether the file, or a file of the folder, has such columns."""
        files = _files(path)
        return bool(files) and not (path.is_file() and columns_of(path) >= TABLE)

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield the reply of every row, files in alphabetical order.

        Raises:
            InputError: a file is broken, or a row has no prompt.
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
        remedy = f"hf-dataset is {HfDataset.looks_like}."
        raise InputError("there are no prompts with replies.", where=str(path), remedy=remedy)
    return files


def _files(path: Path) -> list[Path]:
    return [file for file in files_of(path) if _has_replies(columns_of(file))]


def _has_replies(columns: set[str]) -> bool:
    return bool(columns & set(PROMPTS)) and bool(columns & set(REPLIES))


def _replies(file: Path, given: Path) -> Iterator[RecordedReply]:
    """Yield the replies of a file. Without a column for the model it is named as what was given to be read."""
    for where, row in rows_of(file, KNOWN):
        model, key = _first(row, MODELS) or given.stem, _first(row, KEYS)
        if not isinstance(model, str):
            raise InputError(f"the model is {str(model)[:40]!r}.", where=where, remedy="Give a name, or leave it out.")
        prompt = _prompt(row, where)
        yield RecordedReply(
            model=model.rpartition("/")[2],
            messages=prompt,
            reply_text=_reply(_first(row, REPLIES), where),
            prompt_key=prompt_id(prompt)[:12] if key is None else str(key),
        )


def _first(row: dict[str, Any], columns: tuple[str, ...]) -> Any:
    return next((row[name] for name in columns if row.get(name) is not None), None)


def _prompt(row: dict[str, Any], where: str) -> tuple[Message, ...]:
    asked, added, told = _first(row, PROMPTS), row.get(ADDED), _first(row, SYSTEM)
    if isinstance(asked, list):
        messages = chat_turns.turns([*asked, {"role": "assistant", "content": ""}], where, is_own=lambda _: False)[:-1]
    elif isinstance(asked, str) and asked.strip():
        text = f"{asked}\n\n{added}" if isinstance(added, str) and added.strip() else asked
        messages = (Message("user", text),)
    else:
        raise InputError("there is no prompt.", where=where, remedy=f"It stands in {' or '.join(PROMPTS)}.")
    is_told = isinstance(told, str) and told.strip() and messages[0].role != "system"
    return (Message("system", str(told)), *messages) if is_told else messages


def _reply(said: Any, where: str) -> str:
    """Return the reply: a text, or the text of the last turn of a conversation."""
    last = said[-1] if isinstance(said, list) and said else said
    return chat_turns.text_of(last["content"] if isinstance(last, dict) and "content" in last else last, where)


HF_DATASET = HfDataset()
