"""The snapshot without rows, kept between runs: to create its views and to describe their columns takes seconds."""

import shutil
from pathlib import Path

import duckdb

from tasks.adapters.settings import cache_dir
from tasks.adapters.warehouse import sqlcolumns, sqlfiles, whole_files
from tasks.adapters.warehouse.duckdb_files import options
from tasks.adapters.warehouse.sqlmacros import create_formulas, create_queries, literal
from tasks.domain.errors import WorldError

READERS = "v1.4.0"
"""The oldest DuckDB that opens a snapshot: shells lag behind the library that writes it."""


def copy_to(target: Path) -> None:
    """Write a snapshot without rows to `target`: a copy of the kept one, which is written where it is missing."""
    kept = cache_dir() / f"snapshot-{sqlfiles.digest()[:16]}.duckdb"
    if not _is_whole(kept):
        _write(target)
        _keep(target, kept)
    else:
        shutil.copyfile(kept, target)


def _is_whole(path: Path) -> bool:
    """Return whether there is a kept snapshot that opens, and is of these files of `sql/`."""
    if not path.exists():
        return False
    try:
        with duckdb.connect(str(path), read_only=True, config=options()) as connection:
            return connection.execute("select main.published_from()").fetchall() == [(sqlfiles.digest(),)]
    except duckdb.Error:
        return False


def _keep(written: Path, kept: Path) -> None:
    """Keep a copy for the next time, and none of other versions; where nothing can be written, there is none."""
    try:
        with whole_files.replaced(kept) as beside:
            shutil.copyfile(written, beside)
        for other in kept.parent.glob("snapshot-*.duckdb"):
            if other != kept:
                other.unlink(missing_ok=True)
    except (OSError, WorldError):
        return


def _write(target: Path) -> None:
    with duckdb.connect(config=options()) as warehouse:
        sqlfiles.create_all(warehouse)
        [[database]] = warehouse.execute("select current_database()").fetchall()
        warehouse.execute(f"attach {literal(str(target))} as snapshot (storage_version '{READERS}')")
        for schema in sqlfiles.SCHEMAS:
            warehouse.execute(f'create schema snapshot."{schema}"')
        for relation in sqlfiles.relations():
            if relation.is_copied:
                rows = f'from "{database}".{relation.quoted} limit 0'
                warehouse.execute(f"create table snapshot.{relation.quoted} as {rows}")
        warehouse.execute("detach snapshot")
    with duckdb.connect(str(target), config=options()) as connection:
        connection.begin()  # Committed one by one, a thousand comments take seconds.
        create_formulas(connection)
        for relation in sqlfiles.published():
            sqlfiles.create(connection, relation, is_snapshot=True)
        create_queries(connection)
        sqlcolumns.describe(connection)
        connection.execute(f"create macro main.published_from() as {literal(sqlfiles.digest())}")
        connection.commit()
