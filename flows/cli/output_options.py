"""The options `--json` and `--quiet`, which every verb that prints tables has."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer

from tasks.adapters import output_mode

VERBS = {"plan", "evaluate", "ingest", "score", "models", "search", "validate-judge", "export", "show", "validate"}
VERBS |= {"bank", "check", "compare", "verify"}
"""Verbs that print tables; `query` has --format, and prints what it is asked."""


def _choosing(mode: output_mode.Mode) -> Callable[[bool], None]:
    def choose(value: bool) -> None:
        if value:
            output_mode.choose(mode)

    return choose


def _options(
    _as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON document with all tables and sentences.",
            callback=_choosing("json"),
            expose_value=False,
        ),
    ] = False,
    _is_quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            help="Print nothing but warnings and errors.",
            callback=_choosing("quiet"),
            expose_value=False,
        ),
    ] = False,
) -> None:
    """Have the options that are added to verbs."""


def add_to(verb: str, command: Any) -> None:
    """Add the options to a verb, or to the verbs below it, that do not have them."""
    if verb not in VERBS:
        return
    app = typer.Typer(add_completion=False)
    app.command()(_options)
    options = typer.main.get_command(app).params
    for one in _leaves(command):
        taken = {name for parameter in one.params for name in parameter.opts}
        one.params += [option for option in options if not taken & set(option.opts)]


def _leaves(command: Any) -> Iterator[Any]:
    below = getattr(command, "commands", None)
    if below is None:
        yield command
    else:
        for one in below.values():
            yield from _leaves(one)
