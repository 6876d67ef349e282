"""Texts of CSV files: an apostrophe stands before what a spreadsheet would calculate; what is not seen is named."""

import re

import polars as pl

from tasks.domain.inert_text import spelled_out

STEERING = r"^'*[=+\-@\t\r\n＝＋－＠]"
"""Texts with which a spreadsheet might calculate, or that would look as if this had been prevented already."""

_STEERING = re.compile(STEERING)


def inert(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with an apostrophe before each text with which a spreadsheet might calculate."""
    texts = [pl.col(name) for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(
        pl.when(text.str.contains(STEERING)).then(pl.lit("'") + text).otherwise(text).name.keep() for text in texts
    )


def inert_cell(value: object) -> object:
    """Return a cell's value as `inert` does, with what is not seen named, such as ⟨U+202E⟩."""
    if not isinstance(value, str):
        return value
    return spelled_out(f"'{value}" if _STEERING.match(value) else value)
