"""A table of replies of any origin: csv, jsonl or parquet with the columns model, prompt and reply."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.rows import Message, RecordedReply

NEEDED = ("model", "prompt", "reply")
OPTIONAL = ("prompt_id", "sample", "language", "category")
SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet")


class Replies:
    """One row a reply; other columns are left alone."""

    prompt_set = "replies"

    def detects(self, path: Path) -> bool:
        """Say whether the file's ending is one of the three."""
        return path.is_file() and path.suffix.lower() in SUFFIXES

    def read(self, path: Path) -> Iterator[RecordedReply]:
        """Yield every row. An empty reply cell is a reply that is missing.

        Raises:
            InputError: the file is empty, broken, or lacks a needed column or cell.
        """
        frame = _frame(path)
        lacking = [name for name in NEEDED if name not in frame.columns]
        if lacking:
            raise InputError(
                f"missing columns: {', '.join(lacking)}; found: {', '.join(frame.columns) or 'none'}.",
                where=str(path),
                remedy=f"Needed are {', '.join(NEEDED)}; optional are {', '.join(OPTIONAL)}.",
            )
        if frame.is_empty():
            raise InputError("the file has no rows.", where=str(path), remedy="Expected one row a reply.")
        for number, row in enumerate(frame.iter_rows(named=True), start=1):
            if not row["model"] or not row["prompt"]:
                raise InputError("model or prompt is empty.", where=f"{path}: row {number}", remedy="Fill both.")
            messages = (Message("user", str(row["prompt"])),)
            yield RecordedReply(
                model=str(row["model"]),
                messages=messages,
                reply_text=str(row["reply"] or ""),
                prompt_key=str(row.get("prompt_id") or prompt_id(messages)[:12]),
                sample=_sample(row.get("sample"), f"{path}: row {number}"),
                language=row.get("language"),
                category=row.get("category"),
            )


def _sample(value: object, where: str) -> int | None:
    if value is None or value == "":
        return None
    try:
        return int(str(value))
    except ValueError:
        raise InputError(f"column 'sample' is {value!r}.", where=where, remedy="Give a whole number.") from None


def _frame(path: Path) -> pl.DataFrame:
    if not path.exists():
        raise InputError("there is no such file.", where=str(path), remedy="Check the path.")
    if path.stat().st_size == 0:
        raise InputError("the file is empty.", where=str(path), remedy="Expected one row a reply.")
    suffix = path.suffix.lower()
    try:
        if suffix == ".csv":
            return pl.read_csv(path, infer_schema=False)
        if suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_ndjson(path, infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        message = str(error).strip().splitlines()[0][:300]
        raise InputError(
            f"it can't be read as {suffix[1:]}: {message}", where=str(path), remedy="Is it whole?"
        ) from None


REPLIES = Replies()
