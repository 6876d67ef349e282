"""Shared code of verbs: common options, and the preparation of a flow."""

from pathlib import Path
from typing import Annotated

import typer

from tasks.adapters import settings
from tasks.adapters.settings import Home

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Directory for everything that is written. Default: data/out.")
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show what Prefect logs.")]

BasesOption = Annotated[
    Path | None, typer.Option("--bases", help="CSV (model, base) of what models were trained from: tells siblings.")
]


def start(home: Home, *, verbose: bool) -> None:
    """Prepare a flow: no other process writes, Prefect keeps its state under the home."""
    from tasks.adapters.warehouse import store

    store.require_writable(home)
    settings.configure_prefect(home, is_verbose=verbose)
    from tasks.adapters.prefect import server

    server.start()
