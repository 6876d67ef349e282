"""A published snapshot as files of one format, with a dictionary of their columns."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tasks.adapters import terminal
from tasks.adapters.spreadsheets import inert
from tasks.adapters.warehouse.notebook import Snapshot
from tasks.domain.errors import InputError, WorldError
from tasks.domain.inert_text import spelled_out

FORMATS = ("parquet", "csv", "json")
DICTIONARY, READABLE = "dictionary.csv", "data_dictionary.md"
TITLE = "# What stands in these files"
ROWS_AT_ONCE = 10_000

NOTES = {
    "csv": "In the CSV files a text that begins with =, +, -, @, a tab or a line break has an apostrophe before it, so "
    "that no spreadsheet takes it for a formula; a text that begins with apostrophes and then one of these has one "
    "more. Take one apostrophe away to have the text as it came. A character that is not seen is named, such as "
    "⟨U+202E⟩; a line break within a text stays. An empty cell is missing; lists are JSON.",
    "json": "Each file is one JSON list with an object a row; texts are as they came, and null is missing.",
    "parquet": "Texts are as they came; null is missing.",
}


@dataclass(frozen=True)
class Exported:
    """A file that was written; `n_rows` is None for the dictionary."""

    name: str
    n_rows: int | None
    n_bytes: int


def require_export_folder(folder: Path) -> None:
    """Require that `folder` is absent, empty, or holds nothing but an earlier export.

    Raises:
        InputError: something else is there, or there is no place for it.
    """
    if not folder.absolute().parent.is_dir():
        raise InputError("its parent is no folder.", where=str(folder), remedy="Create that first, or name another.")
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InputError("it is there and no folder.", where=str(folder), remedy="Name a folder that is not there yet.")
    if not folder.exists():
        return
    readable = folder / READABLE
    is_export = readable.is_file() and readable.read_text(encoding="utf-8", errors="replace").startswith(TITLE)
    file_name = re.compile(rf"[a-z]+\.\w+\.({'|'.join(FORMATS)})")
    foreign = [
        path.name
        for path in sorted(folder.iterdir())
        if not (
            is_export and path.is_file() and (path.name in (DICTIONARY, READABLE) or file_name.fullmatch(path.name))
        )
    ]
    if foreign:
        raise InputError(
            f"it holds other things than an export: {', '.join(foreign[:3])}{' ...' if len(foreign) > 3 else ''}.",
            where=str(folder),
            remedy="Name a folder that is not there yet, is empty or holds an earlier export.",
        )


def export(snapshot: Snapshot, folder: Path, format_name: str, *, with_all: bool) -> list[Exported]:
    """Write the relations of schema mart, or of all schemas, to `folder`, all at once.

    Relations whose rows are formed only for the pairs that are asked for are left out: what they join is in core,
    score and raw.

    Raises:
        InputError: the format is not known, or something else is in the folder.
        WorldError: the files can't be written.
    """
    if format_name not in FORMATS:
        raise InputError(f"it is {format_name!r}.", where="--format", remedy=f"Known: {', '.join(FORMATS)}.")
    require_export_folder(folder)
    relations = snapshot.relations(None if with_all else "mart")
    beside = folder.absolute().with_name(f".{folder.absolute().name}.new-{os.getpid()}")
    try:
        beside.mkdir()
        written = [
            _write_relation(snapshot, row, beside / f"{row['relation']}.{format_name}", format_name)
            for row in relations.filter(pl.col("filter_by").is_null()).iter_rows(named=True)
        ]
        written += _write_dictionary(snapshot, relations, beside, format_name)
        _swap(beside, folder)
    except OSError as error:
        raise WorldError(
            f"the export can't be written: {error.strerror}.",
            where=str(folder),
            remedy="Make room, or use another place.",
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return written


def _swap(beside: Path, folder: Path) -> None:
    """Replace an earlier export with the new one; if this is interrupted, the earlier one lies beside it whole."""
    old = beside.with_name(f".{folder.absolute().name}.old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    beside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _write_relation(snapshot: Snapshot, relation: dict[str, str], path: Path, format_name: str) -> Exported:
    frame = snapshot.frame(relation["relation"]).sort(*relation["grain"].split(", "), nulls_last=True)
    write_frame(frame, path, format_name)
    return Exported(path.name, frame.height, path.stat().st_size)


def write_frame(frame: pl.DataFrame, path: Path, format_name: str) -> None:
    """Write a frame as one of `FORMATS`; in CSV, which spreadsheets open, no text is a formula, and none is hidden."""
    if format_name == "parquet":
        frame.write_parquet(path)
    elif format_name == "csv":
        path.write_text(spelled_out(terminal.csv_text(inert(frame))), encoding="utf-8", newline="")
    else:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_json_lines(frame))


def _json_lines(frame: pl.DataFrame) -> Iterator[str]:
    """Yield a JSON list line by line, so that a large relation is never in memory as text."""
    mark = "[\n"
    for part in frame.iter_slices(ROWS_AT_ONCE):
        for row in terminal.json_rows(part):
            yield mark + json.dumps(row, ensure_ascii=False, default=terminal.plain)
            mark = ",\n"
    yield "[]\n" if mark == "[\n" else "\n]\n"


def _write_dictionary(snapshot: Snapshot, relations: pl.DataFrame, folder: Path, format_name: str) -> list[Exported]:
    columns = snapshot.frame("meta.relation_column").join(
        relations.select("relation", pl.col("filter_by").is_null().alias("is_exported")), on="relation"
    )
    file_name = pl.when("is_exported").then(pl.col("relation") + f".{format_name}")
    table = columns.select(file_name.alias("file"), "relation", "position", "column_name", "data_type", "comment").sort(
        "relation", "position"
    )
    (folder / DICTIONARY).write_text(spelled_out(terminal.csv_text(inert(table))), encoding="utf-8", newline="")
    (folder / READABLE).write_text("\n".join(_readable(relations, table, format_name)), encoding="utf-8")
    return [Exported(name, None, (folder / name).stat().st_size) for name in (DICTIONARY, READABLE)]


def _readable(relations: pl.DataFrame, table: pl.DataFrame, format_name: str) -> Iterator[str]:
    yield from (TITLE, "", NOTES[format_name], "")
    by_relation = table.partition_by("relation", as_dict=True)
    for row in relations.iter_rows(named=True):
        yield from (
            f"## {row['relation']}",
            "",
            f"{_sentence(row['comment'])} Rows are told apart by {row['grain']}.",
            "",
        )
        if row["details"]:
            yield from (row["details"], "")
        if row["filter_by"]:
            yield from (
                f"Not exported, as its rows are formed when they are asked for: query it by {row['filter_by']}.",
                "",
            )
        yield from ("| column | type | what stands there |", "|---|---|---|")
        for column in by_relation[row["relation"],].iter_rows(named=True):
            cells = (column["column_name"], column["data_type"], column["comment"] or "")
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        yield ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
