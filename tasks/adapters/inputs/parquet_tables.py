"""Tables in Parquet files, a frame at a time, however small the file is that holds a large table.

A text that stands in many rows is stored once and referred to, and what is alike is compressed: a file of 300 kB may
hold a terabyte of text. So texts are read as references, and written out for no more rows at a time than fit a frame.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import parquet

from tasks.adapters.inputs.textfiles import MOST_LINE_BYTES, require_columns
from tasks.domain.errors import InputError

FRAME_BYTES = 24 << 20
"""About how many bytes of text a frame has: more only where one row has more."""
MOST_TIMES = 250
"""How many times the file's size its texts may come to: a prompt is repeated once a model, and a reply hardly ever."""
ALWAYS_BYTES = 256 << 20
"""What the texts of a file of any size may come to."""


def parquet_frames(path: Path, needed: Sequence[str], known: Sequence[str], most_rows: int) -> Iterator[pl.DataFrame]:
    """Yield the `known` columns of a table in frames of about `FRAME_BYTES`, and of `most_rows` rows at most.

    Raises:
        InputError: the file is empty or broken, lacks a column of `needed`, or its texts are far larger than the file.
    """
    if not (size := path.stat().st_size):
        raise InputError("the file is empty.", where=str(path), remedy="Fetch it again, or leave it out.")
    limit = max(ALWAYS_BYTES, MOST_TIMES * size)
    try:
        with parquet.ParquetFile(path) as file:
            names = _text_columns(file.schema_arrow, needed, known, path)
        # Buffered ahead, as is usual, all of the file would be held by the end.
        with parquet.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False, read_dictionary=names) as file:
            n_stored = _stored_bytes(file.metadata)
            _require_room(n_stored, limit, size, path)
            n_rows = min(max(int(FRAME_BYTES * file.metadata.num_rows / max(n_stored, 1)), 1), most_rows)
            columns = [name for name in file.schema_arrow.names if name in known]
            n_before = n_bytes = 0
            for batch in file.iter_batches(n_rows, columns=columns):
                batch.validate(full=True)
                sizes = _row_bytes(batch, path, n_before)
                n_bytes += int(sizes.sum())
                _require_room(n_bytes, limit, size, path)
                for part in _parts(sizes):
                    yield _written_out(batch.slice(part.start, part.stop - part.start))
                n_before += batch.num_rows
    except (pa.ArrowException, pl.exceptions.PolarsError, UnicodeDecodeError, OSError) as error:
        message = str(error).strip().splitlines()[0][:300]
        raise InputError(f"it can't be read as parquet: {message}.", where=str(path), remedy="Is it whole?") from None


def _text_columns(schema: pa.Schema, needed: Sequence[str], known: Sequence[str], path: Path) -> list[str]:
    """Return the known columns that hold texts."""
    require_columns(schema.names, needed, known, str(path))
    nested = [field for field in schema if field.name in known and pa.types.is_nested(field.type)]
    if nested:
        raise InputError(
            f"column {nested[0].name!r} is {nested[0].type}, not a text.",
            where=str(path),
            remedy="Give a text, or nothing.",
        )
    kinds = {field.name: getattr(field.type, "value_type", field.type) for field in schema if field.name in known}
    is_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return [name for name, kind in kinds.items() if any(test(kind) for test in is_text)]


def _stored_bytes(metadata: parquet.FileMetaData) -> int:
    """Return how many bytes the table has uncompressed, each text of a dictionary once."""
    return sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))


def _require_room(n_bytes: int, limit: int, size: int, path: Path) -> None:
    if n_bytes > limit:
        raise InputError(
            f"its rows come to more than {limit >> 20:,} MB of text, from {max(size >> 10, 1):,} kB of file.",
            where=str(path),
            remedy="Is it the right file? If all of that is meant, give it as .jsonl.",
        )


def _row_bytes(batch: pa.RecordBatch, path: Path, n_before: int) -> NDArray[np.int64]:
    """Return how many bytes of text each row has when it is written out; `n_before` rows stand before the first."""
    total = np.zeros(batch.num_rows, np.int64)
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if not pa.types.is_dictionary(column.type):
            continue
        lengths = pc.binary_length(column.dictionary).cast(pa.int64())
        sizes = lengths.take(column.indices).fill_null(0).to_numpy(zero_copy_only=False)
        if sizes.max(initial=0) > MOST_LINE_BYTES:
            raise InputError(
                f"column {name!r} has more than {MOST_LINE_BYTES >> 20} MB.",
                where=f"{path}: row {n_before + int(sizes.argmax()) + 1}",
                remedy="Leave the row out, or shorten the text.",
            )
        total += sizes
    return total


def _parts(sizes: NDArray[np.int64]) -> Iterator[slice]:
    """Yield the rows of a batch in parts of `FRAME_BYTES` at most, or of one row."""
    ends, begin = sizes.cumsum(), 0
    while begin < len(sizes):
        before = int(ends[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(ends, before + FRAME_BYTES, side="right")), begin + 1)
        yield slice(begin, end)
        begin = end


def _written_out(batch: pa.RecordBatch) -> pl.DataFrame:
    """Return a frame with every text in its row."""
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column for column in batch.columns
    ]
    return pl.DataFrame(pl.from_arrow(pa.Table.from_arrays(columns, names=batch.schema.names)))
