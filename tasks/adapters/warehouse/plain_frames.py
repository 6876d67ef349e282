"""Tables of replies as frames, where all rows are regular: then no reply has to become a Python object.

Where a function returns None, the caller reads the same rows one by one, which finds the wrong row or accepts it.
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from tasks.adapters import extras
from tasks.adapters.inputs.textfiles import Block
from tasks.domain.one_line import is_one_line
from tasks.domain.recorded.rows import BLANKS, PLAIN

LABELS = ("prompt_id", "language", "category")
_LINE_END, _OPEN, _CLOSE = b"\n{}"
_PART_BYTES = 4 << 20
_LARGEST_SAMPLE = 2**31


def json_frame(block: Block, required: Sequence[str], columns: Sequence[str]) -> pl.DataFrame | None:
    """Return the known columns of a block of JSON lines; None where reading row by row may differ.

    It may where a line is not one object, a required value is missing or no text, or another changes its type.
    Without the extra `arrow` None is returned of every block: then it takes longer.
    """
    if not extras.is_installed("arrow"):
        return None
    content = block.content
    if b"\r" in content:  # JSON has it escaped, so that it stands at line ends or between values.
        content = content.replace(b"\r\n", b"\n")
    if not content.endswith(b"\n"):
        content += b"\n"
    places = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(places == _LINE_END)
    begins = np.concatenate(([0], ends[:-1] + 1))
    # Arrow also reads objects side by side, or over several lines, which are no JSON lines. Within one object } is
    # never followed by {, so that each of as many lines as there are rows is an object.
    is_object_a_line = bool((places[begins] == _OPEN).all() and (places[ends - 1] == _CLOSE).all())
    if not is_object_a_line or not _is_utf8(content):
        return None
    import pyarrow as pa
    from pyarrow import json as arrow_json

    types = {name: pa.string() for name in columns} | _number_types(content, required, columns)
    try:
        table = arrow_json.read_json(
            pa.BufferReader(content),
            read_options=arrow_json.ReadOptions(block_size=_PART_BYTES),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=pa.schema(list(types.items())), unexpected_field_behavior="ignore"
            ),
        )
    except (pa.ArrowException, ValueError):
        return None
    frame = pl.DataFrame(pl.from_arrow(table))
    if frame.height != len(ends) or any(frame[name].null_count() for name in required):
        return None
    return frame


def _is_utf8(content: bytes) -> bool:
    # As one large text, which Arrow checks faster than Python decodes.
    import pyarrow as pa

    ends = pa.py_buffer(np.array([0, len(content)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(content)]).validate(full=True)
    except pa.ArrowException:
        return False
    return True


def _number_types(content: bytes, required: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    """Return the columns that hold whole numbers, by the first line."""
    import pyarrow as pa

    try:
        first = json.loads(content[: content.index(b"\n")])
    except (ValueError, RecursionError):
        return {}
    return {name: pa.int64() for name in columns if name not in required and type(first.get(name)) is int}


def plain(frame: pl.DataFrame) -> pl.DataFrame | None:
    """Return a table of replies as a frame of `PLAIN` columns; None if a row is irregular."""
    frame = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    types = frame.schema
    if any(types[name] != pl.String for name in ("model", "prompt", "reply")):
        return None
    for name in ("model", "prompt"):
        values = frame[name].unique()
        if values.null_count() or (values.str.strip_chars(BLANKS) == "").any():
            return None
    if not all(map(is_one_line, frame["model"].unique())):
        return None
    columns = [pl.col("model"), pl.col("prompt"), pl.col("reply").fill_null("").alias("reply_text")]
    for name in LABELS:
        if name not in types or types[name] == pl.Null:
            label = pl.lit(None, pl.String)
        elif types[name].is_integer():
            label = pl.col(name).cast(pl.String)
        elif types[name] == pl.String:
            label = pl.col(name).replace("", None)
        else:
            return None
        columns.append(label.alias("prompt_key" if name == "prompt_id" else name))
    if "sample" not in types or frame["sample"].null_count() == frame.height:
        columns.append(pl.lit(None, pl.Int64).alias("sample"))
    elif types["sample"].is_integer() and frame["sample"].is_between(0, _LARGEST_SAMPLE - 1).all():
        columns.append(pl.col("sample").cast(pl.Int64))
    else:
        return None
    return frame.select(columns).select(list(PLAIN))
