"""Writes the snapshot that everybody reads: what is stored is copied, the rest is formed in it or is a view."""

import os
from pathlib import Path

import duckdb

from tasks.adapters import sqlfiles
from tasks.adapters.opening import options
from tasks.adapters.sqlmacros import create_macros, literal

READERS = "v1.4.0"
"""The oldest DuckDB that opens a snapshot: shells lag behind the library that writes it."""


def publish(warehouse: duckdb.DuckDBPyConnection, target: Path, facts: str, memory: str) -> None:
    """Write a snapshot to `target` and swap it in atomically, unless it holds just this already.

    Args:
        warehouse: what is published.
        target: the snapshot.
        facts: what changes with any row of the warehouse.
        memory: how much of it DuckDB may take, as DuckDB writes it.
    """
    digest = f"{facts} {sqlfiles.digest()}"
    if _published_from(target) == digest:
        return
    beside = target.with_suffix(".new.duckdb")
    beside.unlink(missing_ok=True)
    with warehouse.cursor() as cursor:
        cursor.execute(f"attach {literal(str(beside))} as snapshot (storage_version '{READERS}')")
        [[here]] = cursor.execute("select current_database()").fetchall()
        try:
            for schema in sqlfiles.SCHEMAS:
                cursor.execute(f'create schema snapshot."{schema}"')
            for relation in sqlfiles.relations():
                if relation.is_copied:
                    cursor.execute(f'create table snapshot.{relation.quoted} as from "{here}".{relation.quoted}')
        finally:
            cursor.execute("detach snapshot")
    with duckdb.connect(str(beside), config=options()) as connection:
        connection.execute(f"set memory_limit = {literal(memory)}")
        connection.begin()  # Committed one by one, a thousand comments take seconds.
        for relation in sqlfiles.published():
            sqlfiles.create(connection, relation, is_refreshed=True, is_snapshot=True)
        create_macros(connection)
        sqlfiles.describe(connection)
        connection.execute(f"create macro main.published_from() as {literal(digest)}")
        connection.commit()
    os.replace(beside, target)


def _published_from(path: Path) -> str | None:
    """Return what a snapshot was formed from; None where there is none, or none of this version."""
    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True, config=options()) as connection:
            return str(connection.execute("select main.published_from()").fetchall()[0][0])
    except duckdb.Error:
        return None
