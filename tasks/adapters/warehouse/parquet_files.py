"""Reads Parquet files with DuckDB: how much text each row has, without writing it out, and rows by their numbers.

A damaged file is an error and no more. Polars reads such files in half of the time, but some damage ends the process.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.adapters.inputs.textfiles import MAYBE_CUT
from tasks.adapters.warehouse import duckdb_files
from tasks.adapters.warehouse.arrow_streams import frame_of
from tasks.domain.errors import InputError

NESTED = ("list", "struct", "map", "array")
_TEXTS = {"varchar": "strlen", "blob": "octet_length"}
_N_ROWS = "select coalesce(sum(num_rows), 0)::bigint from parquet_file_metadata($path)"
_STORED = "select coalesce(sum(total_uncompressed_size), 0)::bigint as n from parquet_metadata($path)"


@dataclass(frozen=True)
class ColumnType:
    """The type of a column or of what is in it. `text`: as DuckDB writes it; `parts`: types within, by name."""

    kind: str
    text: str
    parts: tuple[tuple[str, "ColumnType"], ...]

    @classmethod
    def of(cls, dtype: Any) -> "ColumnType":
        """Return the type for one of DuckDB's, whose objects should not outlive the connection."""
        kind = str(dtype.id)
        within = dtype.children if kind in NESTED else ()
        return cls(kind, str(dtype), tuple((str(name), cls.of(one)) for name, one in within if name != "size"))


class ParquetFile:
    """One open file. `types`: its columns with their types."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection, self._path = connection, str(path)
        table = self._ask("select * from read_parquet($path)")
        self.types = {name: ColumnType.of(one) for name, one in zip(table.columns, table.types, strict=True)}

    def _ask(self, query: str, **more: int) -> duckdb.DuckDBPyRelation:
        return self._connection.sql(query, params={"path": self._path} | more)

    @property
    def n_stored(self) -> int:
        """How many bytes the columns have uncompressed, a text of a dictionary once."""
        return int(self._ask(_STORED).fetchall()[0][0])

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return int(self._ask(_N_ROWS).fetchall()[0][0])

    def largest(self, column: str) -> tuple[int, int]:
        """Return how many bytes of text the largest value of a column has, and the number of its row, from 0."""
        size = _n_bytes(_quoted(column), self.types[column])
        query = f"select max({size}), arg_max(file_row_number, {size}) from read_parquet($path, file_row_number = true)"
        [(n_bytes, row)] = self._ask(query).fetchall()
        return int(n_bytes or 0), int(row or 0)

    def row_bytes(self, columns: Sequence[str]) -> NDArray[np.int64]:
        """Return how many bytes of text the columns of each row have."""
        size = " + ".join(_n_bytes(_quoted(name), self.types[name]) for name in columns) or "0"
        sizes: NDArray[np.int64] = frame_of(self._ask(f"select ({size})::bigint as n from read_parquet($path)"))[
            "n"
        ].to_numpy()
        return sizes

    def rows(self, columns: Sequence[str], start: int, end: int) -> pl.DataFrame:
        """Return the rows from number `start` up to before `end`."""
        names = ", ".join(map(_quoted, columns))
        between = "file_row_number >= $start and file_row_number < $end order by file_row_number"
        query = f"select {names} from read_parquet($path, file_row_number = true) where {between}"
        return frame_of(self._ask(query, start=start, end=end))


@contextmanager
def opened(path: Path) -> Iterator[ParquetFile]:
    """Yield the file at `path`.

    Raises:
        InputError: it is no Parquet file or is damaged, also where that shows later, within the block.
    """
    try:
        with duckdb.connect(config=duckdb_files.options()) as connection:
            yield ParquetFile(connection, path)
    # Names that are no UTF-8 are a RuntimeError of DuckDB's binding.
    except (duckdb.Error, RuntimeError, UnicodeDecodeError, pl.exceptions.PolarsError, OSError) as error:
        message = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
        raise InputError(f"it can't be read as parquet: {message}.", where=str(path), remedy=MAYBE_CUT) from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _n_bytes(value: str, dtype: ColumnType) -> str:
    """Return an expression for the bytes of text of a value, 0 where it is null."""
    if dtype.kind in _TEXTS:
        return f"coalesce({_TEXTS[dtype.kind]}({value}), 0)"
    if dtype.kind in ("list", "array"):
        inner = _n_bytes("one", dtype.parts[0][1])
        return f"coalesce(list_sum(list_transform({value}, lambda one: {inner})), 0)"
    if dtype.kind == "struct":
        fields = [_n_bytes(f"struct_extract({value}, {_literal(name)})", inner) for name, inner in dtype.parts]
        return f"({' + '.join(fields) or '0'})"
    if dtype.kind == "map":
        return f"coalesce(strlen({value}::varchar), 0)"
    return "8"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
