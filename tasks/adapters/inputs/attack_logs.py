"""Published attack logs and the files of their strict labels: their matching, and their rows."""

import ast
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tasks.adapters.inputs.card_matching import squeezed
from tasks.adapters.inputs.textfiles import csv_rows, json_lines
from tasks.adapters.inputs.truth_spellings import truth
from tasks.domain.errors import FaultyFiles, InputError

LOGS, STRICT = "attack_result", "strict_score"
COLUMNS = ("jailbreak_prompt", "query", "target_responses")
LOOSE_LABEL, STRICT_LABEL = "eval_results", "re_judge"
FIRST_BYTES = 1 << 20

_PREFIX = re.compile(r"^(?:gpt_)?GPT_")
_SCORE = re.compile(r"_\d+(?:\.\d+)?$")
_HALF_SIGN = re.compile("[\ud800-\udfff\ufffd]")

_Key = tuple[str, str, str]


@dataclass(frozen=True)
class AttackRow:
    """One row: a question in a template, the reply, and its labels, None where a label is unknown."""

    where: str
    template: str
    question: str
    reply: str
    is_loose: bool | None
    is_strict: bool | None = None

    @property
    def key(self) -> _Key:
        """The key of the row in both files; spaces and broken characters differ between them."""
        return _plain(self.template), _plain(self.question), _plain(self.reply)


@dataclass(frozen=True)
class AttackLog:
    """All rows of one target."""

    path: Path
    rows: tuple[AttackRow, ...]

    @property
    def model(self) -> str:
        """The target's name, from the file's name."""
        return _PREFIX.sub("", self.path.stem)


def log_files(path: Path) -> list[Path]:
    """Return the logs at `path`: itself, those of its folder `attack_result`, or those that lie in it; or none."""
    if path.is_file():
        return [path] if path.suffix.lower() in (".jsonl", ".ndjson") and _is_log(path) else []
    if (path / LOGS).is_dir():
        return sorted((path / LOGS).glob("*.jsonl"))
    logs = sorted(path.glob("*.jsonl"))
    return logs if any(map(_is_log, logs)) else []


def read_logs(path: Path, without: Collection[str] = ()) -> list[AttackLog]:
    """Return the logs at `path`, with strict labels where `strict_score` lies beside `attack_result`.

    Args:
        path: a log, or a folder of logs.
        without: paths of logs and of files of strict labels that are left out.

    Raises:
        InputError: there are no logs, or two of one model.
        FaultyFiles: a row is broken or lacks a key or a label, a file of strict labels fits no log or several, or a row
            of it is not in its log.
    """
    faults: dict[str, InputError] = {}
    logs = [
        AttackLog(file, tuple(rows))
        for file in log_files(path)
        if str(file) not in without and (rows := _collected(_log_rows(file), file, faults)) is not None
    ]
    if not logs and not faults:
        raise InputError("there are no attack logs here.", where=str(path), remedy=f"Expected *.jsonl in {LOGS}.")
    first: dict[str, Path] = {}
    for log in logs:
        other = first.setdefault(squeezed(log.model), log.path)
        if other != log.path:
            raise InputError(
                f"{other.name} is a log of the same model.", where=str(log.path), remedy="Leave one of them."
            )
    strict: dict[Path, AttackLog] = {}
    source: dict[Path, Path] = {}
    for file in sorted((path / STRICT).glob("*.csv")):
        if str(file) in without or (rows := _collected(_strict_rows(file), file, faults)) is None or not logs:
            continue
        try:
            log = _log_of(file, rows, logs)
            if log.path in source:
                raise InputError(
                    f"{source[log.path].name} has strict labels of {log.path.name} too.",
                    where=str(file),
                    remedy="Leave one of them.",
                )
            source[log.path], strict[log.path] = file, _with_strict(log, rows)
        except InputError as error:
            faults[str(file)] = error
    if faults:
        raise FaultyFiles(faults)
    return [strict.get(log.path, log) for log in logs]


def _collected(rows: Iterator[AttackRow], file: Path, faults: dict[str, InputError]) -> list[AttackRow] | None:
    """Return all rows of a file; None where one is wrong, which is added to `faults`."""
    try:
        return list(rows)
    except InputError as error:
        faults[str(file)] = error
        return None


def _is_log(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(FIRST_BYTES)
    return b'"jailbreak_prompt"' in start or b'"target_responses"' in start


def _plain(text: str) -> str:
    return " ".join(_HALF_SIGN.sub("", text).split())


def _log_rows(file: Path) -> Iterator[AttackRow]:
    for where, row in json_lines(file):
        lacking = [name for name in (*COLUMNS, LOOSE_LABEL) if name not in row]
        if lacking:
            raise InputError(
                f"missing keys: {', '.join(lacking)}; found: {', '.join(row)[:200] or 'none'}.",
                where=where,
                remedy=f"Each line has {', '.join((*COLUMNS, LOOSE_LABEL))}.",
            )
        reply = _reply(row["target_responses"], where)
        template, question = (_text(row, name, where) for name in COLUMNS[:2])
        loose = row[LOOSE_LABEL][0] if _is_single(row[LOOSE_LABEL]) else row[LOOSE_LABEL]
        is_unlabelled = loose is None and not reply.strip()
        yield AttackRow(where, template, question, reply, None if is_unlabelled else _label(loose, LOOSE_LABEL, where))


def _strict_rows(file: Path) -> Iterator[AttackRow]:
    required = (*COLUMNS, STRICT_LABEL)
    for where, row in csv_rows(file, required, (*required, LOOSE_LABEL)):
        reply = _reply(_listed(row["target_responses"]), where)
        loose = row.get(LOOSE_LABEL)
        yield AttackRow(
            where,
            row["jailbreak_prompt"],
            row["query"],
            reply,
            _label(loose, LOOSE_LABEL, where) if loose else None,
            _label(row[STRICT_LABEL], STRICT_LABEL, where),
        )


def _is_single(value: object) -> bool:
    return isinstance(value, list) and len(value) == 1


def _listed(cell: str) -> Any:
    """Return the list that a cell holds as Python or JSON writes one; any other cell is the reply itself."""
    for parse in (ast.literal_eval, json.loads):
        try:
            parsed = parse(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(parsed, list):
            return parsed
    return cell


def _reply(value: Any, where: str) -> str:
    """Return the one reply of a row, "" where the call returned none."""
    if isinstance(value, list) and len(value) > 1:
        raise InputError(
            f"'target_responses' holds {len(value)} replies, and the row one label.",
            where=where,
            remedy="Give each reply its own row and label.",
        )
    reply = value[0] if _is_single(value) else "" if value == [] else value
    if reply is not None and not isinstance(reply, str):
        raise InputError(
            f"'target_responses' holds {str(reply)[:60]!r}, not a text.", where=where, remedy="Expected a list of one."
        )
    return reply or ""


def _text(row: dict[str, Any], name: str, where: str) -> str:
    value = row[name]
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"key {name!r} is {str(value)[:60]!r}.", where=where, remedy="Expected a text.")
    return value


def _label(value: object, name: str, where: str) -> bool:
    try:
        label = truth(value) if isinstance(value, str | int) else None
    except ValueError:
        label = None
    if label is None:
        raise InputError(f"label {name!r} is {str(value)[:60]!r}.", where=where, remedy="Expected true or false.")
    return label


def _log_of(file: Path, rows: Sequence[AttackRow], logs: Sequence[AttackLog]) -> AttackLog:
    """Return the log that a file of strict labels belongs to: by the model's name, else by its rows."""
    name = squeezed(_PREFIX.sub("", _SCORE.sub("", file.stem)))
    for log in logs:
        if squeezed(log.model) == name:
            return log
    keys = {row.key for row in rows}
    shared = [(len(keys & {row.key for row in log.rows}), log) for log in logs]
    most = max(n for n, _ in shared)
    fitting = [log for n, log in shared if n == most]
    if most == 0 or len(fitting) > 1:
        raise InputError(
            "neither name nor rows tell which log these strict labels belong to.",
            where=str(file),
            remedy=f"Put its log into {LOGS} and name both files after the model, or leave the file out.",
        )
    return fitting[0]


def _with_strict(log: AttackLog, strict: Sequence[AttackRow]) -> AttackLog:
    """Return the log with strict labels: rows that are not among `strict` are not strict."""
    present = Counter(row.key for row in log.rows)
    labels: dict[_Key, list[bool]] = {}
    for row in strict:
        queue = labels.setdefault(row.key, [])
        if len(queue) == present[row.key]:
            often = "as often " if queue else ""
            raise InputError(
                f"the row is not {often}in {log.path.name}.",
                where=row.where,
                remedy="Prompt, question and reply have to be those of a row there; are both files of one attack?",
            )
        queue.append(bool(row.is_strict))
    for queue in labels.values():
        queue.reverse()
    return replace(log, rows=tuple(replace(row, is_strict=_next(labels, row.key)) for row in log.rows))


def _next(labels: dict[_Key, list[bool]], key: _Key) -> bool:
    queue = labels.get(key)
    return queue.pop() if queue else False
