"""Moves staged files into the warehouse with the statements of `sql/ingest`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from tasks.adapters.settings import SQL_DIR
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.arrow_streams import frame_of, stream_of
from tasks.adapters.warehouse.sqlmacros import literal
from tasks.adapters.warehouse.table_rows import Rows, appended

MEMORY = "600MB"
"""Memory of DuckDB during ingestion: staged files are streamed, and only ids are joined."""


class Ingestion:
    """Statements on staged files within the one transaction of an ingestion."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._cursor, self._folder = cursor, folder

    def parts(self, table: str) -> list[Path]:
        """Return the staged files of a table, in the order in which they were written."""
        return sorted(self._folder.glob(f"{table}-*.parquet"))

    def show(self, view: str, files: Sequence[Path]) -> None:
        """Create `view` over these files for the statements."""
        listed = ", ".join(literal(str(file)) for file in files)
        self._cursor.execute(f"create or replace temp view {view} as from read_parquet([{listed}])")

    def run(self, name: str) -> int:
        """Run the statements of `sql/ingest/NAME.sql`; return how many rows the last one wrote."""
        answer = self._cursor.execute(_text(name)).fetchall()
        return int(answer[0][0]) if answer else 0

    def rows(self, name: str) -> pl.DataFrame:
        """Return the rows of the query `sql/ingest/NAME.sql`."""
        return frame_of(self._cursor.sql(_text(name)))

    def append(self, table: str, rows: Rows) -> int:
        """Append rows as `Store.append` does."""
        return appended(self._cursor, table, rows)

    def replaced(self, rows: pl.DataFrame) -> None:
        """Register the replies that replace others."""
        self._cursor.register("incoming", stream_of(rows.select("request_id", "reply_id")))
        self._cursor.execute("insert into replaced by name select * from incoming")
        self._cursor.unregister("incoming")


def _text(name: str) -> str:
    return (SQL_DIR / "ingest" / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def ingestion(folder: Path, warehouse: store.Store) -> Iterator[Ingestion]:
    """Yield the ingestion of the staged files of `folder`: all rows are stored after the block, or none."""
    with warehouse.limited(MEMORY), warehouse.transaction() as cursor:
        yield Ingestion(cursor, folder)
