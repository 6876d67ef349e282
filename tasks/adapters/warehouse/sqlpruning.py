"""Deletes old rounds from a database file, and compacts it."""

from pathlib import Path

import duckdb

from tasks.adapters.settings import SQL_DIR
from tasks.adapters.warehouse.sqlfiles import relations
from tasks.adapters.warehouse.sqlmacros import literal, macros


def n_prunable(connection: duckdb.DuckDBPyConnection, keep: int) -> int:
    """Return how many replies only rounds before the newest `keep` need; nothing is deleted."""
    connection.execute(f"set variable keep = {int(keep)}")
    connection.execute(_statements(connection)[0])  # Lists the requests to delete in a temporary table.
    [[n]] = connection.execute("select count(*) from raw.reply inner join doomed using (request_id)").fetchall()
    return int(n)


def prune(connection: duckdb.DuckDBPyConnection, keep: int) -> int:
    """Delete what only rounds before the newest `keep` need; return the number of deleted replies."""
    count = "select count(*) from raw.reply"
    [[n_before]] = connection.execute(count).fetchall()
    connection.begin()
    connection.execute(f"set variable keep = {int(keep)}")
    for statement in _statements(connection):
        connection.execute(statement)
    connection.commit()
    [[n_after]] = connection.execute(count).fetchall()
    return int(n_before - n_after)


def _statements(connection: duckdb.DuckDBPyConnection) -> list[duckdb.Statement]:
    return connection.extract_statements((SQL_DIR / "prune" / "old_rounds.sql").read_text(encoding="utf-8"))


def compact(connection: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Write a copy without the space of deleted rows; views are left out, as opening the copy creates them again."""
    connection.execute("delete from main.created_from")
    for relation in reversed(relations()):
        if not relation.is_declared and relation.stored not in ("published", "warehouse"):
            connection.execute(f"drop view if exists {relation.quoted}")
    for macro in macros():
        connection.execute(f"drop {macro.kind} if exists main.{macro.name}")
    [[database]] = connection.execute("select current_database()").fetchall()
    connection.execute(f"attach {literal(str(target))} as compacted")
    connection.execute(f'copy from database "{database}" to compacted')
    connection.execute("detach compacted")
