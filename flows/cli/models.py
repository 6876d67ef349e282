"""The verb `models`: lists cards, sees which models answer, and writes cards from lists that others keep."""

from collections.abc import Sequence
from typing import Annotated, Any

import polars as pl
import typer
from typer.core import TyperGroup

from flows.cli import completions, plan
from flows.cli.output import tables
from flows.cli.start import HomeOption
from tasks.adapters import extras, settings, terminal
from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.key_hosts import key_warnings

LIST = "list"


class ListUnlessNamed(TyperGroup):
    """A group that lists, where the first word names none of its verbs: `models phi-4` is `models list phi-4`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Return the words that are left, with the verb that is meant before them."""
        return super().parse_args(ctx, self._meant(args))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the verb that is meant, and the words after it."""
        return super().resolve_command(ctx, self._meant(args))

    def _meant(self, args: list[str]) -> list[str]:
        is_named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return args if is_named else [LIST, *args]


models = typer.Typer(
    cls=ListUnlessNamed,
    help="List the model cards; with --ping, see which of them answer. `models import` writes cards from a list.",
)


@models.command(LIST)
def list_cards(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="MODEL", help="Default: all cards.", autocompletion=completions.card_names),
    ] = None,
    ping: Annotated[bool, typer.Option("--ping", help="Make one tiny call to each, to see that it answers.")] = False,
    home: HomeOption = None,
) -> None:
    """List the model cards; with --ping, see which of them answer. The word `list` may be left out."""
    place = settings.home_at(home)
    from tasks.adapters.inputs import cards, data_files

    chosen = [cards.read_card(name) for name in names or cards.card_names()]
    terminal.print_lines(data_files.notes((data_files.CARDS, card.name) for card in chosen))
    if not ping:
        _print_cards(chosen)
        return
    extras.require("run", "--ping")
    from tasks.collect.ping import ping_models

    terminal.print_warnings(key_warnings(chosen))
    results = ping_models(chosen, place)
    tables.print_ping_results(results)
    if any(result.problem for result in results):
        raise typer.Exit(3)


@models.command("import")
def import_list(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL",
            help="LiteLLM's price table, OpenRouter's models, or what an endpoint answers to /models.",
        ),
    ],
    patterns: Annotated[
        list[str] | None, typer.Argument(metavar="MODEL", help="Names, or patterns such as 'gpt-*'. Default: all.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Where they are served. Default: as the list says.")
    ] = None,
    vendor: Annotated[str | None, typer.Option("--vendor", help="Who made them. Default: by the lexicon.")] = None,
) -> None:
    """Write cards with address, price and context from a list. What a model learned from, no list says."""
    from tasks.adapters.inputs.imported_cards import import_cards

    done = import_cards(source, patterns or [], base_url, vendor)
    rows = [
        {
            "model": one.name,
            "vendor": one.vendor,
            "served name": one.listed.served_name,
            "input USD": one.listed.input_usd,
            "output USD": one.listed.output_usd,
            "card": str(one.path) if one.path else f"not written: {one.reason}",
        }
        for one in done
    ]
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
    n_written = sum(one.path is not None for one in done)
    terminal.print_lines([f"{n_written} of {len(done)} cards written. Lineage and facts are for you to add."])


def _print_cards(chosen: Sequence[ModelCard]) -> None:
    """Print one line a model card."""
    rows = [
        {
            "model": card.name,
            "vendor": card.vendor,
            "stage": card.stage,
            "weights": card.weights,
            "role": card.lineage.role,
            "reached at": plan.address(card),
            "key in": card.endpoint.key_env if isinstance(card.endpoint, HostedEndpoint) else None,
        }
        for card in chosen
    ]
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
