"""The verb `ingest`: replies that were recorded elsewhere."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.output import identity, tables
from flows.cli.start import HomeOption, VerboseOption, starting
from tasks.adapters import settings, terminal


def ingest(
    path: Annotated[
        Path,
        typer.Argument(help="File or folder of replies that were recorded elsewhere, or hf://datasets/OWNER/NAME."),
    ],
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="alpaca-eval, chat-messages, every-eval-ever, helm, hf-dataset, identity-attack, inspect-eval, "
            "langfuse, llm-logs, lm-eval, mt-bench, openai-batch, promptfoo or replies. Default: detected.",
        ),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="Name of the model, where the file holds one.")] = None,
    prompt_set: Annotated[str | None, typer.Option("--prompt-set", help="Name for the prompts.")] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out files of a folder that are wrong, record them, take the rest.")
    ] = False,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Take in replies that were recorded elsewhere. The same again adds nothing."""
    place = settings.home_at(home)
    from tasks.adapters.inputs import hub_data_sets, recorded_files
    from tasks.adapters.warehouse.stored_prompts import known_prompts

    with hub_data_sets.local(path, place) as file:
        chosen = recorded_files.detect(file) if format_name is None else format_name
        # Read before anything starts: broken files raise one error at once, and nothing is changed.
        with recorded_files.staged(
            file, chosen, place, model=model, prompt_set=prompt_set, skip_bad=skip_bad, known=known_prompts(place)
        ):
            if format_name is None:
                terminal.print_lines([f"Format: {chosen} (detected)"])
            with starting(place, verbose=verbose):
                from flows.ingest import ingest as flow

            given = str(file.resolve()), chosen, str(place.root), model, prompt_set
            done = asyncio.run(flow(*given, skip_bad=skip_bad))
    tables.print_ingested(place, done)
    if done.labels:
        identity.print_identity(place)
