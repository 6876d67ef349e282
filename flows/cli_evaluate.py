"""The verb `evaluate`: a plan is run."""

import asyncio
from typing import Annotated

import typer

from flows import cli_drift, cli_grades, cli_identity, cli_output, cli_plan, cli_power
from flows.cli_start import HomeOption, VerboseOption, start
from tasks.adapters import settings, terminal


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
    cli_plan.print_plan(prepared, settled)
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
