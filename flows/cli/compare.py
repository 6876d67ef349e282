"""The verb `compare`: one model against replies that others published."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.checking import (
    LARGEST,
    Asking,
    BaseOption,
    JsonOption,
    ModelArgument,
    PromptsOption,
    RepliesOption,
    RoundOption,
    SeedOption,
    Target,
    TokensOption,
    VendorOption,
    print_check,
)
from flows.cli.start import BudgetOption, HomeOption, UnknownPricesOption, VerboseOption, starting
from tasks.adapters import settings, terminal
from tasks.adapters.settings import Home

if TYPE_CHECKING:
    from tasks.domain.bank.bank import Bank
    from tasks.domain.reference_population import ReferencePopulation
    from tasks.domain.rows import Prompt


def compare(
    model: ModelArgument,
    population_name: Annotated[
        str, typer.Option("--population", help="Replies that others published: alpaca-eval, arena-hard, or one's own.")
    ],
    given: Annotated[
        Path | None, typer.Option("--from", help="The folder that holds its files. Default: they are fetched, once.")
    ] = None,
    replies: RepliesOption = None,
    n_prompts: PromptsOption = LARGEST,
    vendor: VendorOption = None,
    base: BaseOption = None,
    max_tokens: TokensOption = 1024,
    seed: SeedOption = 0,
    round_name: RoundOption = None,
    budget: BudgetOption = None,
    allow_unknown_prices: UnknownPricesOption = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Ask one model the prompts to which others' replies are published, and say whom it resembles and how surely."""
    place = settings.home_at(home)
    from tasks.adapters.inputs import reference_populations

    population = reference_populations.read(population_name)
    own = reference_populations.home_of(population, place)
    bank = _bank(population, place, own, given, verbose=verbose)
    print_check(
        bank,
        Target(model, vendor, base, replies),
        Asking(n_prompts, max_tokens, seed, round_name, budget, allow_unknown_prices, verbose),
        lambda _: (_prompts(own), str(own.root)),
        place,
        as_json=as_json,
    )


def _bank(population: "ReferencePopulation", place: Home, own: Home, given: Path | None, *, verbose: bool) -> "Bank":
    """Return the bank of a population; where there is none of just these files yet, it is built, once."""
    from tasks.adapters.inputs import bank_files, reference_populations
    from tasks.domain.errors import InputError

    path = own.root / f"{population.name}{bank_files.SUFFIX}"
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


def _prompts(own: Home) -> list["Prompt"]:
    from tasks.adapters.inputs import target_replies
    from tasks.adapters.warehouse import store

    with store.inspecting(own) as warehouse:
        return target_replies.as_prompts(warehouse.read("raw.prompt"))
