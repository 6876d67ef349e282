"""Tables handed from DuckDB to Polars and back as streams of Arrow's C interface, without a package between them.

Polars keeps the type of what it is given until the process ends, and with it all that the type's module has imported:
so this module does not import DuckDB, whose binding would complain at the end.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl


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
    """Return the rows of a relation of DuckDB."""
    return pl.DataFrame(ArrowStream(relation))
