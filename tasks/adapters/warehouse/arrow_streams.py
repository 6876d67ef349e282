"""Tables handed from DuckDB to Polars and back as streams of Arrow's C interface, without a package between them.

Polars keeps the type of what it is given until the process ends, and with it all that the type's module has imported:
so this module does not import DuckDB, whose binding would complain at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

_UNKNOWN = ("INTERVAL", "UNION(")
"""Types that Polars does not have: it ends with a panic where it is given one."""


@dataclass(frozen=True)
class ArrowStream:
    """Anything that offers a stream, without what else it is."""

    source: Any

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a new stream of the source's rows."""
        return self.source.__arrow_c_stream__(requested_schema)


def stream_of(frame: pl.DataFrame) -> ArrowStream:
    """Return a frame as DuckDB takes it, which reads no column that has nulls but no type: these become texts."""
    untyped = {pl.Null(): pl.String(), pl.List(pl.Null): pl.List(pl.String)}
    casts = [pl.col(name).cast(untyped[dtype]) for name, dtype in frame.schema.items() if dtype in untyped]
    return ArrowStream(frame.with_columns(casts))


def frame_of(relation: Any) -> pl.DataFrame:
    """Return the rows of a relation of DuckDB; a name that comes again has a number.

    Raises:
        polars.exceptions.PolarsError: Polars has no such type as one of a column.
    """
    if any(kind in str(dtype) for dtype in relation.types for kind in _UNKNOWN):
        raise pl.exceptions.ComputeError("Polars has no such type")
    names = list(relation.columns)
    if len(set(names)) < len(names):
        relation = relation.project(", ".join(f"#{place} as {_quoted(name)}" for place, name in _numbered(names)))
    try:
        return pl.DataFrame(ArrowStream(relation))
    except pl.exceptions.PanicException as error:
        raise pl.exceptions.ComputeError(str(error)) from None


def _numbered(names: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the place, from 1, and a name of its own for each column."""
    taken = set(names)
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        own, number = name, 0
        while own in seen or (number and own in taken):
            number += 1
            own = f"{name}_{number}"
        seen.add(own)
        yield place, own


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
