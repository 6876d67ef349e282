"""AlpacaEval: a folder of MODEL/model_outputs.json, or one such folder or file."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from tasks.adapters.inputs.textfiles import read_json
from tasks.domain.errors import InputError
from tasks.domain.ports import Batches
from tasks.domain.recorded.rows import PLAIN
from tasks.domain.rows import Message, RecordedReply

FILE = "model_outputs.json"


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.name == FILE else []
    return [path / FILE] if (path / FILE).is_file() else sorted(path.glob(f"*/{FILE}"))


class AlpacaEval:
    """Reads `instruction`, `output`, `dataset`; the model's name is the folder's."""

    prompt_set = "alpaca-eval"
    looks_like = f"a folder of MODEL/{FILE}, or one {FILE}"

    def detects(self, path: Path) -> bool:
        """Return whether there is a model_outputs.json here or one folder below."""
        return bool(_files(path))

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply of every model, models in alphabetical order.

        Raises:
            InputError: a file is no JSON list of objects with the texts `instruction` and `output`.
        """
        for file in _present(path):
            for number, item in enumerate(_items(file)):
                yield _reply(item, number, file)

    def batches(self, path: Path) -> Iterator[pl.DataFrame | Iterator[RecordedReply]]:
        """Yield the replies that `read` yields: a frame of `PLAIN` columns a file, or one by one if one is invalid.

        Raises:
            InputError: as `read` does.
        """
        for _, batches in self.files(path):
            yield from batches

    def files(self, path: Path, without: Collection[str] = ()) -> Iterator[tuple[str, Batches]]:
        """Yield each model's file with its replies."""
        for file in _present(path):
            if str(file) not in without:
                yield str(file), _batches(file)


def _batches(file: Path) -> Batches:
    items = _items(file)
    frame = _frame(items, file)
    yield (_reply(item, number, file) for number, item in enumerate(items)) if frame is None else frame


def _present(path: Path) -> list[Path]:
    files = _files(path)
    if not files:
        raise InputError(
            f"there is no {FILE} here.", where=str(path), remedy=f"alpaca-eval is {AlpacaEval.looks_like}."
        )
    return files


def _items(file: Path) -> list[Any]:
    items = read_json(file)
    if not isinstance(items, list) or not items:
        raise InputError("it is not a list of replies.", where=str(file), remedy="Expected a JSON list of objects.")
    return items


def _frame(items: list[Any], file: Path) -> pl.DataFrame | None:
    """Return the replies of a file as one frame, if each is valid."""
    try:
        prompts = [item["instruction"] for item in items]
        replies = [item["output"] for item in items]
        sets = [item.get("dataset", "") for item in items]
    except (TypeError, KeyError, AttributeError):
        return None
    if any({*map(type, texts)} != {str} for texts in (prompts, replies, sets)):
        return None
    columns = {
        "model": [file.resolve().parent.name] * len(items),
        "prompt": prompts,
        "reply_text": replies,
        "prompt_key": [f"{number:04d}" for number in range(len(items))],
        "sample": [None] * len(items),
        "language": [None] * len(items),
        "category": [item.get("dataset") for item in items],
    }
    return pl.DataFrame(columns, schema=PLAIN)


def _reply(item: object, number: int, file: Path) -> RecordedReply:
    wrong = [
        key
        for key in ("instruction", "output", "dataset")
        if not isinstance(item, dict) or not isinstance(item.get(key, "" if key == "dataset" else None), str)
    ]
    if wrong or not isinstance(item, dict):
        raise InputError(
            f"item {number} (counted from 0) has no text under {wrong[0]!r}.",
            where=str(file),
            remedy="Each item is an object with the texts 'instruction' and 'output', and perhaps 'dataset'.",
        )
    return RecordedReply(
        model=file.resolve().parent.name,
        messages=(Message("user", item["instruction"]),),
        reply_text=item["output"],
        prompt_key=f"{number:04d}",
        category=item.get("dataset"),
    )


ALPACA_EVAL = AlpacaEval()
