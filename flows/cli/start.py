"""Shared code of verbs: common options, and the preparation of a flow."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tasks.adapters import settings
from tasks.adapters.settings import Home

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Directory for everything that is written. Default: data/out.")
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show what the steps log, and long tables.")]

BudgetOption = Annotated[
    float | None,
    typer.Option(
        "--budget", metavar="USD", min=0, help="The most that all runs of it may cost together, in US dollars."
    ),
]
UnknownPricesOption = Annotated[
    bool, typer.Option("--allow-unknown-prices", help="Also call paid models whose card has no price.")
]

BasesOption = Annotated[
    Path | None, typer.Option("--bases", help="CSV (model, base) of what models were trained from: tells siblings.")
]


@contextmanager
def starting(home: Home, *, verbose: bool) -> Iterator[None]:
    """Prepare a flow, which the block imports: no other process writes, Prefect keeps its state under the home.

    With the end of the block Prefect's server is up.
    """
    from tasks.adapters.warehouse import store

    store.require_writable(home)
    settings.configure_prefect(home, is_verbose=verbose)
    from tasks.adapters.prefect import plain_runs, server

    plain_runs.configure(is_verbose=verbose)

    with server.starting():
        yield
