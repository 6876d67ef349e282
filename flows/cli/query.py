"""The verbs `report` and `query`: read published results."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.output import dossiers
from flows.cli.start import HomeOption
from tasks.adapters import settings, terminal
from tasks.domain.errors import InputError
from tasks.domain.suggestions import unknown_name


def report(
    figures: Annotated[
        Path | None, typer.Option("--figures", metavar="DIR", help="Instead, write each chart there: SVG, PNG, CSV.")
    ] = None,
    dossier_on: Annotated[
        str | None,
        typer.Option(
            "--dossier",
            metavar="MODEL",
            help="Instead, write what is said of it and all that this is formed from, texts and vectors, for `verify`.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="With --dossier: an archive (.zip) or a new folder. Default: reports of home."
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Write the report as one HTML file and print its path."""
    place = settings.home_at(home)
    if dossier_on is not None:
        dossiers.write(dossier_on, output, place)
        return
    if output is not None:
        raise InputError("it goes with --dossier.", where="--output", remedy="Leave it out.")
    from tasks.adapters.warehouse import store

    with store.reading(place):
        settings.configure_prefect(place)
    from tasks.publish import render

    paths = [render.render.fn(place)] if figures is None else render.draw_figures.fn(place, figures)
    terminal.print_lines([str(path) for path in paths])


def query(
    sql: Annotated[str | None, typer.Argument(metavar="SQL", help="One SELECT on the published snapshot.")] = None,
    example: Annotated[str | None, typer.Option("--example", help="Run a query of sql/examples by name.")] = None,
    format_name: Annotated[
        str,
        typer.Option(
            "--format",
            help="table, csv, json or parquet. In csv a text that begins with =, +, -, @, a tab or a line break has an "
            "apostrophe before it, so that no spreadsheet takes it for a formula.",
        ),
    ] = "table",
    raw: Annotated[bool, typer.Option("--raw", help="With csv: texts as they came, without the apostrophe.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to.")] = None,
    home: HomeOption = None,
) -> None:
    """Ask the published snapshot in SQL. `select * from meta.relation` says what there is to ask."""
    place = settings.home_at(home)
    from tasks.adapters.warehouse import sqlfiles, store

    if (sql is None) == (example is None):
        raise InputError("give either SQL or --example.", remedy=f"Examples: {', '.join(sqlfiles.examples())}.")
    if example is not None and example not in sqlfiles.examples():
        raise unknown_name("example", example, sqlfiles.examples())
    if raw and format_name != "csv":
        raise InputError(f"it goes with --format csv, not {format_name}.", where="--raw", remedy="Leave it out.")
    terminal.require_writable_target(format_name, output)
    with store.reading(place) as snapshot:
        frame = snapshot.ask(sql if sql is not None else sqlfiles.examples()[str(example)])
    terminal.write_frame(frame, format_name, output, is_raw=raw)
