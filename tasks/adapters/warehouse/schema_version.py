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
class DatabaseVersion:
    """The schema version of a database, and the program version that wrote it."""

    number: int
    program: str


def version_of(connection: duckdb.DuckDBPyConnection) -> DatabaseVersion | None:
    """Return the version of an open database; None where it has no tables of this program."""
    tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where database_name = current_database() and schema_name in ('meta', 'raw')"
    ).fetchall()
    if ("meta.schema_version",) in tables:
        last = "select version, program_version from meta.schema_version order by version desc limit 1"
        return DatabaseVersion(*connection.execute(last).fetchall()[0])
    return DatabaseVersion(1, "0.1.0") if tables else None


def write_version(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Write this version into the database, unless it is there already."""
    connection.execute(
        "insert into meta.schema_version select $number, $program, $at"
        " where not exists (select 1 from meta.schema_version where version = $number)",
        {"number": number, "program": version("distillometer"), "at": now()},
    )


def is_older(present: DatabaseVersion | None, path: Path) -> bool:
    """Return whether a warehouse is of an older version and has to be migrated before use.

    Raises:
        InputError: it is of a newer version than this program knows.
    """
    if present is not None and present.number > SCHEMA_VERSION:
        raise _newer("warehouse", present, path)
    return present is not None and present.number < SCHEMA_VERSION


def require_present(present: DatabaseVersion | None, path: Path) -> None:
    """Require that a snapshot is of the version that this program reads.

    Raises:
        InputError: it is of another, or it is no snapshot of this program's.
    """
    if present is None:
        raise InputError("it is no snapshot of distillometer.", where=str(path), remedy="Give one, or a home.")
    if present.number > SCHEMA_VERSION:
        raise _newer("snapshot", present, path)
    if present.number < SCHEMA_VERSION:
        raise InputError(
            f"the snapshot is of schema version {present.number}, and this program reads version {SCHEMA_VERSION}.",
            where=str(path),
            remedy="Compute it again with `distillometer score`.",
        )


def _newer(kind: str, present: DatabaseVersion, path: Path) -> InputError:
    return InputError(
        f"the {kind} is of schema version {present.number}, and this program knows no version after {SCHEMA_VERSION}.",
        where=str(path),
        remedy=f"Use distillometer {present.program}, which wrote it, or a newer one; nothing was changed.",
    )
