"""The warehouse, with its one writer, and the snapshot that everybody reads."""

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
from tasks.adapters.warehouse.duckdb_files import connect, held, is_locked_somewhere, options
from tasks.adapters.warehouse.sqlmacros import listed, literal
from tasks.adapters.warehouse.table_rows import Rows
from tasks.domain.errors import InputError

_OTHER_VERSION = "Another version of distillometer wrote it: form it anew with `distillometer score`."
_write_lock = threading.RLock()
_READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)  # MULTI: a pivot.


class Store:
    """An open database: the warehouse, or a snapshot (then only reads work). One cursor a call, safe from threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._connection, self.path = connection, path
        self._memory = str(options()["memory_limit"])

    def close(self) -> None:
        """Close the database; the write-ahead log is folded in."""
        self._connection.close()

    def _select(self, what: str, name: str, where: dict[str, Any]) -> pl.DataFrame:
        tests = " and ".join(
            f"list_contains(${key}, {key})" if isinstance(value, list) else f"{key} = ${key}"
            for key, value in where.items()
        )
        return self._run(f"select {what} from {name}" + (f" where {tests}" if tests else ""), where, _OTHER_VERSION)

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
            relation: Any = cursor.sql(text, params=params)
            return relation.pl() if relation is not None else pl.DataFrame()
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
        cursor = self._connection.cursor()
        try:
            kinds = [statement.type for statement in cursor.extract_statements(text)]
        except duckdb.Error as error:
            raise InputError(f"DuckDB refuses the query: {error}", remedy="Correct the SQL.") from error
        finally:
            cursor.close()
        if len(kinds) != 1 or kinds[0] not in _READING:
            raise InputError(
                f"the query is not one SELECT but {', '.join(kind.name for kind in kinds) or 'nothing'}.",
                where=str(self.path),
                remedy="The snapshot is only read: give one SELECT.",
            )
        return self._run(text, {}, "Correct the SQL.")

    def append(self, table: str, rows: Rows) -> int:
        """Append rows to a table of facts, or of scores that are kept, and return how many were new.

        Left out are rows that are there already, by the key in the table's header, and columns that it lacks.

        Raises:
            ValueError: there is no such table, or each scoring replaces its rows.
        """
        with self.transaction() as cursor:
            return table_rows.appended(cursor, table, rows)

    def replace(self, table: str, rows: Rows, **where: Any) -> None:
        """Put `rows` in the place of the rows of a table of scores that match `where`; raises as `replacing` does."""
        with self.replacing(table, **where) as put:
            put(table, rows)

    def digest(self, relations: Sequence[sqlfiles.Relation]) -> str:
        """Return what changes when a row of any of these tables does; see `table_rows.rows_digest`."""
        with self._connection.cursor() as cursor:
            return table_rows.rows_digest(cursor, relations)

    @contextmanager
    def replacing(self, *tables: str, **where: Any) -> Iterator[Callable[[str, Rows], None]]:
        """Delete the rows of tables of scores that match `where`; yield what adds rows, all after the block or none.

        Raises:
            ValueError: there is no such table, or it holds facts.
        """
        with self.transaction() as cursor:
            for table in tables:
                table_rows.clear(cursor, table, where)
            yield partial(table_rows.put, cursor)

    def touch_requests(self, request_ids: list[str], requested_at: Any) -> None:
        """Say that these requests are wanted again, so that they count before older ones to the same question."""
        frame = pl.DataFrame({"request_id": request_ids}, schema={"request_id": pl.String})
        with self.transaction() as cursor:
            cursor.register("incoming", frame.to_arrow())
            cursor.execute(
                "update raw.request set requested_at = $at where request_id in (select request_id from incoming)",
                {"at": requested_at},
            )

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield the cursor of one transaction: what it writes is there after the block, or nothing if that raises."""
        with _write_lock:
            cursor = self._connection.cursor()
            cursor.execute("begin")
            try:
                yield cursor
                cursor.execute("commit")
            except BaseException:
                cursor.execute("rollback")
                raise
            finally:
                cursor.close()

    @contextmanager
    def limited(self, memory: str) -> Iterator[None]:
        """Have the database, and a snapshot of it, take no more than `memory` within the block, or less as before."""
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
        """Form the stored relations anew from what is in the warehouse, in the order in which they read each other."""
        with self.transaction() as cursor:
            for relation in sqlfiles.relations():
                if relation.stored:
                    sqlfiles.create(cursor, relation, is_refreshed=True)

    def publish(self, target: Path) -> None:
        """Write a snapshot to `target` and swap it in atomically; whoever reads the old one keeps it.

        Where `target` holds just this already, but for when runs took place, nothing is written.
        """
        tables = [relation for relation in sqlfiles.relations() if relation.is_declared]
        with _write_lock:
            snapshots.publish(self._connection, target, self.digest(tables), self._memory)

    def query(self, text: str) -> pl.DataFrame:
        """Return the result of a SELECT of this program's."""
        return self._run(text, {}, _OTHER_VERSION)

    def execute(self, text: str) -> None:
        """Run a statement of this program's that gives nothing back."""
        with self._connection.cursor() as cursor:
            cursor.execute(text)

    def batches(self, text: str, n_rows: int) -> Iterator[pl.DataFrame]:
        """Yield the result of a SELECT of this program's, so many rows at a time."""
        with self._connection.cursor() as cursor:
            for batch in cursor.sql(text).to_arrow_reader(n_rows):
                yield pl.DataFrame(pl.from_arrow(batch))


def check_free(home: Home) -> None:
    """Raise what `writing` would raise where the warehouse is held or is no database; creates nothing."""
    if is_locked_somewhere(home):
        with held(home):
            pass
    if home.warehouse.exists():
        with looking(home):
            pass


@contextmanager
def looking(home: Home) -> Iterator[Store]:
    """Open the warehouse read-only, to see what is there before anything starts; nobody may be writing to it.

    One of an older version is migrated first: what is looked at is what the run will find.

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
        stack.enter_context(held(home))
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
