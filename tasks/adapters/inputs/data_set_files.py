"""Files of data sets as they are published: JSON lines or Parquet, one or many, in a folder or below it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import parquet_tables
from tasks.adapters.inputs.first_lines import first_object
from tasks.adapters.inputs.textfiles import json_lines

LINES = (".jsonl", ".ndjson")
PARQUET = ".parquet"


def files_of(path: Path) -> list[Path]:
    """Return the file at `path`, or those of a folder: also in its folder `data`; Parquet in any folder of its own.

    Folders of a data set are its configurations, published as Parquet; JSON lines in another folder may be anything.
    """
    if path.is_file():
        return [path] if _is_table(path) else []
    patterns = (f"*{PARQUET}", f"*/*{PARQUET}", *(f"{place}*{end}" for place in ("", "data/") for end in LINES))
    return sorted(file for pattern in patterns for file in path.glob(pattern) if _is_table(file))


def columns_of(file: Path) -> set[str]:
    """Return the names of a file's columns: of JSON lines, the keys of the first."""
    return set(first_object(file)) if file.suffix.lower() in LINES else parquet_tables.columns_of(file)


def rows_of(file: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield place and row, of Parquet only these `columns`.

    Raises:
        InputError: the file is broken.
    """
    if file.suffix.lower() in LINES:
        yield from json_lines(file)
    else:
        yield from parquet_tables.parquet_rows(file, columns)


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in (*LINES, PARQUET) and path.is_file()
