"""A published snapshot as Polars frames, for notebooks and scripts.

>>> from distillometer import open_snapshot
>>> with open_snapshot("data/out") as snapshot:
...     snapshot.relations()                                  # each relation, and what a row of it is
...     snapshot.columns("mart.verdict")                      # the meaning of each column
...     snapshot.frame("mart.verdict", target="my-model")     # rows whose columns have these values
...     snapshot.sql("select * from mart.verdict where degree > 0.5")
...     snapshot.example("closest_pairs")                     # a query of sql/examples
"""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import snapshots, sqlfiles, store
from tasks.domain.errors import InputError
from tasks.domain.suggestions import unknown_name


class Snapshot:
    """An open snapshot, read-only: runs may go on, and its content stays as it was when it was opened."""

    def __init__(self, opened: store.Store, resources: ExitStack) -> None:
        self._store, self._resources = opened, resources
        self._relations = opened.read("meta.relation").sort("start_here", "schema_name", "relation", nulls_last=True)
        self._columns = opened.read("meta.relation_column").sort("relation", "position")

    @property
    def path(self) -> Path:
        """The file that is open."""
        return self._store.path

    def relations(self, schema: str | None = "mart") -> pl.DataFrame:
        """Return a row for each relation of `schema`, or of all schemas: what a row of it is, its grain and more."""
        if schema is None:
            return self._relations
        if schema not in sqlfiles.SCHEMAS:
            raise unknown_name("schema", schema, sqlfiles.SCHEMAS)
        return self._relations.filter(pl.col("schema_name") == schema)

    def columns(self, name: str) -> pl.DataFrame:
        """Return a row for each column of relation `name`: its type and its meaning."""
        return self._columns.filter(pl.col("relation") == self._full_name(name)).drop("relation")

    def frame(self, name: str, /, **where: Any) -> pl.DataFrame:
        """Return relation `name`, such as `mart.verdict`.

        Args:
            name: schema and name; the schema may be left out where it is mart.
            where: columns and the value each must have, or a list of values of which it must have one.

        Raises:
            InputError: there is no such relation or column, or its rows are formed when asked for and `where` lacks a
                column by which to filter it.
        """
        full_name = self._full_name(name)
        columns = self.columns(full_name)["column_name"].to_list()
        for column in where:
            if column not in columns:
                raise unknown_name("column", column, columns, where=full_name)
        relation = self._relations.row(by_predicate=pl.col("relation") == full_name, named=True)
        lacking = [column for column in (relation["filter_by"] or "").split(", ") if column and column not in where]
        if lacking:
            raise InputError(
                "its rows are formed for the pairs that are asked for, and not for all at once.",
                where=full_name,
                remedy=f"Say which rows: frame({full_name!r}, {', '.join(f'{column}=...' for column in lacking)}).",
            )
        schema, _, stem = full_name.partition(".")
        return self._store.read(f'"{schema}"."{stem}"', **where)

    def sql(self, text: str) -> pl.DataFrame:
        """Return the rows of one SELECT.

        Raises:
            InputError: it is not one statement that only reads, or DuckDB refuses it.
        """
        return self._store.ask(text)

    def example(self, name: str) -> pl.DataFrame:
        """Return the rows of a query of sql/examples."""
        examples = sqlfiles.examples()
        if name not in examples:
            raise unknown_name("example", name, examples)
        return self._store.ask(examples[name])

    def close(self) -> None:
        """Close the file; frames that were read stay."""
        self._resources.close()

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _full_name(self, name: str) -> str:
        names = self._relations["relation"].to_list()
        full_name = name if "." in name else f"mart.{name}"
        if full_name not in names:
            raise unknown_name("relation", name, names, where=str(self.path))
        return full_name


def open_snapshot(place: Path | str | None = None) -> Snapshot:
    """Open the published snapshot of a home, or a snapshot that was copied elsewhere.

    Args:
        place: a home, or a file that ends in .duckdb. Default: as for the command, `DISTILLOMETER_HOME` or data/out.

    Raises:
        InputError: nothing is published there, or by another version.
        WorldError: the file is no database.
    """
    with ExitStack() as resources:
        if place is not None and Path(place).suffix == ".duckdb":
            path = Path(place).expanduser()
            if not path.is_file():
                raise InputError("there is no such file.", where=str(path), remedy="Give a home or a snapshot's file.")
            opened = store.Store(snapshots.open_snapshot(path), path)
            resources.callback(opened.close)
        else:
            opened = resources.enter_context(store.reading(home_at(place)))
        return Snapshot(opened, resources.pop_all())
