"""The warehouse, with its one writer, and the snapshot for readers."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from tasks.adapters import settings
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import migrations, snapshots, sqlfiles, table_rows
from tasks.adapters.warehouse.arrow_streams import frame_of, stream_of
from tasks.adapters.warehouse.duckdb_files import (
    all_or_nothing,
    connect,
    explained,
    has_lock_file,
    lock_out,
    options,
    require_select,
    warehouse_lock,
)
from tasks.adapters.warehouse.sqlmacros import listed, literal
from tasks.adapters.warehouse.table_rows import Rows
from tasks.domain.errors import InputError

_OTHER_VERSION = "Another version of distillometer wrote it: compute it again with `distillometer score`."
_write_lock = threading.RLock()


class Store:
    """An open database: the warehouse, or a snapshot (then only reads work). One cursor a call, safe from threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection, self.path = connection, path
        self._memory = str(options()["memory_limit"])

    def close(self) -> None:
        """Close the database; the write-ahead log is folded in."""
        self._connection.close()

    def _select(self, columns: str, name: str, where: dict[str, Any]) -> pl.DataFrame:
        tests = " and ".join(
            f"list_contains(${key}, {key})" if isinstance(value, list) else f"{key} = ${key}"
            for key, value in where.items()
        )
        return self._run(f"select {columns} from {name}" + (f" where {tests}" if tests else ""), where, _OTHER_VERSION)

    def read(self, name: str, **where: Any) -> pl.DataFrame:
        """Return the rows of relation `name` whose columns equal the values of `where` (a list: are among them)."""
        return self._select("*", name, where)

    def read_columns(self, name: str, columns: Sequence[str], **where: Any) -> pl.DataFrame:
        """Return only `columns` of the rows that `read` returns.

        Raises:
            ValueError: one of them is no column's name.
        """
        return self._select(listed(columns, name), name, where)

    def read_distinct(self, name: str, columns: Sequence[str], **where: Any) -> pl.DataFrame:
        """Return what `read_columns` returns, each row once."""
        return self._select(f"distinct {listed(columns, name)}", name, where)

    def schema(self, name: str) -> pl.Schema:
        """Return the columns of relation `name`, with their types."""
        return self._run(f"select * from {name} limit 0", {}, _OTHER_VERSION).schema

    def count(self, name: str) -> int:
        """Return the number of rows of relation `name`."""
        return int(self._run(f"select count(*) from {name}", {}, _OTHER_VERSION).item())

    def _run(self, text: str, params: dict[str, Any], remedy: str) -> pl.DataFrame:
        """Return the result of one SELECT with named parameters; where DuckDB refuses it, raise InputError."""
        cursor = self._connection.cursor()
        try:
            with explained(self.path):
                relation: Any = cursor.sql(text, params=params)
                return frame_of(relation) if relation is not None else pl.DataFrame()
        except duckdb.Error as error:
            raise InputError(f"DuckDB refuses the query: {error}", where=str(self.path), remedy=remedy) from error
        except pl.exceptions.PolarsError as error:
            raise InputError("a column's type can't be shown.", remedy="Cast it to varchar.") from error
        finally:
            cursor.close()

    def ask(self, text: str) -> pl.DataFrame:
        """Return the result of a query that a user wrote.

        Raises:
            InputError: it is not exactly one statement that only reads, or DuckDB refuses it.
        """
        require_select(self._connection, text, self.path)
        lock_out(self._connection)
        return self._run(text, {}, "Correct the SQL.")

    def append(self, table: str, rows: Rows) -> int:
        """Append rows to a table of facts, or of scores that are kept; return the number of new rows.

        Rows that are there already, by the key in the table's header, and unknown columns are left out.

        Raises:
            ValueError: there is no such table, or each scoring replaces its rows.
        """
        with self.transaction() as cursor:
            return table_rows.appended(cursor, table, rows)

    def replace(self, table: str, rows: Rows, **where: Any) -> None:
        """Replace the rows of a table of scores that match `where` with `rows`; raises as `replacing` does."""
        with self.replacing(table, **where) as add_rows:
            add_rows(table, rows)

    def digest(self, relations: Sequence[sqlfiles.Relation]) -> str:
        """Return a digest that changes with any row of these tables; see `table_rows.rows_digest`."""
        with self._connection.cursor() as cursor:
            return table_rows.rows_digest(cursor, relations)

    @contextmanager
    def replacing(self, *tables: str, **where: Any) -> Iterator[Callable[[str, Rows], None]]:
        """Delete the rows of tables of scores that match `where`; yield a function that adds rows: all or nothing.

        Raises:
            ValueError: there is no such table, or it holds facts.
        """
        with self.transaction() as cursor:
            for table in tables:
                table_rows.clear(cursor, table, where)
            yield partial(table_rows.put, cursor)

    def touch_requests(self, request_ids: list[str], requested_at: Any) -> None:
        """Renew the time of these requests, so that they count before older ones to the same question."""
        frame = pl.DataFrame({"request_id": request_ids}, schema={"request_id": pl.String})
        with self.transaction() as cursor:
            cursor.register("incoming", stream_of(frame))
            cursor.execute(
                "update raw.request set requested_at = $at where request_id in (select request_id from incoming)",
                {"at": requested_at},
            )

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield the cursor of one transaction: its writes are stored after the block, or none if it raises.

        Raises:
            WorldError: the disk refuses, as where it is full.
        """
        with _write_lock, self._connection.cursor() as cursor, explained(self.path), all_or_nothing(cursor):
            yield cursor

    @contextmanager
    def limited(self, memory: str) -> Iterator[None]:
        """Limit the database, and a snapshot of it, to `memory` within the block, or to a lower limit that is set."""
        usual = self._memory
        try:
            self._remember(min(memory, usual, key=settings.memory_bytes))
            yield
        finally:
            self._remember(usual)

    def _remember(self, memory: str) -> None:
        self._memory = memory
        with self._connection.cursor() as cursor:
            cursor.execute(f"set memory_limit = {literal(memory)}")

    def refresh(self) -> None:
        """Compute the stored relations again from the warehouse, in the order in which they read each other."""
        with self.transaction() as cursor:
            for relation in sqlfiles.relations():
                if relation.stored in ("published", "warehouse"):
                    cursor.execute(f"create or replace table {relation.quoted} as {relation.text}")

    def publish(self, target: Path) -> None:
        """Write a snapshot to `target` and swap it in atomically; readers of the old one keep it.

        Nothing is written where `target` has the same content, except for the times of runs.
        """
        tables = [relation for relation in sqlfiles.relations() if relation.is_declared]
        with _write_lock:
            snapshots.publish(self._connection, target, self.digest(tables), self._memory)

    def query(self, text: str) -> pl.DataFrame:
        """Return the result of a SELECT of this program."""
        return self._run(text, {}, _OTHER_VERSION)

    def execute(self, text: str) -> None:
        """Run a statement of this program that returns nothing."""
        with self._connection.cursor() as cursor:
            cursor.execute(text)

    def batches(self, text: str, n_rows: int) -> Iterator[pl.DataFrame]:
        """Yield the result of a SELECT of this program, `n_rows` rows at a time."""
        with self._connection.cursor() as cursor:
            schema = frame_of(cursor.sql(f"select * from ({text}) limit 0")).schema
            cursor.execute(text)
            while rows := cursor.fetchmany(n_rows):
                yield pl.DataFrame(rows, schema=schema, orient="row")


def require_writable(home: Home) -> None:
    """Require that the warehouse, if it exists, is a database and not held; raises as `writing`, creates nothing."""
    if has_lock_file(home):
        with warehouse_lock(home):
            pass
    if home.warehouse.exists():
        with inspecting(home):
            pass


@contextmanager
def inspecting(home: Home) -> Iterator[Store]:
    """Open the warehouse read-only, before a run starts; no other process may be writing to it.

    One of an older version is migrated first: the run will read the same content.

    Raises:
        InputError: there is no warehouse yet, or it is of a newer version.
        WorldError: another process has it open, or it is no database.
    """
    if not home.warehouse.exists():
        raise InputError(
            "there is no warehouse here yet.",
            where=str(home.root),
            remedy="Run `distillometer evaluate` or `distillometer ingest` first, or give --home.",
        )
    if home.root in _shared:
        with writing(home) as shared:
            yield shared
        return
    if migrations.is_due(home.warehouse):
        with writing(home):
            pass
    with closing(connect(home.warehouse, is_read_only=True)) as connection:
        yield Store(connection, home.warehouse)


@dataclass
class _Shared:
    store: Store
    resources: ExitStack
    n_users: int = 0


_shared: dict[Path, _Shared] = {}


@contextmanager
def writing(home: Home) -> Iterator[Store]:
    """Open the warehouse for writing; within one process every caller shares one open store.

    Raises:
        InputError: it is of a newer version.
        WarehouseHeld: another process has it open.
        WorldError: the file is no DuckDB database, or the disk refuses.
    """
    with _write_lock:
        shared = _shared.get(home.root) or _opened(home)
        _shared[home.root] = shared
        shared.n_users += 1
    try:
        yield shared.store
    finally:
        with _write_lock:
            shared.n_users -= 1
            if not shared.n_users:
                del _shared[home.root]
                shared.resources.close()


def _opened(home: Home) -> _Shared:
    with ExitStack() as stack:
        stack.enter_context(warehouse_lock(home))
        with explained(home.warehouse):
            connection = migrations.open_warehouse(home.warehouse)
            store = Store(connection, home.warehouse)
            stack.callback(store.close)
            sqlfiles.create_all(connection)
        return _Shared(store, stack.pop_all())


@contextmanager
def reading(home: Home) -> Iterator[Store]:
    """Open the published snapshot, read-only; it never blocks a run and is never blocked by one.

    Raises:
        InputError: nothing has been published yet, or by another version.
        WorldError: the file is no database.
    """
    if not home.published.exists():
        raise InputError(
            "nothing is published here yet.",
            where=str(home.root),
            remedy="Run `distillometer evaluate` or `distillometer ingest` and `score` first, or give --home.",
        )
    with closing(snapshots.open_snapshot(home.published)) as connection:
        yield Store(connection, home.published)
