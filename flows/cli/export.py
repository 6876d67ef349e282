"""`distillometer export`: the published snapshot as files."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from flows.cli.start import HomeOption
from tasks.adapters import terminal


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that is not there yet, or an earlier export.")],
    format_name: Annotated[str, typer.Option("--format", help="parquet, csv or json.")] = "parquet",
    with_all: Annotated[bool, typer.Option("--all", help="Also core, raw and check, with all replies.")] = False,
    home: HomeOption = None,
) -> None:
    """Write every relation of schema mart as a file, with a dictionary of what stands in each column."""
    from tasks.adapters.warehouse import exports
    from tasks.adapters.warehouse.notebook import open_snapshot

    with open_snapshot(home) as snapshot:
        written = exports.export(snapshot, folder, format_name, with_all=with_all)
        large = snapshot.relations().drop_nulls("filter_by").select("relation", "filter_by").rows()
    rows = [{"file": done.name, "rows": done.n_rows, "kB": -(-done.n_bytes // 1024)} for done in written]
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
    n_bytes = sum(done.n_bytes for done in written)
    terminal.print_lines([f"{len(written)} files, {n_bytes / 1e6:.1f} MB, in {folder}. Begin with {exports.READABLE}."])
    terminal.print_lines(
        f"Not exported, as its rows are formed when they are asked for: {name}; query it by {columns}."
        for name, columns in large
    )
    if format_name == "csv":
        terminal.print_lines([exports.NOTES["csv"]])
