"""The macros of `sql/macro`: formulas that several relations share, and queries with parameters for anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from tasks.adapters.settings import SQL_DIR


@dataclass(frozen=True)
class Macro:
    """A query with parameters, which anybody may select from by `select * from name(...)`, or a formula."""

    name: str
    parameters: str
    text: str
    comment: str

    @property
    def kind(self) -> str:
        """What DuckDB calls it: a query says in its comment what a row is."""
        return "macro table" if self.comment.startswith("one row per ") else "macro"


@cache
def macros(root: Path = SQL_DIR) -> tuple[Macro, ...]:
    """Return the macros of `sql/macro`: the first line of each has its parameters, and says what it returns."""
    parsed = []
    for path in sorted((root / "macro").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        called, _, comment = text.splitlines()[0].removeprefix("-- ").partition(": ")
        name, _, parameters = called.partition("(")
        parsed.append(Macro(name, parameters.rstrip(")"), text, comment))
    return tuple(parsed)


def create_formulas(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the formulas, or replace them: relations read them."""
    for macro in macros():
        if macro.kind == "macro":
            _create(connection, macro, f"({macro.text})")


def create_queries(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the queries, or replace them: they read relations."""
    for macro in macros():
        if macro.kind == "macro table":
            _create(connection, macro, f"table {macro.text}")


def _create(connection: duckdb.DuckDBPyConnection, macro: Macro, body: str) -> None:
    connection.execute(f"create or replace macro main.{macro.name}({macro.parameters}) as {body}")
    connection.execute(f"comment on {macro.kind} main.{macro.name} is {literal(macro.comment)}")


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
