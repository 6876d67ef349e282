"""The table macros of `sql/macro`: queries with parameters, which anybody may select from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from tasks.adapters.settings import SQL_DIR


@dataclass(frozen=True)
class Macro:
    """A query with parameters, which anybody may select from: `select * from name(...)`."""

    name: str
    parameters: str
    text: str
    comment: str


@cache
def macros(root: Path = SQL_DIR) -> tuple[Macro, ...]:
    """Return the table macros of `sql/macro`: the first line of each holds its parameters and documents a row."""
    parsed = []
    for path in sorted((root / "macro").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        called, _, comment = text.splitlines()[0].removeprefix("-- ").partition(": ")
        name, _, parameters = called.partition("(")
        parsed.append(Macro(name, parameters.rstrip(")"), text, comment))
    return tuple(parsed)


def create_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the table macros, or replace them."""
    for macro in macros():
        connection.execute(f"create or replace macro main.{macro.name}({macro.parameters}) as table {macro.text}")
        connection.execute(f"comment on macro table main.{macro.name} is {literal(macro.comment)}")


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def listed(columns: Sequence[str], name: str) -> str:
    """Return columns of relation `name` as a SELECT lists them."""
    if wrong := [column for column in columns if not column.isidentifier()]:
        raise ValueError(
            f"{wrong[0]!r} is no name of a column of {name}: what is computed from columns is a view of sql/core, and "
            "rows that are wanted once are read by Store.read_distinct."
        )
    return ", ".join(f'"{column}"' for column in columns)
