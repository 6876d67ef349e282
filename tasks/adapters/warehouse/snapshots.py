"""Writes the snapshot for readers: stored relations are copied, the others are computed in it or are views."""

from pathlib import Path

import duckdb

from tasks.adapters.warehouse import schema_version, sqlcolumns, sqlfiles, whole_files
from tasks.adapters.warehouse.duckdb_files import connect, options
from tasks.adapters.warehouse.sqlmacros import create_formulas, create_queries, literal
from tasks.domain.errors import InputError

READERS = "v1.4.0"
"""The oldest DuckDB that opens a snapshot: shells lag behind the library that writes it."""


def publish(warehouse: duckdb.DuckDBPyConnection, target: Path, facts: str, memory: str) -> None:
    """Write a snapshot to `target` and swap it in atomically, unless its content is the same already.

    Args:
        warehouse: the source.
        target: the snapshot.
        facts: a digest that changes with any row of the warehouse.
        memory: memory limit of DuckDB, as DuckDB writes it.
    """
    digest = f"{facts} {sqlfiles.digest()}"
    if _published_from(target) == digest:
        return
    beside = whole_files.beside(target)
    with warehouse.cursor() as cursor:
        cursor.execute(f"attach {literal(str(beside))} as snapshot (storage_version '{READERS}')")
        [[database]] = cursor.execute("select current_database()").fetchall()
        try:
            for schema in sqlfiles.SCHEMAS:
                cursor.execute(f'create schema snapshot."{schema}"')
            for relation in sqlfiles.relations():
                if relation.is_copied:
                    cursor.execute(f'create table snapshot.{relation.quoted} as from "{database}".{relation.quoted}')
        finally:
            cursor.execute("detach snapshot")
    with duckdb.connect(str(beside), config=options()) as connection:
        connection.execute(f"set memory_limit = {literal(memory)}")
        connection.begin()  # Committed one by one, a thousand comments take seconds.
        create_formulas(connection)
        for relation in sqlfiles.published():
            sqlfiles.create(connection, relation, is_refreshed=True, is_snapshot=True)
        create_queries(connection)
        sqlcolumns.describe(connection)
        connection.execute(f"create macro main.published_from() as {literal(digest)}")
        connection.commit()
    whole_files.swap_in(beside, target)


def open_snapshot(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a snapshot, read-only.

    Raises:
        InputError: it is of another version than this program reads, or no snapshot.
        WorldError: the file is no database.
    """
    connection = connect(path, is_read_only=True)
    try:
        schema_version.require_present(schema_version.version_of(connection), path)
    except BaseException:
        connection.close()
        raise
    return connection


def is_present(path: Path) -> bool:
    """Return whether a snapshot exists in the version that this program reads."""
    try:
        open_snapshot(path).close()
    except InputError:
        return False
    return True


def _published_from(path: Path) -> str | None:
    """Return the digest of the source of a snapshot; None where there is none, or none of this version."""
    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True, config=options()) as connection:
            return str(connection.execute("select main.published_from()").fetchall()[0][0])
    except duckdb.Error:
        return None
