"""The verbs `prune` and `vacuum`, which delete old rounds and free space."""

from typing import Annotated

import typer

from flows.cli.start import HomeOption
from tasks.adapters import settings, terminal
from tasks.adapters.settings import Home


def prune(
    keep_rounds: Annotated[int, typer.Option("--keep-rounds", min=1, help="How many of the newest rounds stay whole.")],
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many it would delete.")] = False,
    home: HomeOption = None,
) -> None:
    """Delete the replies of old rounds, except what counts now; scores of drift stay. Then do as `vacuum`."""
    place = settings.home_at(home)
    if not is_dry_run:
        _prune(place, keep_rounds)
        return
    from tasks.adapters.warehouse import pruning

    n_replies = pruning.n_prunable(place, keep_rounds)
    terminal.print_lines([f"Would delete {n_replies:,} replies of rounds before the newest {keep_rounds}."])


def vacuum(home: HomeOption = None) -> None:
    """Give room that the warehouse does not use back to the disk, and publish again."""
    _prune(settings.home_at(home), None)


def _prune(place: Home, keep: int | None) -> None:
    from tasks.adapters.warehouse import pruning

    done = pruning.prune(place, keep)
    deleted = [] if keep is None else [f"Deleted {done.n_replies:,} replies of rounds before the newest {keep}."]
    terminal.print_lines(
        [*deleted, f"Warehouse: {done.bytes_before / 1e6:,.1f} MB before, {done.bytes_after / 1e6:,.1f} MB now."]
    )
