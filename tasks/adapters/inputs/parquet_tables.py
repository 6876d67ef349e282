"""Tables in Parquet files, a frame at a time, however small the file is that holds a large table.

A text that stands in many rows is stored once and referred to, and what is alike is compressed: a file of 300 kB may
hold a terabyte of text. So the size of each row is known before any is written out, and no more rows at a time are
than fit a frame.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.adapters.inputs.read_bytes import note
from tasks.adapters.inputs.textfiles import MOST_LINE_BYTES, require_columns
from tasks.adapters.warehouse import parquet_files
from tasks.adapters.warehouse.parquet_files import NESTED, ParquetFile
from tasks.domain.errors import InputError

FRAME_BYTES = 24 << 20
"""About how many bytes of text a frame has: more only where one row has more."""
MOST_TIMES = 250
"""How many times the file's size its texts may come to: a prompt is repeated once a model, and a reply hardly ever."""
ALWAYS_BYTES = 256 << 20
"""What the texts of a file of any size may come to."""
ROWS_AT_ONCE = 20_000


def columns_of(path: Path) -> set[str]:
    """Return the names of a file's columns; none where it is no Parquet file."""
    try:
        return set(pl.read_parquet_schema(path))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return set()


def parquet_frames(path: Path, needed: Sequence[str], known: Sequence[str], most_rows: int) -> Iterator[pl.DataFrame]:
    """Yield the `known` columns of a table in frames of about `FRAME_BYTES`, and of `most_rows` rows at most.

    Raises:
        InputError: the file is empty or broken, lacks a column of `needed`, or its texts are far larger than the file.
    """
    _require_filled(path)
    with parquet_files.opened(path) as file:
        require_columns(list(file.types), needed, known, str(path))
        nested = [name for name in known if name in file.types and file.types[name].kind in NESTED]
        if nested:
            raise InputError(
                f"column {nested[0]!r} is {file.types[nested[0]].text}, not a text.",
                where=str(path),
                remedy="Give a text, or nothing.",
            )
        for frame, _ in _parts(file, path, [name for name in file.types if name in known], most_rows):
            yield frame


def parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place (file, row) and those of `columns` that are there of each row, nested ones as lists and dicts.

    Raises:
        InputError: the file is empty or broken, or its texts are far larger than the file.
    """
    _require_filled(path)
    with parquet_files.opened(path) as file:
        for frame, n_before in _parts(file, path, [name for name in file.types if name in columns], ROWS_AT_ONCE):
            for number, row in enumerate(frame.iter_rows(named=True), start=n_before + 1):
                yield f"{path}: row {number}", row


def _require_filled(path: Path) -> None:
    if not path.stat().st_size:
        raise InputError("the file is empty.", where=str(path), remedy="Fetch it again, or leave it out.")


def _parts(file: ParquetFile, path: Path, names: list[str], most_rows: int) -> Iterator[tuple[pl.DataFrame, int]]:
    """Yield the columns of a table in parts of `FRAME_BYTES` at most, or of one row, and the rows before each."""
    size = path.stat().st_size
    limit = max(ALWAYS_BYTES, MOST_TIMES * size)
    _require_room(file.n_stored, limit, size, path)
    for name in names:
        n_bytes, row = file.largest(name)
        if n_bytes > MOST_LINE_BYTES:
            raise InputError(
                f"column {name!r} has more than {MOST_LINE_BYTES >> 20} MB.",
                where=f"{path}: row {row + 1}",
                remedy="Leave the row out, or shorten the text.",
            )
    sizes = file.row_bytes(names)
    _require_room(int(sizes.sum()), limit, size, path)
    for part in _slices(sizes, most_rows):
        yield file.rows(names, part.start, part.stop), part.start
        note(size * (part.stop - part.start) // len(sizes))


def _require_room(n_bytes: int, limit: int, size: int, path: Path) -> None:
    if n_bytes > limit:
        raise InputError(
            f"its rows come to more than {limit >> 20:,} MB of text, from {max(size >> 10, 1):,} kB of file.",
            where=str(path),
            remedy="Is it the right file? If all of that is meant, give it as .jsonl.",
        )


def _slices(sizes: NDArray[np.int64], most_rows: int) -> Iterator[slice]:
    """Yield the rows of a table in parts of `FRAME_BYTES` and `most_rows` rows at most, or of one row."""
    ends, begin = sizes.cumsum(), 0
    while begin < len(sizes):
        before = int(ends[begin - 1]) if begin else 0
        end = int(np.searchsorted(ends, before + FRAME_BYTES, side="right"))
        end = min(max(end, begin + 1), begin + most_rows)
        yield slice(begin, end)
        begin = end
