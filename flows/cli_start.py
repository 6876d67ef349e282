"""What verbs of the command share: common options, and making ready for a flow."""

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
    """Make ready for a flow: nobody else writes, Prefect keeps its state under the home."""
    from tasks.adapters import store

    store.check_free(home)
    settings.configure_prefect(home, is_verbose=verbose)
    from tasks.adapters import prefect_server

    prefect_server.start()


def load_lineage(home: Home, lineage: Path | None, bases: Path | None) -> None:
    """Put what files say of the models into the warehouse, where there are any."""
    from tasks.adapters import lineages, store

    if lineage is not None or bases is not None:
        with store.writing(home) as warehouse:
            lineages.load(lineage, warehouse, bases)
