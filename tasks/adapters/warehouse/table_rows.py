"""Rows of the tables of `sql/raw` and `sql/score`: how they are appended or replaced, and a digest of all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from functools import cache
from hashlib import sha256
from typing import Any, get_args

import duckdb
import polars as pl

from tasks.adapters.warehouse import sqlfiles
from tasks.adapters.warehouse.arrow_streams import frame_of, stream_of
from tasks.adapters.warehouse.sqlfiles import Relation
from tasks.domain.rows import Purpose

Rows = Sequence[Any] | pl.DataFrame
"""Dataclass instances, dicts or a frame; of the former two, what a table has no column for is left out."""


@dataclass(frozen=True)
class Key:
    """By which columns a row is known to be there already.

    A key `a, b as of t` is of a history: a row is left out that says what the row before it, by the time `t`, says of
    the same `a` and `b`. One that says again what an earlier row said is news.
    """

    columns: tuple[str, ...]
    as_of: str | None

    @classmethod
    def of(cls, relation: Relation) -> "Key":
        """Return the key of a table, as its header says it."""
        columns, _, as_of = relation.key.partition(" as of ")
        return cls(tuple(columns.split(", ")), as_of or None)


@cache
def _tables() -> dict[str, Relation]:
    """Return the declared tables by their name, which no two schemas share."""
    return {relation.name: relation for relation in sqlfiles.relations() if relation.is_declared}


def table(name: str) -> Relation:
    """Return the table of that name.

    Raises:
        ValueError: there is none.
    """
    if name not in _tables():
        folders = "sql/raw or sql/score"
        raise ValueError(f"there is no table {name!r}: no file {name}.sql in {folders} declares it.")
    return _tables()[name]


def scored(name: str) -> Relation:
    """Return the table of that name in schema score.

    Raises:
        ValueError: there is none, or it is one of facts, whose rows stay.
    """
    found = table(name)
    if found.schema != "score":
        raise ValueError(f"{found.full_name} holds facts, which are never replaced: use Store.append.")
    return found


def appended(cursor: duckdb.DuckDBPyConnection, name: str, rows: Rows) -> int:
    """Append rows as `Store.append` does, within the transaction of `cursor`."""
    into = table(name)
    if into.is_computed:
        raise ValueError(
            f"each scoring replaces the rows of {into.full_name}: use Store.replace, or say in a line `-- kept:` of "
            "its header why they stay."
        )
    grain = into.grain.split(", ")
    frame = _frame(cursor, into, rows).unique(grain, keep="first", maintain_order=True)
    if frame.is_empty():
        return 0
    key = Key.of(into)
    there = f"select 1 from {into.full_name} as old where {_same(grain)}"
    new = f"select * from incoming where not exists ({there})"
    cursor.register("incoming", stream_of(frame))
    chosen = new if key.as_of is None else _changed(into, frame.columns, key, new)
    [[n_new]] = cursor.execute(f"insert into {into.full_name} by name {chosen}").fetchall()
    if name == "request":
        _raise_purposes(cursor)
    cursor.unregister("incoming")
    return int(n_new)


def _raise_purposes(cursor: duckdb.DuckDBPyConnection) -> None:
    """Give requests that are there already the purpose of the incoming ones, where that is a later one."""
    cursor.execute(
        "update raw.request set purpose = incoming.purpose from incoming"
        " where request.request_id = incoming.request_id"
        " and list_position($order, incoming.purpose) > list_position($order, request.purpose)",
        {"order": list(get_args(Purpose))},
    )


def _same(columns: Sequence[str]) -> str:
    return " and ".join(f"old.{column} is not distinct from incoming.{column}" for column in columns)


def _changed(into: Relation, columns: Sequence[str], key: Key, new: str) -> str:
    """Return the query of the rows of `new` that say something else than the row before them."""
    keys = ", ".join(key.columns)
    told = ", ".join(column for column in columns if column not in (*key.columns, key.as_of))
    return f"""
        with said as (
            select *, false as is_new from {into.full_name} semi join incoming using ({keys})
            union all by name
            select *, true as is_new from ({new})
        ),
        beside as (
            select *, row({told}) as told, lag(told) over (partition by {keys} order by {key.as_of}) as told_before
            from said
        )
        select {", ".join(columns)} from beside where is_new and told is distinct from told_before
    """


def put(cursor: duckdb.DuckDBPyConnection, name: str, rows: Rows) -> None:
    """Add rows to a table of scores, within the transaction of `cursor`."""
    into = scored(name)
    frame = rows if isinstance(rows, pl.DataFrame) else _frame(cursor, into, rows)
    if not frame.is_empty():
        cursor.register("incoming", stream_of(frame))
        cursor.execute(f"insert into {into.full_name} by name select * from incoming")
        cursor.unregister("incoming")


def clear(cursor: duckdb.DuckDBPyConnection, name: str, where: Mapping[str, Any]) -> None:
    """Delete the rows of a table of scores that match `where`, within the transaction of `cursor`."""
    tests = " and ".join(f"{column} = ${column}" for column in where) or "true"
    cursor.execute(f"delete from {scored(name).full_name} where {tests}", dict(where))


def _frame(cursor: duckdb.DuckDBPyConnection, into: Relation, rows: Rows) -> pl.DataFrame:
    """Return rows as a frame with the table's columns."""
    schema = frame_of(cursor.sql(f"select * from {into.full_name} limit 0")).schema
    if isinstance(rows, pl.DataFrame):
        return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    dicts = [asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in rows]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in dicts], schema=schema)


WHAT_COUNTS = {
    "lineage": "select * from core.model",
    "model": "select * from core.model",
    "run": "select distinct * exclude (event, happened_at) from raw.run",
    "request": """
        select * exclude (requested_at), dense_rank() over (partition by model order by requested_at) as wanted
        from raw.request
    """,
}
"""Of tables in which a run writes down that it took place, what changes results: files loaded again, a plan run again
where all is answered, change nothing; a return to an earlier file does."""


def rows_digest(cursor: duckdb.DuckDBPyConnection, relations: Sequence[Relation]) -> str:
    """Return what changes when a row of any of these tables does, as far as results depend on it."""
    told = []
    for relation in relations:
        columns = "* exclude (computed_at)" if "computed_at" in relation.text else "*"
        rows = WHAT_COUNTS.get(relation.name, f"select {columns} from {relation.quoted}")
        query = f"select count(*), sum(hash(row)::hugeint) from ({rows}) as row"
        told.append((relation.name, *cursor.execute(query).fetchall()[0]))
    return sha256(repr(told).encode()).hexdigest()
