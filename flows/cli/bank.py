"""The verbs `bank build`, `bank list`, `bank show`: reference banks."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from flows.cli.output.next_commands import at_home
from flows.cli.start import HomeOption
from tasks.adapters import settings, terminal
from tasks.adapters.inputs.textfiles import require_name

bank = typer.Typer(
    help="Reference banks: what verdicts need of many models' replies, without their text.", no_args_is_help=True
)


@bank.command()
def build(
    name: Annotated[str, typer.Argument(help="The bank's name.")],
    note: Annotated[str, typer.Option("--note", help="Whose replies they are, from when, on what terms.")],
    prompt_sets: Annotated[
        list[str] | None, typer.Option("--prompt-set", help="May be repeated. Default: all prompt sets.")
    ] = None,
    n_pairs: Annotated[
        int,
        typer.Option("--word-pairs", min=0, help="Kept of the median reply: more is closer to a scoring; 0: all."),
    ] = 64,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Default: banks/NAME.parquet of home.")] = None,
    home: HomeOption = None,
) -> None:
    """Write a bank of all models that were scored, for `check`."""
    place = settings.home_at(home)
    require_name(name, "the name", "NAME")
    from tasks.adapters.inputs import bank_files
    from tasks.adapters.warehouse import reference_banks, store

    with store.reading(place) as snapshot:
        built = reference_banks.build(snapshot, name, note, prompt_sets or (), n_pairs)
    path = output or place.banks / f"{name}{bank_files.SUFFIX}"
    bank_files.write(built, path)
    checking = f"distillometer check MODEL --bank {name if output is None else path}"
    terminal.print_lines(
        [
            f"Bank {name}: {len(built.models)} models, {len(built.prompts)} prompts, {len(built.prompt):,} replies; "
            f"{path.stat().st_size / 1e6:.1f} MB, no text of them.",
            f"File: {path}",
            f"SHA-256 of its content: {built.digest}",
            f"To use it: {at_home(checking, place)}",
        ]
    )


@bank.command("list")
def list_banks(home: HomeOption = None) -> None:
    """List the banks of the home and of the data folders: name, models, prompts, note."""
    place = settings.home_at(home)
    from tasks.adapters.inputs import bank_files

    paths = bank_files.paths(place)
    if not paths:
        terminal.print_lines([f"There is no bank in {' or '.join(map(str, bank_files.folders(place)))}."])
        return
    cards = [(path, bank_files.read_card(path)) for path in paths]
    rows = [
        {
            "bank": path.stem,
            "models": len(card["models"]),
            "prompts": len(card["prompts"]),
            "note": card["note"],
            "file": str(path),
        }
        for path, card in cards
    ]
    terminal.out().print(terminal.table("", pl.DataFrame(rows)))


@bank.command()
def show(
    name: Annotated[str, typer.Argument(help="A bank's name, or its file.")],
    home: HomeOption = None,
) -> None:
    """Check a bank against its checksum and print what it holds."""
    place = settings.home_at(home)
    from tasks.adapters.inputs import bank_files

    path = bank_files.path_of(name, place)
    held = bank_files.read(path)
    sets = Counter(prompt.prompt_set for prompt in held.prompts)
    rows = [
        {
            "model": model.model,
            "vendor": model.vendor,
            "role": model.role,
            "candidate": model.is_reference,
            "background": model.is_background,
            "learned from": ", ".join(model.learned_from),
            "released": model.released,
        }
        for model in held.models
    ]
    terminal.print_lines(
        [
            f"Bank {held.name}: {len(held.models)} models, {len(held.prompt):,} replies. {held.note}",
            f"Prompts: {', '.join(f'{n} of {prompt_set}' for prompt_set, n in sorted(sets.items()))}",
            f"SHA-256 of its content, as it should be: {held.digest}",
        ]
    )
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
