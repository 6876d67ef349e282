"""What the command prints: tables for people, plain formats for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import polars as pl
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasks.domain.errors import InputError

FORMATS = ("table", "csv", "json", "parquet")


def out() -> Console:
    """Return the console for results; wide where nobody's window limits it, so that pipes lose nothing."""
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
        return ", ".join(map(str, value))
    return str(value)


def table(title: str, frame: pl.DataFrame, columns: Sequence[tuple[str, str]] | None = None) -> Table:
    """Return a table of `frame`.

    Args:
        title: what stands above.
        frame: the rows.
        columns: pairs of column and heading, the most telling first: those for which the window has no room are left
            out, and named below. None: all columns under their own names, folded where there is no room.
    """
    chosen = columns or [(name, name) for name in frame.columns]
    cells = {name: [printable(cell(value)) for value in frame[name]] for name, _ in chosen}
    is_tight = columns is not None and out().width < sum(3 + _width([head], cells[name]) for name, head in chosen)
    shown = _fitting(chosen, cells) if is_tight else chosen
    made = Table(title=title, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for name, heading in shown:
        justify: Literal["right", "left"] = "right" if frame.schema[name].is_numeric() else "left"
        width = _width(heading.split(), cells[name]) if is_tight else None
        made.add_column(heading, justify=justify, overflow="fold", width=width)
    for row in zip(*(cells[name] for name, _ in shown), strict=True):
        made.add_row(*map(escape, row))
    if len(shown) < len(chosen):
        left_out = ", ".join(heading for _, heading in chosen[len(shown) :])
        made.caption, made.caption_justify = f"A wider window also shows: {left_out}.", "left"
    return made


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
    """Return text from outside without characters that steer a terminal or reorder what is read."""
    return "".join(c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def say(lines: Iterable[str]) -> None:
    """Print plain sentences."""
    console = out()
    for line in lines:
        console.print(escape(printable(line)))


def check_target(format_name: str, target: Path | None) -> None:
    """Make sure that a result can be written in this format to `target`, or to standard output.

    Raises:
        InputError: the format is not known, or there is no place for it to go to.
    """
    if format_name not in FORMATS:
        raise InputError(f"it is {format_name!r}.", where="--format", remedy=f"Known: {', '.join(FORMATS)}.")
    if format_name == "parquet" and target is None and sys.stdout.isatty():
        raise InputError("parquet is not for a terminal.", where="--format", remedy="Give --output FILE.parquet.")
    if target is not None and (target.is_dir() or not target.absolute().parent.is_dir()):
        raise InputError(f"no file can be written at {target}.", where="--output", remedy="Name a file in a folder.")


def write_frame(frame: pl.DataFrame, format_name: str, target: Path | None) -> None:
    """Write a query's result to standard output, or to `target`.

    Raises:
        InputError: the format is not known, or there is no place for it to go to.
    """
    check_target(format_name, target)
    if format_name == "parquet":
        frame.write_parquet(target if target is not None else sys.stdout.buffer)
        return
    if format_name == "table":
        text = None
    elif format_name == "csv":
        nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
        flat = frame.with_columns(
            pl.col(name).map_elements(lambda v: json.dumps(v.to_list(), default=str), return_dtype=pl.String)
            for name in nested
        )
        text = flat.write_csv()
    else:
        text = json.dumps(frame.to_dicts(), ensure_ascii=False, default=str, indent=1) + "\n"
    if text is None:
        console = out() if target is None else Console(file=target.open("w", encoding="utf-8"), width=200)
        console.print(table("", frame))
        console.print(f"{frame.height} row{'s' * (frame.height != 1)}")
    elif target is None:
        sys.stdout.write(text)
    else:
        target.write_text(text, encoding="utf-8")
