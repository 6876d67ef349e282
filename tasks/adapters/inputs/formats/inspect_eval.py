"""Inspect's logs: `.eval` archives and `.json` files, as inspect_ai 0.3.285 writes them (version 2 of the log)."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import chat_turns, zip_members
from tasks.adapters.inputs.textfiles import parsed_json, read_json
from tasks.domain.errors import InputError
from tasks.domain.ports import Batches
from tasks.domain.rows import RecordedReply

HEADERS = ("header.json", "_journal/start.json")
"""Where an archive says what ran; of a run that was killed only the journal does."""

_SAMPLE = re.compile(r"samples/.*\.json")
_LOG = re.compile(rb'\A\s*\{\s*"version"\s*:\s*\d+\s*,\s*"status"\s*:')
_ATTACHED = "attachment://"


class InspectEval:
    """One reply a sample and epoch: the last turn of its conversation. Samples that use tools are no such replies."""

    prompt_set = "inspect-eval"
    looks_like = "a log of Inspect, .eval or .json, or a folder of them"

    def detects(self, path: Path) -> bool:
        """Return whether `path` is a log, or holds one."""
        return bool(_logs(path))

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every reply of every log, logs in alphabetical order.

        Raises:
            InputError: a log is damaged, or a sample is no conversation of texts.
        """
        for log in _present(path):
            yield from _replies(log)

    def files(self, path: Path, without: Collection[str] = ()) -> Iterator[tuple[str, Batches]]:
        """Yield each log with its replies."""
        for log in _present(path):
            if str(log) not in without:
                yield str(log), iter([_replies(log)])


def _present(path: Path) -> list[Path]:
    if not (logs := _logs(path)):
        raise InputError("there is no log.", where=str(path), remedy=f"inspect-eval is {InspectEval.looks_like}.")
    return logs


def _replies(log: Path) -> Iterator[RecordedReply]:
    return _packed(log) if log.suffix == ".eval" else _plain(log)


def _logs(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if _is_log(path) else []
    return sorted(file for suffix in ("eval", "json") for file in path.glob(f"*.{suffix}") if _is_log(file))


def _is_log(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            first = file.read(200)
    except OSError:
        return False
    return first.startswith(b"PK") if path.suffix == ".eval" else path.suffix == ".json" and bool(_LOG.match(first))


def _packed(log: Path) -> Iterator[RecordedReply]:
    with zip_members.opened(log) as archive:
        names = archive.namelist()
        header = next((name for name in HEADERS if name in names), None)
        if header is None:
            raise InputError("it does not say which model answered.", where=str(log), remedy="Is it whole?")
        model = _model(parsed_json(zip_members.content(archive, header), log), str(log))
        for name in sorted(filter(_SAMPLE.fullmatch, names)):
            yield _reply(parsed_json(zip_members.content(archive, name), log), model, f"{log}: {name}")


def _plain(log: Path) -> Iterator[RecordedReply]:
    content = read_json(log)
    model = _model(content, str(log))
    samples = content.get("samples", [])
    if not isinstance(samples, list):
        raise InputError("its samples are no list.", where=str(log), remedy="Is it a log of Inspect?")
    for number, sample in enumerate(samples, start=1):
        yield _reply(sample, model, f"{log}: sample {number}")


def _model(header: Any, where: str) -> str:
    """Return the model's name without its provider's."""
    named = header.get("eval") if isinstance(header, dict) else None
    model = named.get("model") if isinstance(named, dict) else None
    if not isinstance(model, str) or not model:
        raise InputError("it does not say which model answered.", where=where, remedy="Is it a log of Inspect?")
    return model.rpartition("/")[2]


def _reply(sample: Any, model: str, where: str) -> RecordedReply:
    if not isinstance(sample, dict) or not isinstance(sample.get("epoch"), int):
        raise InputError("it is no sample.", where=where, remedy="Is it a log of Inspect, and whole?")
    attached, entries = sample.get("attachments"), sample.get("messages")
    if isinstance(entries, list) and isinstance(attached, dict):
        entries = [_with_attached(entry, attached) for entry in entries]
    messages = chat_turns.turns(entries, where, is_own=lambda entry: entry.get("source") == "generate")
    prompt, text = chat_turns.split(messages, where)
    return RecordedReply(
        model=model, messages=prompt, reply_text=text, prompt_key=str(sample.get("id")), sample=sample["epoch"] - 1
    )


def _with_attached(entry: Any, attached: dict[str, Any]) -> Any:
    """Return a turn with its text, where that stands apart from it."""
    content = entry.get("content") if isinstance(entry, dict) else None
    if isinstance(content, str) and content.startswith(_ATTACHED):
        return entry | {"content": attached.get(content.removeprefix(_ATTACHED))}
    return entry


INSPECT_EVAL = InspectEval()
