"""AlpacaEval: a folder of MODEL/model_outputs.json, or one such folder or file."""

import json
from collections.abc import Iterator
from pathlib import Path

from tasks.adapters.cards import read_text
from tasks.domain.errors import InputError
from tasks.domain.rows import Message, RecordedReply

FILE = "model_outputs.json"


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.name == FILE else []
    return [path / FILE] if (path / FILE).is_file() else sorted(path.glob(f"*/{FILE}"))


class AlpacaEval:
    """Reads `instruction`, `output`, `dataset`; the model's name is the folder's."""

    prompt_set = "alpaca-eval"

    def detects(self, path: Path) -> bool:
        """Say whether there is a model_outputs.json here or one folder below."""
        return bool(_files(path))

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply of every model, models in alphabetical order.

        Raises:
            InputError: a file is no JSON list of objects with the texts `instruction` and `output`.
        """
        files = _files(path)
        if not files:
            raise InputError(
                f"there is no {FILE} here.", where=str(path), remedy=f"Give a folder of MODEL/{FILE} files."
            )
        for file in files:
            model = file.resolve().parent.name
            for number, item in enumerate(_items(file)):
                if not isinstance(item, dict) or not all(
                    isinstance(item.get(k), str) for k in ("instruction", "output")
                ):
                    raise InputError(
                        f"item {number} lacks the text 'instruction' or 'output'.",
                        where=str(file),
                        remedy="Each item is an object with both.",
                    )
                yield RecordedReply(
                    model=model,
                    messages=(Message("user", item["instruction"]),),
                    reply_text=item["output"],
                    prompt_key=f"{number:04d}",
                    category=item.get("dataset"),
                )


def _items(file: Path) -> list[object]:
    text = read_text(file)
    if not text.strip():
        raise InputError("the file is empty.", where=str(file), remedy="Fetch it again, or leave that folder out.")
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"it is not valid JSON: {error.msg}.",
            where=f"{file}:{error.lineno}",
            remedy="The file may be cut: fetch it again, or leave that folder out.",
        ) from None
    if not isinstance(items, list) or not items:
        raise InputError("it is not a list of replies.", where=str(file), remedy="Expected a JSON list of objects.")
    return items


ALPACA_EVAL = AlpacaEval()
