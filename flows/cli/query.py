"""The verbs `report`, `query` and `models`: read published results and cards."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from flows.cli import completions, plan
from flows.cli.output import tables
from flows.cli.start import HomeOption
from tasks.adapters import extras, settings, terminal
from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.errors import InputError
from tasks.domain.key_hosts import key_warnings
from tasks.domain.suggestions import unknown_name


def report(
    figures: Annotated[
        Path | None, typer.Option("--figures", metavar="DIR", help="Instead, write each chart there: SVG, PNG, CSV.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Write the report as one HTML file and print its path."""
    place = settings.home_at(home)
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


def models(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="MODEL", help="Default: all cards.", autocompletion=completions.card_names),
    ] = None,
    ping: Annotated[bool, typer.Option("--ping", help="Make one tiny call to each, to see that it answers.")] = False,
    home: HomeOption = None,
) -> None:
    """List the model cards; with --ping, see which of them answer."""
    place = settings.home_at(home)
    from tasks.adapters.inputs import cards, data_files

    chosen = [cards.read_card(name) for name in names or cards.card_names()]
    terminal.print_lines(data_files.notes((data_files.CARDS, card.name) for card in chosen))
    if not ping:
        _print_cards(chosen)
        return
    extras.require("run", "--ping")
    from tasks.collect.ping import ping_models

    terminal.print_warnings(key_warnings(chosen))
    results = ping_models(chosen, place)
    tables.print_ping_results(results)
    if any(result.problem for result in results):
        raise typer.Exit(3)


def _print_cards(chosen: Sequence[ModelCard]) -> None:
    """Print one line a model card."""
    rows = [
        {
            "model": card.name,
            "vendor": card.vendor,
            "stage": card.stage,
            "weights": card.weights,
            "role": card.lineage.role,
            "reached at": plan.address(card),
            "key in": card.endpoint.key_env if isinstance(card.endpoint, HostedEndpoint) else None,
        }
        for card in chosen
    ]
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
