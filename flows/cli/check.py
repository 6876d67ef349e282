"""The verb `check`: one model against a reference bank."""

from pathlib import Path
from typing import Annotated

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
from flows.cli.start import BudgetOption, HomeOption, UnknownPricesOption, VerboseOption
from tasks.adapters import settings


def check(
    model: ModelArgument,
    bank_name: Annotated[str, typer.Option("--bank", help="A reference bank, or its file.")],
    replies: RepliesOption = None,
    n_prompts: PromptsOption = LARGEST,
    prompts_from: Annotated[
        Path | None,
        typer.Option("--prompts-from", help="Any model's replies to the bank's prompts, where these are not here."),
    ] = None,
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
    """Ask one model the prompts of a reference bank and say whom it resembles, and how sure that is."""
    place = settings.home_at(home)
    from tasks.adapters.inputs import bank_files, target_replies
    from tasks.adapters.planning import bank_checks

    bank = bank_files.read(bank_files.path_of(bank_name, place))
    print_check(
        bank,
        Target(model, vendor, base, replies),
        Asking(n_prompts, max_tokens, seed, round_name, budget, allow_unknown_prices, verbose),
        lambda held: (
            (bank_checks.prompts_of_sets(held), "the prompt sets of the data folders")
            if prompts_from is None
            else (target_replies.read_prompts(prompts_from, place), str(prompts_from))
        ),
        place,
        as_json=as_json,
    )
