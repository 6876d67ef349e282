"""Writes the snapshot for readers: stored relations are copied, the others are computed in it or are views."""

import sys
from itertools import count
from pathlib import Path

import duckdb

from tasks.adapters.warehouse import empty_snapshots, schema_version, sqlfiles, whole_files
from tasks.adapters.warehouse.duckdb_files import connect, explained, options, unreadable
from tasks.adapters.warehouse.sqlmacros import literal
from tasks.domain.errors import DatabaseDamaged, InputError, WorldError


def publish(warehouse: duckdb.DuckDBPyConnection, target: Path, facts: str, memory: str) -> None:
    """Write a snapshot to `target` and swap it in atomically, unless its content is the same already.

    Args:
        warehouse: the source.
        target: the snapshot.
        facts: a digest that changes with any row of the warehouse.
        memory: memory limit of DuckDB, as DuckDB writes it.

    Raises:
        WorldError: the disk is full; the snapshot is as it was.
    """
    digest = f"{facts} {sqlfiles.digest()}"
    _set_aside_if_damaged(target)
    if _published_from(target) == digest:
        return
    beside = whole_files.beside(target)
    try:
        with explained(target), whole_files.room_for(target):
            _write(warehouse, beside, digest, memory)
            whole_files.swap_in(beside, target)
    finally:
        beside.unlink(missing_ok=True)
        beside.with_name(f"{beside.name}.wal").unlink(missing_ok=True)


def _write(warehouse: duckdb.DuckDBPyConnection, beside: Path, digest: str, memory: str) -> None:
    empty_snapshots.copy_to(beside)
    with warehouse.cursor() as cursor:
        cursor.execute(f"attach {literal(str(beside))} as snapshot")
        [[database]] = cursor.execute("select current_database()").fetchall()
        try:
            for relation in sqlfiles.relations():
                if relation.is_copied:
                    rows = f'from "{database}".{relation.quoted}'
                    cursor.execute(f"insert into snapshot.{relation.quoted} by name {rows}")
        finally:
            cursor.execute("detach snapshot")
    with duckdb.connect(str(beside), config=options()) as connection:
        connection.execute(f"set memory_limit = {literal(memory)}")
        connection.begin()
        for relation in sqlfiles.published():
            if relation.stored == "snapshot":
                connection.execute(f"insert into {relation.quoted} by name {relation.text}")
        connection.execute(f"create or replace macro main.published_from() as {literal(digest)}")
        connection.commit()
        connection.execute("checkpoint")  # Closing does so as well, but says nothing where the disk is full.


def open_snapshot(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a snapshot, read-only.

    Raises:
        InputError: it is of another version than this program reads, or no snapshot.
        DatabaseDamaged: the file is no database, or no whole one.
    """
    connection = connect(path, is_read_only=True)
    try:
        with explained(path):
            schema_version.require_present(schema_version.version_of(connection), path)
    except BaseException:
        connection.close()
        raise
    return connection


def is_present(path: Path) -> bool:
    """Return whether a snapshot exists in the version that this program reads."""
    try:
        open_snapshot(path).close()
    except (InputError, DatabaseDamaged):
        return False
    return True


def _set_aside_if_damaged(target: Path) -> None:
    """Rename a damaged snapshot and say so; nothing that can be opened and read is touched."""
    if not target.exists():
        return
    try:
        open_snapshot(target).close()
    except DatabaseDamaged:
        unreadable.add(target)
    except (InputError, WorldError):  # Of another version, which is replaced; held, or no file: `swap_in` says so.
        return
    if target not in unreadable:
        return
    unreadable.discard(target)
    names = (target.with_name(f"{target.stem}.damaged{'' if n == 1 else f'-{n}'}{target.suffix}") for n in count(1))
    aside = next(name for name in names if not name.exists())
    target.rename(aside)
    sys.stderr.write(f"The published snapshot was damaged: it is kept as {aside}, and published anew.\n")


def _published_from(path: Path) -> str | None:
    """Return the digest of the source of a snapshot; None where there is none, or none of this version."""
    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True, config=options()) as connection:
            return str(connection.execute("select main.published_from()").fetchall()[0][0])
    except duckdb.Error:
        return None
