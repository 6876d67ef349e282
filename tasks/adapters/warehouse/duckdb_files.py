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
from tasks.adapters.settings import SNAPSHOT, Home
from tasks.adapters.warehouse import whole_files
from tasks.domain.errors import DatabaseDamaged, InputError, WarehouseHeld, WorldError

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
        DatabaseDamaged: it is no database, or no whole one.
        WorldError: it can't be read or written, or a newer DuckDB wrote it.
    """
    try:
        return duckdb.connect(str(path), read_only=is_read_only, config=options())
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        if _HELD.search(reason):
            raise WarehouseHeld(
                "the database is held by another program.",
                where=str(path),
                remedy="Close it; to read while a run goes on, open published.duckdb beside it.",
            ) from None
        raise (damaged(error, path) if is_damage(error) else _unopened(reason, path)) from None


unreadable: set[Path] = set()
"""Databases of which this process could not read a part: a snapshot is set aside when the next one is published."""

_HELD = re.compile(r"could not set lock|conflicting lock", re.IGNORECASE)
_REFUSED = re.compile(
    r"permission denied|no space left|is a directory|read-only file system|version number|different configuration",
    re.IGNORECASE,
)
_CORRUPT = re.compile(r"corrupt database|checksum", re.IGNORECASE)
_FULL = re.compile(r"no space left|file too large|quota exceeded|could not write", re.IGNORECASE)
_OF_DAMAGE = (duckdb.IOException, duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException)


def is_damage(error: duckdb.Error) -> bool:
    """Return whether an error says that a database file has other content than was written to it."""
    text = str(error)
    is_of_file = isinstance(error, _OF_DAMAGE) or bool(_CORRUPT.search(text))
    return is_of_file and not _REFUSED.search(text) and not _FULL.search(text)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what a damaged database or a full disk means where DuckDB fails within the block; other errors stay.

    Raises:
        DatabaseDamaged: the database at `path` can't be read as it was written.
        WorldError: the disk has no room.
    """
    try:
        yield
    except duckdb.Error as error:
        if _FULL.search(str(error)):
            raise whole_files.no_room(path) from None
        if is_damage(error):
            unreadable.add(path)
            raise damaged(error, path) from None
        raise


def damaged(error: duckdb.Error, path: Path) -> DatabaseDamaged:
    """Return the error about a damaged file, with the way out: a snapshot can be formed anew, a warehouse can't."""
    is_snapshot = path.name == SNAPSHOT
    if is_snapshot:
        remedy = (
            "`distillometer score` or `evaluate` publishes it anew from the warehouse; this one is then kept aside."
        )
    else:
        remedy = (
            "Put a copy in its place, if there is one; else move it away with the .wal beside it and run again: replies"
            f" of the last run are still in {SNAPSHOT}, if that can be read (`distillometer export DIR --all`)."
        )
    return DatabaseDamaged(
        f"the {'snapshot' if is_snapshot else 'database'} is damaged: {str(error).splitlines()[0].rstrip('.')}.",
        where=str(path),
        remedy=remedy,
    )


def _unopened(reason: str, path: Path) -> WorldError:
    return WorldError(
        f"the database can't be opened: {reason.rstrip('.')}.",
        where=str(path),
        remedy="Use another --home, or move the file away.",
    )


@contextmanager
def all_or_nothing(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Make the block one transaction: its writes are stored after it, or none if it or the storing fails."""
    cursor.execute("begin")
    try:
        yield
        cursor.execute("commit")
    except BaseException:
        with suppress(duckdb.Error):  # A commit that fails has rolled back; a full disk may close the database.
            cursor.execute("rollback")
        raise


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
