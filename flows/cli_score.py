"""The verbs `ingest` and `score`: replies that were recorded elsewhere, and all comparisons formed anew."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from flows import cli_grades, cli_identity, cli_output, cli_power
from flows.cli_start import BasesOption, HomeOption, VerboseOption, load_lineage, start
from tasks.adapters import settings, terminal
from tasks.adapters.settings import Home


def ingest(
    path: Annotated[Path, typer.Argument(help="File or folder of replies that were recorded elsewhere.")],
    format_name: Annotated[
        str | None,
        typer.Option("--format", help="alpaca-eval, identity-attack, mt-bench or replies. Default: detected."),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="Name of the model, where the file holds one.")] = None,
    prompt_set: Annotated[str | None, typer.Option("--prompt-set", help="Name for the prompts.")] = None,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Take in replies that were recorded elsewhere. The same again adds nothing."""
    place = settings.home_at(home)
    from tasks.adapters import foreign

    chosen = foreign.detect(path) if format_name is None else format_name
    # Read before anything starts: a broken file is said at once and leaves no trace.
    with foreign.staged(path, chosen, (model, prompt_set), place):
        if format_name is None:
            terminal.say([f"Format: {chosen} (detected)"])
        start(place, verbose=verbose)
        from flows.ingest import ingest as flow

        done = asyncio.run(flow(str(path.resolve()), chosen, str(place.root), model, prompt_set))
    cli_output.print_ingested(done)
    if done.labels:
        cli_identity.print_identity(place)


def score(
    references: Annotated[str, typer.Option("--references", help="Candidate teachers, separated by commas.")] = "",
    lineage: Annotated[Path | None, typer.Option("--lineage", help="CSV of what is known of each model.")] = None,
    bases: BasesOption = None,
    grade_against: Annotated[
        list[str] | None,
        typer.Option("--grade-against", metavar="REFERENCE", help="Grade likeness to it from 1 to 5. May be repeated."),
    ] = None,
    question: Annotated[
        list[str] | None,
        typer.Option(
            "--question",
            metavar="TARGET=GROUP",
            help="A pair that you asked about before you saw anything. Repeatable.",
        ),
    ] = None,
    embed_prompts: Annotated[
        int | None, typer.Option("--embed-prompts", min=0, help="Prompts a set to embed; 0: none. Default: 150.")
    ] = None,
    embed_all: Annotated[bool, typer.Option("--embed-all", help="Embed the replies to all prompts.")] = False,
    embed_trials: Annotated[
        int | None, typer.Option("--embed-trials", min=0, help="Identity trials a target to embed. Default: 150.")
    ] = None,
    embed_model: Annotated[
        str, typer.Option("--embed-model", help="Model of sentence-transformers: hub name or path.")
    ] = "all-MiniLM-L6-v2",
    seed: Annotated[int, typer.Option("--seed", help="Chooses the prompts to embed.")] = 0,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Compare all that is in the warehouse and print the leaderboard; text first, then embeddings."""
    place = settings.home_at(home)
    from tasks.adapters import lineages, store

    n = None if embed_all else 150 if embed_prompts is None else embed_prompts
    n_trials = (0 if n == 0 else 150) if embed_trials is None else embed_trials
    named = _names([references])
    graded = _names(grade_against or [])
    store.check_free(place)
    lineages.check(named, lineage, place, bases)
    lineages.check(graded, None, place)
    asked = lineages.read_questions(question or [], lineage, place)
    from tasks.adapters import formed
    from tasks.domain.plan import EmbeddingPlan

    text_only = EmbeddingPlan(enabled=False, model=embed_model)
    wanted = {"enabled": True, "prompts_per_set": n, "trials_per_target": n_trials}
    whole = text_only if n == n_trials == 0 else text_only.model_copy(update=wanted)
    with store.writing(place) as warehouse:
        load_lineage(place, lineage, bases)
        lineages.keep_questions(asked, "score", warehouse)
        is_there = formed.is_formed(warehouse, formed.SIMILARITY, formed.formed_from(warehouse, named, whole, seed))
        if is_there and not graded:
            warehouse.publish(place.published)
    if is_there and not graded:
        _print_as_it_stands(place)
        return
    start(place, verbose=verbose)
    from flows.grade import grade
    from flows.publish import publish
    from flows.similarity import similarity

    async def run() -> None:
        with store.writing(place):
            seconds = await similarity(str(place.root), named, whole if is_there else text_only, seed)
            if graded:
                await grade(str(place.root), references=graded)
            findings, _ = await publish(str(place.root), with_report=False)
            cli_output.print_result(place, findings, [])
            cli_grades.print_grades(place)
            terminal.say(cli_power.scored(place))
            if is_there:
                terminal.say(["Nothing has changed since the last scoring: its results stand."])
                return
            terminal.say([f"All pairs of models were compared in {seconds:.1f} s."])
            if whole == text_only:
                return
            terminal.say(["Embedding: the scores above are final, only the cosines and neighbours wait for it."])
            await similarity(str(place.root), named, whole, seed)
            findings, _ = await publish(str(place.root), with_report=False)
            cli_output.print_result(place, findings, [])

    asyncio.run(run())
    terminal.say([f"Database: {place.published} (read-only, for `query` or any DuckDB shell)"])


def _print_as_it_stands(place: Home) -> None:
    """Print what was scored before, for which nothing has to run."""
    from tasks.adapters import checks, store

    with store.reading(place) as snapshot:
        findings = checks.findings(snapshot)
    cli_output.print_result(place, findings, [])
    cli_grades.print_grades(place)
    terminal.say(
        [
            *cli_power.scored(place),
            "Nothing has changed since the last scoring: its results stand.",
            f"Database: {place.published} (read-only, for `query` or any DuckDB shell)",
        ]
    )


def _names(given: list[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for part in given for name in part.split(",") if name.strip()))
