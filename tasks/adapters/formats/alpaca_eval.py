"""AlpacaEval: a folder of MODEL/model_outputs.json, or one such folder or file."""

from collections.abc import Iterator
from pathlib import Path

from tasks.adapters.textfiles import read_json
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
    looks_like = f"a folder of MODEL/{FILE}, or one {FILE}"

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
            raise InputError(f"there is no {FILE} here.", where=str(path), remedy=f"alpaca-eval is {self.looks_like}.")
        for file in files:
            items = read_json(file)
            if not isinstance(items, list) or not items:
                raise InputError(
                    "it is not a list of replies.", where=str(file), remedy="Expected a JSON list of objects."
                )
            for number, item in enumerate(items):
                yield _reply(item, number, file)


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
