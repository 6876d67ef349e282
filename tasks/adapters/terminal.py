"""What the command prints: tables for people, plain formats for programs."""

import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal

import polars as pl
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasks.adapters import output_mode, spreadsheets
from tasks.adapters.settings import shown_path
from tasks.domain.errors import InputError
from tasks.domain.inert_text import inert
from tasks.domain.reporting.formatting import is_p, p_value

ALWAYS = 4
"""Columns that are shown at any width: for these, names are shortened."""

LEAST_NAME = 12
MOST_OMITTED = 6

FORMATS = ("table", "csv", "json", "parquet")


def out() -> Console:
    """Return the console for results; 200 columns wide without a terminal, so that pipes lose nothing.

    Where the command prints one JSON document, or nothing, what is printed to it is not seen.
    """
    if not output_mode.is_text():
        return Console(file=io.StringIO(), highlight=False, width=200)
    console = Console(highlight=False, soft_wrap=False)
    return console if console.is_terminal else Console(highlight=False, width=200)


def cell(value: object) -> str:
    """Return a value as a person reads it: a missing one is a dash, never a zero."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 100 else f"{value:.1f}"
    if isinstance(value, list):
        return ", ".join(map(cell, value))
    return str(value)


def table(title: str, frame: pl.DataFrame, columns: Sequence[tuple[str, str]] | None = None) -> Table:
    """Return a table of `frame`.

    Args:
        title: what stands above.
        frame: the rows.
        columns: pairs of column and heading, the most important first: long names in the first four are shortened in
            the middle where the window has no room, and columns for which there still is none are left out, and named
            below. None: all columns under their own names, folded where there is no room.
    """
    output_mode.add_table(title, frame)
    chosen = columns or [(name, name) for name in frame.columns]
    cells: dict[str, Sequence[str]] = {name: _cells(frame, name) for name, _ in chosen}
    if columns is not None:
        cells |= _shortened(chosen[:ALWAYS], cells)
    is_tight = columns is not None and out().width < sum(3 + _width([head], cells[name]) for name, head in chosen)
    fitting = _fitting(chosen, cells) if is_tight else chosen
    plain_title = escape(printable(title))
    result = Table(title=plain_title, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for name, heading in fitting:
        justify: Literal["right", "left"] = "right" if frame.schema[name].is_numeric() else "left"
        width = _width(heading.split(), cells[name]) if is_tight else None
        result.add_column(escape(printable(heading)), justify=justify, overflow="fold", width=width)
    for row in zip(*(cells[name] for name, _ in fitting), strict=True):
        result.add_row(*map(escape, row))
    if len(fitting) < len(chosen):
        left = [heading for _, heading in chosen[len(fitting) :]]
        more = f" and {len(left) - MOST_OMITTED} more" if len(left) > MOST_OMITTED else ""
        omitted = f"{', '.join(left[:MOST_OMITTED])}{more}"
        result.caption = escape(printable(f"A wider window also shows: {omitted}."))
        result.caption_justify = "left"
    return result


def _cells(frame: pl.DataFrame, name: str) -> list[str]:
    write = p_value if is_p(name) and frame.schema[name].is_float() else cell
    return [printable(write(value)) for value in frame[name].to_list()]


def _shortened(columns: Sequence[tuple[str, str]], cells: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return the cells of the first columns, shortened where these would not stand side by side."""
    result = {name: list(cells[name]) for name, _ in columns}
    room = out().width - 3 * (len(columns) - 1)
    for most in range(max((cell_len(text) for texts in result.values() for text in texts), default=0), LEAST_NAME, -1):
        if sum(_width(heading.split(), result[name]) for name, heading in columns) <= room:
            break
        result = {name: [middle_out(text, most - 1) for text in texts] for name, texts in result.items()}
    return dict(result)


def middle_out(text: str, most: int) -> str:
    """Return a text of at most `most` characters: of a longer one the beginning and the end."""
    if len(text) <= most:
        return text
    n_end = (most - 1) // 2
    return f"{text[: most - 1 - n_end]}…{text[len(text) - n_end :]}"


def _width(heading: Sequence[str], cells: Sequence[str]) -> int:
    """Return the columns of the window that a heading, in these lines, and the cells below it take."""
    return max(map(cell_len, [*heading, *cells]), default=0)


def _fitting(columns: Sequence[tuple[str, str]], cells: Mapping[str, Sequence[str]]) -> Sequence[tuple[str, str]]:
    """Return the first columns that stand side by side without folding a cell; never less than two."""
    room = out().width
    for place, (name, heading) in enumerate(columns):
        room -= _width(heading.split(), cells[name]) + 3 * (place > 0)
        if room < 0:
            return columns[: max(place, 2)]
    return columns


def printable(text: str) -> str:
    """Return text from outside without characters that steer a terminal, reorder what is read, or are not seen."""
    return inert(text)


def print_lines(lines: Iterable[str]) -> None:
    """Print each line as plain text; one that holds a command is not broken, so that it can be copied."""
    console, lines = out(), list(lines)
    output_mode.add_sentences(lines)
    for line in lines:
        console.print(escape(printable(line)), soft_wrap="distillometer " in line)


def print_document(command: str) -> None:
    """Print the JSON document of a command that was to print one: its tables with all columns, and its sentences."""
    document = output_mode.document()
    if document is not None:
        tables = [{"title": title, "rows": json_rows(frame)} for title, frame in document["tables"]]
        content = {"command": command, "tables": tables, "sentences": document["sentences"]}
        text = json.dumps(content, ensure_ascii=False, default=plain, indent=1) + "\n"
        sys.stdout.write(printable(text) if sys.stdout.isatty() else text)


def print_warnings(sentences: Iterable[str]) -> None:
    """Print each sentence as a warning to standard error, so that what is piped holds results alone."""
    for sentence in sentences:
        sys.stderr.write(f"Warning: {printable(sentence)}\n")


def require_writable_target(format_name: str, target: Path | None) -> None:
    """Require a known format, and a `target` (or standard output) that can be written.

    Raises:
        InputError: the format is not known, or there is no place for it to go to.
    """
    if format_name not in FORMATS:
        raise InputError(f"it is {format_name!r}.", where="--format", remedy=f"Known: {', '.join(FORMATS)}.")
    if format_name == "parquet" and target is None and sys.stdout.isatty():
        raise InputError("parquet is not for a terminal.", where="--format", remedy="Give --output FILE.parquet.")
    if target is not None and not _is_place_for_file(target):
        raise InputError(
            f"no file can be written at {shown_path(target)}.", where="--output", remedy="Name a file in a folder."
        )


def _is_place_for_file(target: Path) -> bool:
    try:
        return not target.is_dir() and target.absolute().parent.is_dir()
    except OSError:  # A name that is too long, or a folder that may not be entered.
        return False


def write_frame(frame: pl.DataFrame, format_name: str, target: Path | None, *, is_raw: bool = False) -> None:
    """Write a query's result to standard output, or to `target`.

    In CSV a text with which a spreadsheet might calculate gets an apostrophe before it, unless it is to be raw.

    Raises:
        InputError: the format is not known, or there is no place for it to go to.
    """
    require_writable_target(format_name, target)
    if format_name == "parquet":
        frame.write_parquet(target if target is not None else sys.stdout.buffer)
    elif target is None:
        if format_name == "table":
            _print_table(out(), frame)
        else:
            text = _csv(frame, is_raw=is_raw) if format_name == "csv" else _json(frame)
            sys.stdout.write(printable(text) if sys.stdout.isatty() else text)
    else:
        with target.open("w", encoding="utf-8", newline="") as file:
            if format_name == "table":
                _print_table(Console(file=file, width=200), frame)
            else:
                file.write(_csv(frame, is_raw=is_raw) if format_name == "csv" else _json(frame))


def _print_table(console: Console, frame: pl.DataFrame) -> None:
    console.print(table("", frame))
    console.print(f"{frame.height} row{'s' * (frame.height != 1)}")


def _csv(frame: pl.DataFrame, *, is_raw: bool) -> str:
    return csv_text(frame if is_raw else spreadsheets.inert(frame))


def csv_text(frame: pl.DataFrame) -> str:
    """Return CSV in which lists and structs are JSON, and bytes are hexadecimal."""
    flat = [
        pl.Series(name, [None if value is None else _cell_text(value) for value in frame[name].to_list()], pl.String)
        for name, dtype in frame.schema.items()
        if dtype.is_nested() or dtype == pl.Binary
    ]
    return frame.with_columns(flat).write_csv()


def _cell_text(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, default=plain)


def json_rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    """Return the rows as objects for JSON; numbers that it has not, such as NaN, are None."""
    finite = [
        pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name, dtype in frame.schema.items() if dtype.is_float()
    ]
    return frame.with_columns(finite).to_dicts()


def _json(frame: pl.DataFrame) -> str:
    return json.dumps(json_rows(frame), ensure_ascii=False, default=plain, indent=1) + "\n"


def plain(value: object) -> object:
    """Return a value that JSON can hold: DuckDB's sums of integers come as decimals."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.hex() if isinstance(value, bytes) else str(value)
