"""lm-evaluation-harness: `samples_TASK_TIME.jsonl` of --log_samples in the model's folder, as lm_eval 0.4.13 has it."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import chat_turns
from tasks.adapters.inputs.textfiles import json_lines, read_json
from tasks.domain.errors import InputError
from tasks.domain.ports import Batches
from tasks.domain.rows import Message, RecordedReply

_SAMPLES = re.compile(r"samples_(?P<task>.+?)(?:_(?P<time>\d{4}-\d\d-\d\dT[\d.-]+))?\.jsonl")


class LmEval:
    """One reply a document and repeat. Tasks that compare likelihoods have no replies."""

    prompt_set = "lm-eval"
    looks_like = "a file samples_TASK_TIME.jsonl, or a folder with MODEL/samples_TASK_TIME.jsonl"

    def detects(self, path: Path) -> bool:
        """Return whether there is such a file here or one folder below."""
        return bool(_files(path))

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply of every task, files in alphabetical order.

        Raises:
            InputError: a line is broken, or its task asked for no text.
        """
        for file in _present(path):
            yield from _replies(file)

    def files(self, path: Path, without: Collection[str] = ()) -> Iterator[tuple[str, Batches]]:
        """Yield each file of samples with its replies."""
        for file in _present(path):
            if str(file) not in without:
                yield str(file), iter([_replies(file)])


def _present(path: Path) -> list[Path]:
    if not (files := _files(path)):
        raise InputError("there are no samples.", where=str(path), remedy=f"lm-eval is {LmEval.looks_like}.")
    return files


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if _SAMPLES.fullmatch(path.name) else []
    return sorted([*path.glob("samples_*.jsonl"), *path.glob("*/samples_*.jsonl")])


def _replies(file: Path) -> Iterator[RecordedReply]:
    named = _SAMPLES.fullmatch(file.name)
    task = named["task"] if named else file.stem
    model = _model(file, named["time"] if named else None)
    filter_of: dict[str, str] = {}
    for where, row in json_lines(file):
        key = f"{task}-{row.get('doc_id')}"
        # A document has a line for each filter of its task; what the model said is the same in all of them.
        if filter_of.setdefault(key, str(row.get("filter"))) != str(row.get("filter")):
            continue
        messages = _prompt(row, where)
        for sample, text in enumerate(_texts(row, where)):
            yield RecordedReply(
                model=model, messages=messages, reply_text=text, prompt_key=key, sample=sample, category=task
            )


def _model(file: Path, time: str | None) -> str:
    """Return the model's name of the results beside the samples, or of the folder, where / is written as two lines."""
    results = file.parent / f"results_{time}.json"
    if time is not None and results.is_file():
        content = read_json(results)
        name = content.get("model_name") if isinstance(content, dict) else None
        if isinstance(name, str) and name:
            return name.rstrip("/").rpartition("/")[2]
    return file.resolve().parent.name.rpartition("__")[2]


def _prompt(row: dict[str, Any], where: str) -> tuple[Message, ...]:
    """Return what was sent: a text, or the turns of a chat template, which are written as JSON in a text."""
    arguments = row.get("arguments")
    first = arguments.get("gen_args_0") if isinstance(arguments, dict) else _first(arguments)
    sent = first.get("arg_0") if isinstance(first, dict) else _first(first)
    if isinstance(sent, list) and len(sent) == 1 and isinstance(sent[0], str):
        sent = sent[0]
    if not isinstance(sent, str) or not sent.strip():
        raise InputError("there is no prompt under 'arguments'.", where=where, remedy="Is it a file of --log_samples?")
    try:
        entries = json.loads(sent) if sent.startswith('[{"role"') else None
    except (ValueError, RecursionError):
        entries = None
    if entries is None:
        return (Message("user", sent),)
    return chat_turns.turns([*entries, {"role": "assistant", "content": ""}], where, is_own=lambda _: False)[:-1]


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else None


def _texts(row: dict[str, Any], where: str) -> list[str]:
    """Return the texts of all repeats, as the model gave them, before any filter."""
    responses = row.get("resps")
    first = responses[0] if isinstance(responses, list) and len(responses) == 1 else None
    given = first if isinstance(first, list) else [first]
    texts = [text for text in given if isinstance(text, str)]
    if not texts or len(texts) < len(given):
        raise InputError(
            "there are no texts under 'resps'.",
            where=where,
            remedy="Tasks of output_type generate_until have them; others compare likelihoods.",
        )
    return texts


LM_EVAL = LmEval()
