"""The verb `compare`: one model against replies that others published."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.asking_options import Asking, Target, with_asking_options
from flows.cli.checking import print_check
from flows.cli.start import starting
from tasks.adapters import terminal
from tasks.adapters.settings import Home

if TYPE_CHECKING:
    from tasks.domain.bank.bank import Bank
    from tasks.domain.reference_population import ReferencePopulation


@with_asking_options
def compare(
    *,
    population_name: Annotated[
        str, typer.Option("--population", help="Replies that others published: alpaca-eval, arena-hard, or one's own.")
    ],
    given: Annotated[
        Path | None, typer.Option("--from", help="The folder that holds its files. Default: they are fetched, once.")
    ] = None,
    target: Target,
    asking: Asking,
    place: Home,
) -> None:
    """Ask one model the prompts to which others' replies are published, and say whom it resembles and how surely."""
    from tasks.adapters.inputs import reference_populations
    from tasks.adapters.planning import bank_checks

    population = reference_populations.read(population_name)
    own = reference_populations.home_of(population, place)
    bank = _bank(population, place, own, given, verbose=asking.verbose)
    print_check(bank, target, asking, lambda: (bank_checks.prompts_of_home(own), str(own.root)), place)


def _bank(population: "ReferencePopulation", place: Home, own: Home, given: Path | None, *, verbose: bool) -> "Bank":
    """Return the bank of a population; where there is none of just these files yet, it is built, once."""
    from tasks.adapters.inputs import bank_files, reference_populations
    from tasks.domain.errors import InputError

    path = bank_files.of_population(population.name, place)
    if path.exists():
        try:
            if (bank := bank_files.read(path)).note == population.note:
                return bank
        except InputError as error:
            terminal.print_warnings([f"{error} It is built anew."])
    folder = reference_populations.gather(population, own, given)
    terminal.print_warnings([f"A reference bank is built of {population.title}: once, some minutes."])
    with starting(place, verbose=verbose):
        from flows.reference_bank import reference_bank

    asyncio.run(
        reference_bank(
            population.name,
            str(folder),
            population.format,
            population.lineage,
            note=population.note,
            home=str(own.root),
            bank=str(path),
        )
    )
    return bank_files.read(path)
