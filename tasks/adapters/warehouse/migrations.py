"""Brings a warehouse of an older version of the schema to the present one: filled anew beside it, then swapped in.

A step is one file, `sql/migration/N_to_M.sql`: statements that fill the tables of version M, new and empty as
`layout_M.sql` declares them, from the warehouse as it was, which is attached as `old`.
"""

import os
import shutil
import sys
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import duckdb

from tasks.adapters.settings import SQL_DIR
from tasks.adapters.warehouse import schema_version, sqlfiles
from tasks.adapters.warehouse.duckdb_files import connect, explained, options
from tasks.adapters.warehouse.schema_version import SCHEMA_VERSION
from tasks.adapters.warehouse.sqlmacros import literal
from tasks.domain.errors import WorldError

FOLDER = SQL_DIR / "migration"


def is_due(path: Path) -> bool:
    """Say whether the warehouse at `path` is of an older version.

    Raises:
        InputError: it is of a newer one.
        WorldError: another process has it open, or it is no database.
    """
    with explained(path), closing(connect(path, is_read_only=True)) as connection:
        return schema_version.is_older(schema_version.version_of(connection), path)


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the warehouse at `path` for writing, migrated if it is of an older version; whoever calls holds it.

    Raises:
        InputError: it is of a newer version; nothing was written.
        WorldError: the file is no database, or could not be migrated and is as it was.
    """
    connection = connect(path, is_read_only=False)
    try:
        here = schema_version.version_of(connection)
        is_older = schema_version.is_older(here, path)
    except BaseException:
        connection.close()
        raise
    if here is None or not is_older:
        return connection
    connection.close()  # A write-ahead log that a killed run left is folded in: the file alone is all of it.
    _migrate(path, here.number)
    return connect(path, is_read_only=False)


def _migrate(path: Path, since: int) -> None:
    """Put the migrated warehouse in the place of the old one, which is kept beside it."""
    made = [path.with_suffix(f".to-{number}.duckdb") for number in range(since + 1, SCHEMA_VERSION + 1)]
    try:
        for number, (source, target) in enumerate(zip([path, *made], made, strict=False), since + 1):
            _remove(target)
            n_replies = _step(source, target, number)
        shutil.copymode(path, made[-1])
        _sync(made[-1])
        kept = _keep(path, since)
        os.replace(made[-1], path)
    except (duckdb.Error, OSError) as error:
        raise WorldError(
            f"the warehouse can't be brought from schema version {since} to {SCHEMA_VERSION}:"
            f" {str(error).splitlines()[0]}",
            where=str(path),
            remedy="It is as it was. Make room on the disk, or mend what is named, and run the same command again.",
        ) from error
    finally:
        for target in made:
            _remove(target)
    with suppress(OSError):  # Not every file system knows it of folders.
        _sync(path.parent)
    sys.stderr.write(
        f"The warehouse was brought from schema version {since} to {SCHEMA_VERSION}, with its {n_replies} replies;"
        f" as it was it is kept as {kept}, until you remove that.\n"
        "Scores are formed anew by the next `distillometer score` or `evaluate`.\n"
    )


def _step(source: Path, target: Path, number: int) -> int:
    """Write `target`, of version `number`, from `source`, of the version before; return how many replies it has."""
    with duckdb.connect(str(target), config=options()) as connection:
        connection.execute(f"attach {literal(str(source))} as old (read_only)")
        connection.begin()
        for schema in sqlfiles.SCHEMAS:
            connection.execute(f'create schema "{schema}"')
        for name in (f"layout_{number}", f"{number - 1}_to_{number}"):
            connection.execute((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
        schema_version.write_version(connection, number)
        connection.commit()
        connection.execute("detach old")
        if number == SCHEMA_VERSION:
            sqlfiles.create_all(connection)
        connection.execute("checkpoint")  # Closing does so as well, but says nothing where the disk is full.
        [[n_replies]] = connection.execute("select count(*) from raw.reply").fetchall()
        return int(n_replies)


def _keep(path: Path, number: int) -> Path:
    """Give the file a second name, under which it stays when another takes its place; return that."""
    names = (path.with_suffix(f".version-{number}{'' if n == 1 else f'-{n}'}.duckdb") for n in count(1))
    kept = next(name for name in names if not name.exists() or name.samefile(path))
    if kept.exists():  # Of a migration that was killed before the swap.
        return kept
    try:
        os.link(path, kept)
    except OSError:  # The file system knows no second names.
        part = kept.with_suffix(".part")
        shutil.copy2(path, part)
        _sync(part)
        os.replace(part, kept)
    return kept


def _sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, also if the power fails now."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    """Remove a database with what DuckDB puts beside it."""
    for name in (path, path.with_name(f"{path.name}.wal")):
        name.unlink(missing_ok=True)
    shutil.rmtree(path.with_name(f"{path.name}.tmp"), ignore_errors=True)
