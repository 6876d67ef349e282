"""The verb `check`: one model against a reference bank."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.asking_options import Asking, Target, with_asking_options
from flows.cli.checking import print_check
from tasks.adapters.settings import Home


@with_asking_options
def check(
    *,
    bank_name: Annotated[str, typer.Option("--bank", help="A reference bank, or its file.")],
    prompts_from: Annotated[
        Path | None,
        typer.Option("--prompts-from", help="Any model's replies to the bank's prompts, where these are not here."),
    ] = None,
    target: Target,
    asking: Asking,
    place: Home,
) -> None:
    """Ask one model the prompts of a reference bank and say whom it resembles, and how sure that is."""
    from tasks.adapters.inputs import bank_files, target_replies
    from tasks.adapters.planning import bank_checks

    path = bank_files.path_of(bank_name, place)
    bank = bank_files.read(path)
    own = bank_files.population_home(path, place)
    if prompts_from is not None:
        print_check(
            bank, target, asking, lambda: (target_replies.read_prompts(prompts_from, place), str(prompts_from)), place
        )
    elif own is not None:
        print_check(bank, target, asking, lambda: (bank_checks.prompts_of_home(own), str(own.root)), place)
    else:
        sets = "the prompt sets of the data folders"
        print_check(bank, target, asking, lambda: (bank_checks.prompts_of_sets(bank), sets), place)
