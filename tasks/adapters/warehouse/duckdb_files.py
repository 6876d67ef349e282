"""Opens database files: one writer at a time, and a clear error where a file can't be opened."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

import duckdb

from tasks.adapters import settings
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError, WarehouseHeld, WorldError

_SELECTS = (duckdb.StatementType.SELECT, duckdb.StatementType.MULTI)  # MULTI: a pivot.
_EXPLAIN = re.compile(r"\s*explain\s+(analyze\s+)?(\([^)]*\)\s*)?", re.IGNORECASE)

Options = dict[str, str | bool | int | float | list[str]]


@cache
def options() -> Options:
    """Return the options of every connection: no downloads, and a memory limit.

    Computed once a process: DuckDB refuses a second connection to a file with other options.
    """
    return {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": settings.memory_limit(),
    }


@contextmanager
def warehouse_lock(home: Home) -> Iterator[None]:
    """Hold the lock of the warehouse for this process; the lock ends with the process.

    Raises:
        WarehouseHeld: another process holds it.
        WorldError: the home can't be written.
    """
    with _lock_file(home) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise WarehouseHeld(
                f"the warehouse is being written by {holder}.",
                where=str(home.warehouse),
                remedy="Wait for it to end, or use another --home; `query` and `report` read the published snapshot.",
            ) from None
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}")
        file.flush()
        yield


def has_lock_file(home: Home) -> bool:
    """Return whether a lock file exists, held or not."""
    return (home.root / "warehouse.lock").exists()


def _lock_file(home: Home) -> IO[str]:
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        return (home.root / "warehouse.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise WorldError(
            f"the home can't be written: {error.strerror}.", where=str(home.root), remedy="Use another --home."
        ) from error


def connect(path: Path, *, is_read_only: bool) -> duckdb.DuckDBPyConnection:
    """Return a connection to the database at `path`.

    Raises:
        WarehouseHeld: another program has it open.
        WorldError: it is no database, or can't be read or written.
    """
    try:
        return duckdb.connect(str(path), read_only=is_read_only, config=options())
    except duckdb.Error as error:
        if "lock" in str(error).lower():
            raise WarehouseHeld(
                "the database is held by another program.",
                where=str(path),
                remedy="Close it; to read while a run goes on, open published.duckdb beside it.",
            ) from error
        raise WorldError(
            f"the database can't be opened: {str(error).splitlines()[0]}",
            where=str(path),
            remedy="Use another --home, or move the file away.",
        ) from error


@contextmanager
def all_or_nothing(cursor: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Make the block one transaction: its writes are stored after it, or none if it or the storing fails.

    Raises:
        WorldError: the disk refuses, as where it is full.
    """
    cursor.execute("begin")
    try:
        yield
        cursor.execute("commit")
    except BaseException as error:
        with suppress(duckdb.Error):  # A commit that fails has rolled back already.
            cursor.execute("rollback")
        if _is_of_the_disk(error):
            raise WorldError(
                f"the warehouse can't be written: {str(error).splitlines()[0]}",
                where=str(path),
                remedy="Make room, then run the same command again: what was stored before is kept.",
            ) from error
        raise


def _is_of_the_disk(error: BaseException) -> bool:
    """Return whether DuckDB could not write; a commit that could not says so in an error of another kind."""
    reasons = ("Could not write", "No space left", "File too large")
    return isinstance(error, duckdb.Error) and any(reason in str(error) for reason in reasons)


def require_select(connection: duckdb.DuckDBPyConnection, text: str, path: Path) -> None:
    """Require that a user's SQL is one statement that only reads, or an explanation of one.

    Raises:
        InputError: it is not, or DuckDB can't parse it.
    """
    try:
        with connection.cursor() as cursor:
            statements = cursor.extract_statements(text)
            if len(statements) == 1 and statements[0].type is duckdb.StatementType.EXPLAIN:
                statements = cursor.extract_statements(_EXPLAIN.sub("", statements[0].query, count=1))
    except duckdb.Error as error:
        raise InputError(f"DuckDB refuses the query: {error}", remedy="Correct the SQL.") from error
    kinds = [statement.type for statement in statements]
    if len(kinds) != 1 or kinds[0] not in _SELECTS:
        raise InputError(
            f"the query is not one SELECT but {', '.join(kind.name for kind in kinds) or 'nothing'}.",
            where=str(path),
            remedy="The snapshot is only read: give one SELECT.",
        )


def lock_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Take from a database, until it is closed, whatever reaches beyond it: what follows is a user's SQL.

    It can read and write no file, load no extension, attach no database, and allow itself nothing of it again.
    """
    with connection.cursor() as cursor:
        [[is_open]] = cursor.execute("select current_setting('enable_external_access')").fetchall()
        if is_open:
            cursor.execute("set enable_external_access = false; set lock_configuration = true")
