"""The options that `check` and `compare` share, and what they come to: the model asked about, and how it is asked."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.cli.start import BudgetOption, HomeOption, UnknownPricesOption, VerboseOption
from tasks.adapters import settings
from tasks.adapters.settings import Home

LARGEST = 200
"""Prompts that are asked unless more are wanted: minutes, and a power that is little below that of all."""

ModelArgument = Annotated[str, typer.Argument(metavar="MODEL", help="A model card; with --replies, any name.")]
RepliesOption = Annotated[
    Path | None, typer.Option("--replies", help="Its recorded replies, as `ingest` takes them: asks nothing.")
]
PromptsOption = Annotated[
    int, typer.Option("--prompts", min=1, help="The most prompts to ask; a smaller number is part of a larger.")
]
VendorOption = Annotated[str | None, typer.Option("--vendor", help="Its vendor. Default: its card's.")]
BaseOption = Annotated[str | None, typer.Option("--base", help="What it was trained from. Default: its card's.")]
TokensOption = Annotated[int, typer.Option("--max-tokens", min=1, help="The longest reply, in tokens.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Chooses the prompts.")]
RoundOption = Annotated[str | None, typer.Option("--round", help="Default: this ISO week.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the verdict and its evidence as JSON.")]


@dataclass(frozen=True)
class Target:
    """The model that is asked about. `vendor`, `base`: None: as its card says. `replies`: None: it is asked."""

    model: str
    vendor: str | None
    base: str | None
    replies: Path | None


@dataclass(frozen=True)
class Asking:
    """How a model is asked, and how the verdict is printed."""

    n_prompts: int
    max_tokens: int
    seed: int
    round_name: str | None
    budget: float | None
    allow_unknown_prices: bool
    verbose: bool
    as_json: bool


def _options(
    model: ModelArgument,
    *,
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
) -> tuple[Target, Asking, Home]:
    """Return what the shared options come to."""
    asking = Asking(n_prompts, max_tokens, seed, round_name, budget, allow_unknown_prices, verbose, as_json)
    return Target(model, vendor, base, replies), asking, settings.home_at(home)


def with_asking_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Return a verb with the shared options beside its own, given as `target`, `asking` and `place`.

    Its own options are keyword-only, and stand after the model.
    """
    shared = inspect.signature(_options).parameters
    own = [one for name, one in inspect.signature(verb).parameters.items() if name not in ("target", "asking", "place")]

    @wraps(verb)
    def run(**given: Any) -> None:
        target, asking, place = _options(**{name: given.pop(name) for name in shared})
        verb(**given, target=target, asking=asking, place=place)

    model, *others = shared.values()
    parameters = [model.replace(kind=inspect.Parameter.KEYWORD_ONLY), *own, *others]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run
