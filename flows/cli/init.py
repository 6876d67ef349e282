"""The verb `init`: a folder to begin with."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasks.adapters import terminal
from tasks.domain.errors import InputError, WorldError
from tasks.domain.key_hosts import key_warnings
from tasks.domain.suggestions import suggestions

if TYPE_CHECKING:
    from tasks.adapters.inputs.new_project import NewModel

N_SHOWN = 8


def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the model, its plan and the new folder.")],
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Of the endpoint, with /v1.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="ID", help="What the endpoint calls the model.")
    ] = None,
    key_env: Annotated[
        str | None, typer.Option("--key-env", metavar="X", help="Variable that holds the key. Default: by the address.")
    ] = None,
    vendor: Annotated[str | None, typer.Option("--vendor", help="Who made it. Default: as the ID says.")] = None,
) -> None:
    """Begin: write a folder with a card, a plan and the names of keys. On a terminal it asks for what is missing."""
    from tasks.adapters.inputs import card_matching, new_project

    address = _given(base_url, "--base-url", "Address of the endpoint, such as https://api.example.com/v1")
    key = key_env or new_project.usual_key(name, address)
    listed = _listed(new_project.NewModel(name, address, "any", "any", key))
    served = _given(model, "--model", f"What the endpoint calls the model{_choice(listed)}")
    maker = vendor or card_matching.vendor_named(served.rpartition("/")[2]) or card_matching.vendor_named(name)
    maker = _given(maker, "--vendor", "Who made the model, such as openai or meta")
    paths = new_project.write(
        new_project.NewModel(name, address, served, maker, key), new_project.comparable(), Path(name)
    )
    terminal.print_lines(f"Written: {path}" for path in paths)
    if listed and served not in listed:
        near = suggestions(served, listed)[:N_SHOWN]
        nearest = f" Nearest: {', '.join(near)}." if near else ""
        terminal.print_warnings([f"the endpoint lists no model {served!r}.{nearest} Correct served_name if it errs."])
    folder = shlex.quote(name)
    set_key = f" && export {key}=..." if key else ""
    terminal.print_lines(
        [
            "Next:",
            f"  cd {folder}{set_key} && distillometer models {folder} --ping",
            f"  distillometer plan {folder}",
            f"  distillometer evaluate {folder} --budget 5",
        ]
    )


def _listed(model: "NewModel") -> list[str]:
    """Return the ids of the models that the endpoint lists; empty where it does not answer, which is said."""
    from tasks.adapters.inputs.listed_models import listed_models
    from tasks.domain.card import HostedEndpoint

    endpoint = model.card.endpoint
    assert isinstance(endpoint, HostedEndpoint)
    terminal.print_warnings(key_warnings([model.card]))
    try:
        return [entry["id"] for entry in listed_models(endpoint)]
    except WorldError as error:
        terminal.print_lines([f"The endpoint was asked for its models; {error}"])
        return []


def _choice(listed: list[str]) -> str:
    more = ", ..." if len(listed) > N_SHOWN else ""
    return f" ({', '.join(listed[:N_SHOWN])}{more})" if listed else ""


def _given(value: str | None, option: str, question: str) -> str:
    """Return a value that was given, else what is typed on a terminal.

    Raises:
        InputError: it was not given, and nobody is there to ask.
    """
    if value:
        return value
    if not sys.stdin.isatty():
        raise InputError("it is not given, and there is no terminal to ask on.", where=option, remedy=f"{question}.")
    return str(typer.prompt(terminal.printable(question)))
