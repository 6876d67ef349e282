"""Rows of raw tables: how they are appended, and a digest of all of them."""

from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from hashlib import sha256
from typing import Any

import duckdb
import polars as pl

from tasks.adapters.sqlfiles import Relation


def appended(cursor: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Any] | pl.DataFrame, key: str | None) -> int:
    """Append rows as `Store.append` does, within the transaction of `cursor`."""
    schema = cursor.sql(f"select * from raw.{table} limit 0").pl().schema
    if isinstance(rows, pl.DataFrame):
        frame = rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
    else:
        dicts = [asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in rows]
        frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in dicts], schema=schema)
    if frame.is_empty():
        return 0
    tests = " and ".join(f"old.{column} is not distinct from incoming.{column}" for column in (key or "").split(","))
    chosen = (
        f"select distinct on ({key}) * from incoming where not exists (select 1 from raw.{table} as old where {tests})"
        if key
        else "select * from incoming"
    )
    cursor.register("incoming", frame.to_arrow())
    [[n_new]] = cursor.execute(f"insert into raw.{table} by name {chosen}").fetchall()
    cursor.unregister("incoming")
    return int(n_new)


WHAT_COUNTS = {
    "lineage": "select * from core.model",
    "model": "select * from core.model",
    "run": "select distinct * exclude (event, happened_at) from raw.run",
    "request": """
        select * exclude (wanted_at), dense_rank() over (partition by model order by wanted_at) as wanted
        from raw.request
    """,
}
"""Of tables in which a run writes down that it took place, what changes results: files loaded again, a plan run again
where all is answered, change nothing; a return to an earlier file does."""


def rows_digest(cursor: duckdb.DuckDBPyConnection, relations: Sequence[Relation]) -> str:
    """Return what changes when a row of any of these raw tables does, as far as results depend on it."""
    told = []
    for relation in relations:
        columns = "* exclude (computed_at)" if "computed_at" in relation.text else "*"
        rows = WHAT_COUNTS.get(relation.name, f"select {columns} from {relation.quoted}")
        query = f"select count(*), sum(hash(row)::hugeint) from ({rows}) as row"
        told.append((relation.name, *cursor.execute(query).fetchall()[0]))
    return sha256(repr(told).encode()).hexdigest()
