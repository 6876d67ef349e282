"""The version of the schema: which one this program writes and reads, and which one a database has."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb

from tasks.adapters.settings import now
from tasks.domain.errors import InputError

SCHEMA_VERSION = 2
"""Of the facts' tables. One that changes: a new number, and a step of `sql/migration`; see CONTRIBUTING.md."""


@dataclass(frozen=True)
class Found:
    """The version that a database has, and who wrote it so."""

    number: int
    program: str


def found(connection: duckdb.DuckDBPyConnection) -> Found | None:
    """Return the version of an open database; None where it has no tables of this program's."""
    tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where database_name = current_database() and schema_name in ('meta', 'raw')"
    ).fetchall()
    if ("meta.schema_version",) in tables:
        last = "select version, program_version from meta.schema_version order by version desc limit 1"
        return Found(*connection.execute(last).fetchall()[0])
    return Found(1, "0.1.0") if tables else None


def put(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Say in the database that it has this version now, unless it says so already."""
    connection.execute(
        "insert into meta.schema_version select $number, $program, $at"
        " where not exists (select 1 from meta.schema_version where version = $number)",
        {"number": number, "program": version("distillometer"), "at": now()},
    )


def is_older(here: Found | None, path: Path) -> bool:
    """Say whether a warehouse is of an older version, so that it has to be migrated before it is used.

    Raises:
        InputError: it is of a newer version than this program knows.
    """
    if here is not None and here.number > SCHEMA_VERSION:
        raise _newer("warehouse", here, path)
    return here is not None and here.number < SCHEMA_VERSION


def require_present(here: Found | None, path: Path) -> None:
    """Make sure that a snapshot is of the version that this program reads.

    Raises:
        InputError: it is of another, or it is no snapshot of this program's.
    """
    if here is None:
        raise InputError("it is no snapshot of distillometer.", where=str(path), remedy="Give one, or a home.")
    if here.number > SCHEMA_VERSION:
        raise _newer("snapshot", here, path)
    if here.number < SCHEMA_VERSION:
        raise InputError(
            f"the snapshot is of schema version {here.number}, and this program reads version {SCHEMA_VERSION}.",
            where=str(path),
            remedy="Form it anew with `distillometer score`.",
        )


def _newer(kind: str, here: Found, path: Path) -> InputError:
    return InputError(
        f"the {kind} is of schema version {here.number}, and this program knows no version after {SCHEMA_VERSION}.",
        where=str(path),
        remedy=f"Use distillometer {here.program}, which wrote it, or a newer one; nothing was changed.",
    )
