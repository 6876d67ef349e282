"""A table of replies of any origin: csv, jsonl or parquet with the columns model, prompt and reply."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from tasks.adapters.inputs.parquet_tables import parquet_frames
from tasks.adapters.inputs.textfiles import block_rows, blocks, csv_rows, json_lines, require_columns, require_name
from tasks.adapters.warehouse.plain_frames import json_frame, plain
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.recorded.rows import CHUNK_REPLIES
from tasks.domain.rows import Message, RecordedReply

NEEDED = ("model", "prompt", "reply")
KNOWN = (*NEEDED, "prompt_id", "sample", "language", "category")
SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet")


class Replies:
    """One row a reply; other columns are ignored."""

    prompt_set = "replies"
    looks_like = f"a file that ends in {', '.join(SUFFIXES)}, with the columns {', '.join(NEEDED)}"

    def detects(self, path: Path) -> bool:
        """Return whether the file has one of the suffixes."""
        return path.is_file() and path.suffix.lower() in SUFFIXES

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every row. An empty reply cell is a reply that is missing.

        Raises:
            InputError: the file is empty, broken, or lacks a needed column or cell.
        """
        self._require_format(path)
        n_rows = 0
        for where, row in _rows(path):
            n_rows += 1
            yield _reply(row, where)
        if not n_rows:
            raise InputError("the file has no rows.", where=str(path), remedy="Expected one row a reply.")

    def batches(self, path: Path) -> Iterator[pl.DataFrame | Iterator[RecordedReply]]:
        """Yield the rows that `read` yields: as frames of `PLAIN` columns where all are regular, else one by one.

        Raises:
            InputError: as `read` does.
        """
        self._require_format(path)
        suffix = path.suffix.lower()
        if suffix == ".csv":
            yield self.read(path)
        elif suffix == ".parquet":
            n_rows = 0
            for frame in _parquet_frames(path):
                plain_frame = plain(frame)
                yield (
                    (_reply(row, where) for where, row in _frame_rows(frame, path, n_rows))
                    if plain_frame is None
                    else plain_frame
                )
                n_rows += frame.height
            if not n_rows:
                raise InputError("the file has no rows.", where=str(path), remedy="Expected one row a reply.")
        else:
            for block in blocks(path):
                columns = json_frame(block, NEEDED, KNOWN)
                plain_frame = None if columns is None else plain(columns)
                yield (
                    (_reply(row, where) for where, row in _valid_rows(block_rows(block)))
                    if plain_frame is None
                    else plain_frame
                )

    def _require_format(self, path: Path) -> None:
        if not self.detects(path):
            raise InputError(
                f"it is a {'folder' if path.is_dir() else 'file of another kind'}.",
                where=str(path),
                remedy=f"replies is {self.looks_like}.",
            )


_Rows = Iterator[tuple[str, dict[str, Any]]]


def _rows(path: Path) -> _Rows:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        yield from csv_rows(path, NEEDED, KNOWN)
    elif suffix == ".parquet":
        n_rows = 0
        for frame in _parquet_frames(path):
            yield from _frame_rows(frame, path, n_rows)
            n_rows += frame.height
    else:
        yield from _valid_rows(json_lines(path))


def _valid_rows(rows: _Rows) -> _Rows:
    for where, row in rows:
        require_columns(list(row), NEEDED, KNOWN, where)
        yield where, row


def _frame_rows(frame: pl.DataFrame, path: Path, n_before: int) -> _Rows:
    for number, row in enumerate(frame.iter_rows(named=True), start=n_before + 1):
        yield f"{path}: row {number}", row


def _parquet_frames(path: Path) -> Iterator[pl.DataFrame]:
    return parquet_frames(path, NEEDED, KNOWN, CHUNK_REPLIES)


def _reply(row: dict[str, Any], where: str) -> RecordedReply:
    model, prompt = _text(row, "model", where), _text(row, "prompt", where)
    for column, value in (("model", model), ("prompt", prompt)):
        if not value.strip():
            raise InputError(f"column {column!r} is empty.", where=where, remedy="Fill it, or leave the row out.")
    require_name(model, "column 'model'", where)
    messages = (Message("user", prompt),)
    return RecordedReply(
        model=model,
        messages=messages,
        reply_text=_text(row, "reply", where),
        prompt_key=_label(row, "prompt_id", where) or prompt_id(messages)[:12],
        sample=_sample(row.get("sample"), where),
        language=_label(row, "language", where),
        category=_label(row, "category", where),
    )


def _text(row: dict[str, Any], column: str, where: str) -> str:
    value = row[column]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError(f"column {column!r} is {value!r}, not a text.", where=where, remedy="Give a text, or nothing.")
    return value


def _label(row: dict[str, Any], column: str, where: str) -> str | None:
    value = row.get(column)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None if value is None else _text(row, column, where) or None


def _sample(value: object, where: str) -> int | None:
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = -1
    if not 0 <= number < 2**31:
        raise InputError(f"column 'sample' is {value!r}.", where=where, remedy="Give 0, 1, 2 ..., or nothing.")
    return number


REPLIES = Replies()
