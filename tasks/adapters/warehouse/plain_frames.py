"""Tables of replies as frames, where nothing about them is unusual: then no reply has to become a Python object.

Whoever gets None reads the same rows one by one, which says what is wrong with one, or takes it as it is.
"""

import json
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import json as arrow_json

from tasks.adapters.inputs.textfiles import Block
from tasks.domain.recorded.rows import BLANKS, PLAIN

LABELS = ("prompt_id", "language", "category")
_LINE_END, _OPEN, _CLOSE = b"\n{}"
_PART_BYTES = 4 << 20
_LARGEST_SAMPLE = 2**31


def json_frame(block: Block, needed: Sequence[str], known: Sequence[str]) -> pl.DataFrame | None:
    """Return the known columns of a block of JSON lines; None where a row by row reading may say something else.

    That is where a line is not one object, a needed value is missing or no text, or others change their type.
    """
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
    is_one_a_line = bool((places[begins] == _OPEN).all() and (places[ends - 1] == _CLOSE).all())
    if not is_one_a_line or not _is_utf8(content):
        return None
    types = {name: pa.string() for name in known} | _number_types(content, needed, known)
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
    if frame.height != len(ends) or any(frame[name].null_count() for name in needed):
        return None
    return frame


def _is_utf8(content: bytes) -> bool:
    # As one large text, which Arrow checks faster than Python decodes.
    ends = pa.py_buffer(np.array([0, len(content)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(content)]).validate(full=True)
    except pa.ArrowException:
        return False
    return True


def _number_types(content: bytes, needed: Sequence[str], known: Sequence[str]) -> dict[str, pa.DataType]:
    """Return the columns that hold whole numbers, as the first line has them."""
    try:
        first = json.loads(content[: content.index(b"\n")])
    except (ValueError, RecursionError):
        return {}
    return {name: pa.int64() for name in known if name not in needed and type(first.get(name)) is int}


def plain(frame: pl.DataFrame) -> pl.DataFrame | None:
    """Return a table with the columns model, prompt and reply as a frame of `PLAIN` columns; None where one is odd."""
    frame = frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    types = frame.schema
    if any(types[name] != pl.String for name in ("model", "prompt", "reply")):
        return None
    for name in ("model", "prompt"):
        told = frame[name].unique()
        if told.null_count() or (told.str.strip_chars(BLANKS) == "").any():
            return None
    columns = [pl.col("model"), pl.col("prompt"), pl.col("reply").fill_null("").alias("reply_text")]
    for name in LABELS:
        if name not in types or types[name] == pl.Null:
            told_as = pl.lit(None, pl.String)
        elif types[name].is_integer():
            told_as = pl.col(name).cast(pl.String)
        elif types[name] == pl.String:
            told_as = pl.col(name).replace("", None)
        else:
            return None
        columns.append(told_as.alias("prompt_key" if name == "prompt_id" else name))
    if "sample" not in types or frame["sample"].null_count() == frame.height:
        columns.append(pl.lit(None, pl.Int64).alias("sample"))
    elif types["sample"].is_integer() and frame["sample"].is_between(0, _LARGEST_SAMPLE - 1).all():
        columns.append(pl.col("sample").cast(pl.Int64))
    else:
        return None
    return frame.select(columns).select(list(PLAIN))
