"""What the command prints of rounds, and how it thins them out."""

from typing import Annotated

import typer

from flows.cli.start import HomeOption
from tasks.adapters import settings, terminal
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.reporting.drift_sentences import drift_sentences


def print_drift(home: Home) -> None:
    """Print in words what changed since the last round; nothing where there is no earlier one."""
    with store.reading(home) as snapshot:
        rows = snapshot.read("mart.drift").to_dicts()
    lines = drift_sentences(rows)
    if lines:
        terminal.say(["", *(f"- {line}" for line in lines)])


def prune(
    keep_rounds: Annotated[int, typer.Option("--keep-rounds", min=1, help="How many of the newest rounds stay whole.")],
    home: HomeOption = None,
) -> None:
    """Delete the replies of old rounds, except what counts now; scores of drift stay. Then do as `vacuum`."""
    _prune(settings.home_at(home), keep_rounds)


def vacuum(home: HomeOption = None) -> None:
    """Give room that the warehouse does not use back to the disk, and publish anew."""
    _prune(settings.home_at(home), None)


def _prune(place: Home, keep: int | None) -> None:
    from tasks.adapters.warehouse import pruning

    done = pruning.prune(place, keep)
    said = [] if keep is None else [f"Deleted {done.n_replies:,} replies of rounds before the newest {keep}."]
    terminal.say([*said, f"Warehouse: {done.bytes_before / 1e6:,.1f} MB before, {done.bytes_after / 1e6:,.1f} MB now."])
