"""Every Eval Ever: instance-level records in JSON lines, of version 0.3.0 of their schema and of its converters."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import chat_turns
from tasks.adapters.inputs.first_lines import first_object
from tasks.adapters.inputs.textfiles import json_lines
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.ports import Batches
from tasks.domain.rows import Message, RecordedReply

NEEDED = {"schema_version", "evaluation_id", "model_id", "sample_id", "interaction_type", "input"}
_PLACES = ("*.jsonl", *(f"{'*/' * depth}*_samples.jsonl" for depth in range(1, 6)))
"""Where files of records lie: in the folder, or below it as in the collection, data/BENCHMARK/DEVELOPER/MODEL."""


class EveryEvalEver:
    """One reply an output of a sample. What tools were used for, and choices by likelihood, are left out."""

    prompt_set = "every-eval-ever"
    looks_like = "a .jsonl of instance-level records, or a folder of them, also as data/BENCHMARK/DEVELOPER/MODEL"

    def detects(self, path: Path) -> bool:
        """Return whether the file, or a file of the folder, begins with such a record."""
        return next(_files(path), None) is not None

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply, files in alphabetical order.

        Raises:
            InputError: a record is broken, or a file has no reply to a text alone.
        """
        for file in _present(path):
            yield from _replies(file)

    def files(self, path: Path, without: Collection[str] = ()) -> Iterator[tuple[str, Batches]]:
        """Yield each file with its replies."""
        for file in _present(path):
            if str(file) not in without:
                yield str(file), iter([_replies(file)])


def _present(path: Path) -> list[Path]:
    if not (files := sorted(_files(path))):
        remedy = f"every-eval-ever is {EveryEvalEver.looks_like}."
        raise InputError("there are no records.", where=str(path), remedy=remedy)
    return files


def _files(path: Path) -> Iterator[Path]:
    files = [path] if path.is_file() else (file for place in _PLACES for file in path.glob(place))
    return (file for file in files if file.suffix == ".jsonl" and set(first_object(file)) >= NEEDED)


def _replies(file: Path) -> Iterator[RecordedReply]:
    result_of: dict[tuple[str, str], str] = {}
    n = 0
    for where, row in json_lines(file):
        model, evaluation, sample = (row.get(name) for name in ("model_id", "evaluation_name", "sample_id"))
        if not isinstance(model, str) or not model:
            raise InputError("it names no model.", where=where, remedy="Each record has a 'model_id'.")
        prompt, texts = _exchange(row, where)
        if prompt is None:
            continue
        # A sample has a record for each metric of its evaluation; what the model said is the same in all of them.
        sample_key = f"{row.get('evaluation_id')} {model} {sample}", prompt_id(prompt)
        result = str(row.get("evaluation_result_id") or evaluation)
        if result_of.setdefault(sample_key, result) != result:
            continue
        for text in texts:
            n += 1
            yield RecordedReply(
                model=model.rpartition("/")[2],
                messages=prompt,
                reply_text=text,
                prompt_key=f"{evaluation}-{sample}",
                category=None if evaluation is None else str(evaluation),
            )
    if not n:
        remedy = "Likelihoods of choices, and agents with tools, can't be compared."
        raise InputError("no record holds a reply to a text alone.", where=str(file), remedy=remedy)


def _exchange(row: dict[str, Any], where: str) -> tuple[tuple[Message, ...] | None, list[str]]:
    """Return prompt and replies of a record; no prompt where it holds no reply to a text alone."""
    given, said, entries = row.get("input"), row.get("output"), row.get("messages")
    if row.get("interaction_type") == "agentic":
        return None, []
    if entries is not None:
        prompt, text = chat_turns.split(chat_turns.turns(entries, where), where)
        return prompt, [text]
    asked = given.get("raw") if isinstance(given, dict) else None
    if not isinstance(asked, str) or not asked.strip():
        raise InputError("there is no text under 'input.raw'.", where=where, remedy="Each record has one.")
    raw = said.get("raw") if isinstance(said, dict) else []
    listed = raw if isinstance(raw, list) else [raw]
    texts = [text for text in listed if isinstance(text, str)]
    if len(texts) < len(listed):
        raise InputError("'output.raw' holds something else than texts.", where=where, remedy="Only texts are replies.")
    choices = given.get("choices") if isinstance(given, dict) else None
    if isinstance(choices, list) and texts and all(text in choices for text in texts):
        return None, []
    return (Message("user", asked),), texts or [""]


EVERY_EVAL_EVER = EveryEvalEver()
