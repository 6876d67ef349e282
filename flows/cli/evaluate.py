"""The verb `evaluate`: runs a plan."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli import completions, plan
from flows.cli.output import answer, drift, grades, identity, tables
from flows.cli.output.next_commands import at_home
from flows.cli.start import BudgetOption, HomeOption, UnknownPricesOption, VerboseOption, starting
from tasks.adapters import extras, settings, terminal
from tasks.adapters.settings import Home
from tasks.domain.key_hosts import key_warnings

if TYPE_CHECKING:
    from tasks.adapters.planning.plans import Prepared
    from tasks.domain.outcomes import Evaluated

NOTHING_NEW = "Nothing has changed since the last run of this plan: its results stand."


def evaluate(
    name: Annotated[
        str,
        typer.Argument(
            metavar="PLAN",
            help="A plan of data/plans, or a path that ends in .toml.",
            autocompletion=completions.plan_names,
        ),
    ],
    round_name: Annotated[str | None, typer.Option("--round", help="Such as 2026-W48. Default: this ISO week.")] = None,
    budget: BudgetOption = None,
    allow_unknown_prices: UnknownPricesOption = False,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Run a plan: ask, keep, embed, compare, score, report. Run again, it asks only what has no reply yet."""
    extras.require("run", "evaluate")
    place = settings.home_at(home)
    from tasks.adapters.planning import budgets, kept_plans, plans

    read = plans.read(name, round_name)
    if read.plan.embedding.enabled:
        extras.require("embed", f"plan {name}, key 'embedding.enabled'")
    fresh = budgets.with_budget(read, budgets.with_options(read.plan.budget, budget, allow_unknown_prices))
    prepared = plans.reuse_published_rounds(fresh, place)
    settled = plans.answered(place)
    terminal.print_warnings(key_warnings(plans.cards_to_call(prepared, set())))
    plan.print_plan(prepared, settled, place, is_brief=not verbose)
    budgets.require_plan(prepared, settled)
    plans.require_reachable(prepared, settled, place)
    stored = _stored_result(place, prepared, fresh.gathered.content_id)
    if stored is not None:
        done = stored
        terminal.print_lines([NOTHING_NEW])
    else:
        with starting(place, verbose=verbose):
            from flows.evaluate import evaluate as flow

        prepared_id = kept_plans.store_plan(fresh, place)
        done = asyncio.run(flow(name, prepared.round, str(place.root), prepared_id=prepared_id))
    tables.print_result(place, done.findings, done.problems, is_verbose=verbose)
    identity.print_identity(place, is_brief=not verbose)
    grades.print_grades(place, is_brief=not verbose)
    drift.print_drift(place)
    answer.print_answer(place)
    terminal.print_lines(
        [
            "",
            f"Report: {done.report}",
            f"Database: {place.published} (read-only, for `query` or any DuckDB shell)",
            at_home("Next: distillometer show leaderboard", place),
        ]
    )
    if done.problems:
        raise typer.Exit(3)


def _stored_result(home: Home, prepared: "Prepared", prepared_id: str) -> "Evaluated | None":
    """Return the results of the last run; None where this one has to do more, as a damaged snapshot anew."""
    from tasks.adapters.warehouse import audits, formed, store
    from tasks.domain.errors import DatabaseDamaged
    from tasks.domain.outcomes import Evaluated

    report = home.reports / "latest.html"
    if not report.exists() or not formed.is_plan_formed(home, prepared_id):
        return None
    try:
        with store.reading(home) as snapshot:
            if not formed.is_report_from(report, formed.report_from(snapshot)):
                return None
            return Evaluated(prepared.run_id, [], audits.findings(snapshot), str(report))
    except DatabaseDamaged:
        return None
