"""What stands in each column: `sql/columns.toml` by name, the relations' files where it is otherwise."""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import duckdb

from tasks.adapters.settings import SQL_DIR
from tasks.adapters.warehouse.sqlfiles import columns_of, relations
from tasks.adapters.warehouse.sqlmacros import literal


@cache
def column_dictionary(root: Path = SQL_DIR) -> Mapping[str, str]:
    """Return what stands in columns by their names, where no relation says otherwise."""
    return tomllib.loads((root / "columns.toml").read_text(encoding="utf-8"))


def column_meanings(columns: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """Return what stands in each column by relation, as far as it is said.

    A column means what its relation's file says above it, else what the relations say that it is selected from, where
    these agree, else what the dictionary says of its name.

    Args:
        columns: names of columns by the relations' full names; of each relation, also of those that it reads.
    """
    otherwise: dict[str, dict[str, str]] = {}
    for relation in relations():
        read = [otherwise[source] for source in relation.reads if source in otherwise]
        inherited = {column: {texts[column] for texts in read if column in texts} for texts in read for column in texts}
        texts = {column: text for column, agreed in inherited.items() if len(agreed) == 1 for text in agreed}
        texts |= relation.own_meanings
        names = columns.get(relation.full_name, texts)
        otherwise[relation.full_name] = {column: text for column, text in texts.items() if column in names}
    by_name = column_dictionary()
    return {
        relation: {column: by_name[column] for column in names if column in by_name} | otherwise.get(relation, {})
        for relation, names in columns.items()
    }


def describe(connection: duckdb.DuckDBPyConnection) -> None:
    """Write into the database what its relations and their columns are, where any client shows it."""
    columns = {
        f"{schema}.{name}": [column for column, _ in named] for (schema, name), named in columns_of(connection).items()
    }
    views = connection.execute("select schema_name || '.' || view_name from duckdb_views() where not internal")
    is_view = {name for (name,) in views.fetchall()}
    meanings = column_meanings(columns)
    for relation in relations():
        if relation.full_name not in columns:
            continue
        kind = "view" if relation.full_name in is_view else "table"
        connection.execute(f"comment on {kind} {relation.quoted} is {literal(relation.described)}")
        for column, text in meanings[relation.full_name].items():
            connection.execute(f'comment on column {relation.quoted}."{column}" is {literal(text)}')
