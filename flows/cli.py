"""The `distillometer` command: every verb calls a flow, or reads what a flow has published."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from flows import (
    cli_drift,
    cli_export,
    cli_grades,
    cli_identity,
    cli_judge_check,
    cli_output,
    cli_power,
    cli_search,
    cli_show,
    cli_show_verdict,
    cli_validate,
)
from flows.cli_start import BasesOption, HomeOption, VerboseOption, load_lineage, start
from tasks.adapters import settings, terminal
from tasks.domain.errors import DistillometerError, InputError
from tasks.domain.near_names import unknown_name

app = typer.Typer(
    help="Measure from replies alone how strongly one language model is distilled from another.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.command()
def plan(
    name: Annotated[str, typer.Argument(metavar="PLAN", help="A plan of data/plans, or a path that ends in .toml.")],
    round_name: Annotated[str | None, typer.Option("--round", help="Default: this ISO week.")] = None,
    home: HomeOption = None,
) -> None:
    """Check a plan and all that it names; say what it would ask. Asks nothing."""
    place = settings.home_at(home)
    from tasks.adapters import plans

    prepared = plans.foreseen(plans.read(name, round_name), place)
    cli_output.print_plan(prepared, plans.answered(place))
    terminal.say(cli_power.planned(prepared))


@app.command()
def evaluate(
    name: Annotated[str, typer.Argument(metavar="PLAN", help="A plan of data/plans, or a path that ends in .toml.")],
    round_name: Annotated[str | None, typer.Option("--round", help="Such as 2026-W48. Default: this ISO week.")] = None,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Run a plan: ask, keep, embed, compare, score, report. Run again, it asks only what has no reply yet."""
    place = settings.home_at(home)
    from tasks.adapters import plans

    prepared = plans.foreseen(plans.read(name, round_name), place)
    settled = plans.answered(place)
    cli_output.print_plan(prepared, settled)
    plans.check_reachable(prepared, settled, place)
    start(place, verbose=verbose)
    from flows.evaluate import evaluate as flow

    done = asyncio.run(flow(name, prepared.round, str(place.root)))
    cli_output.print_result(place, done.findings, done.problems)
    terminal.say(cli_power.scored(place))
    cli_identity.print_identity(place)
    cli_grades.print_grades(place)
    cli_drift.print_drift(place)
    terminal.say(
        [f"Report: {done.report}", f"Database: {place.published} (read-only, for `query` or any DuckDB shell)"]
    )
    if done.problems:
        raise typer.Exit(3)


@app.command()
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
    # Read once before anything starts: a broken file is said at once and leaves no trace.
    foreign.read(path, chosen, (model, prompt_set))
    if format_name is None:
        terminal.say([f"Format: {chosen} (detected)"])
    start(place, verbose=verbose)
    from flows.ingest import ingest as flow

    done = asyncio.run(flow(str(path.resolve()), chosen, str(place.root), model, prompt_set))
    cli_output.print_ingested(done)
    if done.labels:
        cli_identity.print_identity(place)


@app.command()
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
    start(place, verbose=verbose)
    from flows.grade import grade
    from flows.publish import publish
    from flows.similarity import similarity
    from tasks import score as score_step
    from tasks.domain.plan import EmbeddingPlan

    text_only = EmbeddingPlan(enabled=False, model=embed_model)

    async def run() -> None:
        with store.writing(place):
            load_lineage(place, lineage, bases)
            score_step.ask_about(asked, "score", place)
            seconds = await similarity(str(place.root), named, text_only, seed)
            if graded:
                await grade(str(place.root), references=graded)
            findings, _ = await publish(str(place.root), with_report=False)
            cli_output.print_result(place, findings, [])
            cli_grades.print_grades(place)
            terminal.say(cli_power.scored(place))
            terminal.say([f"Openings, lengths and word pairs of all pairs of models were compared in {seconds:.1f} s."])
            if n == n_trials == 0:
                return
            terminal.say(["Embedding: the scores above are final, only the cosines and neighbours wait for it."])
            wanted = {"enabled": True, "prompts_per_set": n, "trials_per_target": n_trials}
            await similarity(str(place.root), named, text_only.model_copy(update=wanted), seed)
            findings, _ = await publish(str(place.root), with_report=False)
            cli_output.print_result(place, findings, [])

    asyncio.run(run())
    terminal.say([f"Database: {place.published} (read-only, for `query` or any DuckDB shell)"])


def _names(given: list[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for part in given for name in part.split(",") if name.strip()))


@app.command()
def report(
    figures: Annotated[
        Path | None, typer.Option("--figures", metavar="DIR", help="Instead, write each chart there: SVG, PNG, CSV.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Write the report as one HTML file and print its path."""
    place = settings.home_at(home)
    from tasks.adapters import store

    with store.reading(place):
        settings.configure_prefect(place)
    from tasks import render

    made = [render.render.fn(place)] if figures is None else render.draw_figures.fn(place, figures)
    terminal.say([str(path) for path in made])


@app.command()
def query(
    sql: Annotated[str | None, typer.Argument(metavar="SQL", help="One SELECT on the published snapshot.")] = None,
    example: Annotated[str | None, typer.Option("--example", help="Run a query of sql/examples by name.")] = None,
    format_name: Annotated[str, typer.Option("--format", help="table, csv, json or parquet.")] = "table",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to.")] = None,
    home: HomeOption = None,
) -> None:
    """Ask the published snapshot in SQL. `select * from mart.relation` says what there is to ask."""
    place = settings.home_at(home)
    from tasks.adapters import sqlfiles, store

    if (sql is None) == (example is None):
        raise InputError("give either SQL or --example.", remedy=f"Examples: {', '.join(sqlfiles.examples())}.")
    if example is not None and example not in sqlfiles.examples():
        raise unknown_name("example", example, sqlfiles.examples())
    terminal.check_target(format_name, output)
    with store.reading(place) as snapshot:
        frame = snapshot.ask(sql if sql is not None else sqlfiles.examples()[str(example)])
    terminal.write_frame(frame, format_name, output)


@app.command()
def models(
    names: Annotated[list[str] | None, typer.Argument(metavar="[MODEL]...", help="Default: all cards.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Make one tiny call to each, to see that it answers.")] = False,
    home: HomeOption = None,
) -> None:
    """List the model cards; with --check, see which of them answer."""
    place = settings.home_at(home)
    from tasks.adapters import cards

    chosen = [cards.read_card(name) for name in names or cards.card_names()]
    if not check:
        cli_output.print_cards(chosen)
        return
    from tasks import ask_once

    results = ask_once.ask_once(chosen, place)
    cli_output.print_checked(results)
    if any(result.problem for result in results):
        raise typer.Exit(3)


app.command(name="judge-check")(cli_judge_check.judge_check)
app.command()(cli_search.search)
app.command()(cli_validate.validate)
app.command()(cli_export.export)
app.command()(cli_drift.prune)
app.command()(cli_drift.vacuum)
cli_show.show.command()(cli_show_verdict.verdict)
app.add_typer(cli_show.show, name="show")
app.add_typer(cli_search.bank, name="bank")

INTERRUPTED = 130
"""Exit code of a command that was stopped by Ctrl-C, as shells have it."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command; errors that a user can mend are one message and exit code 2 (input) or 3 (the world)."""
    try:
        result: Any = app(arguments, standalone_mode=False)
    except DistillometerError as error:
        sys.stderr.write(f"distillometer: {terminal.printable(str(error))}\n")
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        result = INTERRUPTED
    except Exception as error:
        # click's own usage errors carry their exit code; anything else is a defect and shows its traceback.
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        sys.exit(getattr(error, "exit_code", 2))
    if result == INTERRUPTED:
        sys.stderr.write("distillometer: interrupted. What has arrived is kept; the same command goes on from there.\n")
    sys.exit(result if isinstance(result, int) else 0)


if __name__ == "__main__":
    main()
