"""The verbs `search` and `templates freeze`: search templates under which a target leaks, and make a set of them."""

import asyncio
from dataclasses import asdict, replace
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flows.cli.output.next_commands import at_home
from flows.cli.start import BudgetOption, HomeOption, UnknownPricesOption, VerboseOption, starting
from tasks.adapters import extras, settings, terminal
from tasks.adapters.settings import Home
from tasks.domain.key_hosts import key_warnings

if TYPE_CHECKING:
    from flows.search import Searched
    from tasks.adapters.planning.searches import Limits

N_BEST = 10
N_SHOWN_CHARS = 90

BEST = [("success_share", "share"), ("n_success", "successes"), ("n_judged", "judged"), ("template_id", "template")]
BEST += [("step", "step"), ("operator", "mutation"), ("template_text", "text")]

SCORES = [("score", "score"), ("value", "value"), ("low", "low"), ("high", "high"), ("n", "n")]
SCORES += [("n_missing", "missing"), ("n_templates", "templates")]

STOPPED = {
    "calls": "its calls are used up",
    "iterations": "its iterations are used up",
    "successes": "it has found as many templates as wanted",
    "exhausted": "these seeds and mutations bring nothing new any more",
    "budget": "its budget is spent",
    None: "the endpoint can't be reached",
}

templates = typer.Typer(help="Template sets made of what searches found.", no_args_is_help=True)


def search(
    name: Annotated[
        str, typer.Argument(metavar="PLAN", help="A plan with a section \\[search], or a path that ends in .toml.")
    ],
    target: Annotated[str, typer.Option("--target", help="The model to search, one of the plan.")],
    calls: Annotated[int | None, typer.Option("--calls", min=1, help="The most calls. Default: the plan's.")] = None,
    iterations: Annotated[int | None, typer.Option("--iterations", min=1, help="The most steps.")] = None,
    successes: Annotated[
        int | None, typer.Option("--successes", min=1, help="Stop once N templates had a success.")
    ] = None,
    round_name: Annotated[str | None, typer.Option("--round", help="Such as 2026-W48. Default: this ISO week.")] = None,
    budget: BudgetOption = None,
    allow_unknown_prices: UnknownPricesOption = False,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Search templates under which a model leaks about who it is. Run again, it goes on from its last step."""
    extras.require("run", "search")
    place = settings.home_at(home)
    from tasks.adapters.planning import budgets, searches

    limits = searches.Limits(calls, iterations, successes)
    prepared = searches.read(name, target, limits, round_name)
    terminal.print_warnings(key_warnings(prepared.cards))
    money = budgets.with_options(prepared.plan.budget, budget, allow_unknown_prices)
    budgets.require_search(prepared, money)
    searches.require_reachable(prepared, place)
    with starting(place, verbose=verbose):
        from flows.search import search as flow

    done = asyncio.run(flow(name, target, limits, prepared.submission.round, str(place.root), budget=money))
    _print_searched(place, done, target)
    again = f"To go on: distillometer search {quote(name)} --target {target} --round {prepared.submission.round}"
    if done.stop_reason in (None, "budget"):
        terminal.print_lines([f"Unanswered: {problem}" for problem in done.problems])
        terminal.print_lines([at_home(again + _options(limits), place)])
        raise typer.Exit(3)
    if done.stop_reason != "exhausted":
        more = {done.stop_reason: 2 * getattr(prepared.search, done.stop_reason)}
        terminal.print_lines([at_home(again + _options(replace(limits, **more)), place)])


def _options(limits: "Limits") -> str:
    return "".join(f" --{key} {value}" for key, value in asdict(limits).items() if value is not None)


def _print_searched(home: Home, done: "Searched", target: str) -> None:
    from tasks.adapters.warehouse import store

    with store.reading(home) as snapshot:
        steps = snapshot.read("raw.search_step", search_id=done.search_id).sort("step")
        scores = snapshot.read("mart.identity_score", target=target, mode="search", slice="all").sort("score")
    sent = steps.filter(pl.col("refused_reason").is_null())
    refused = steps.drop_nulls("refused_reason")["refused_reason"].value_counts(sort=True).iter_rows()
    by_kind = [int(steps[name].sum()) for name in ("n_calls", "n_attacker_calls", "n_judge_calls")]
    to_judge = f" ({by_kind[2]} of them to the judge)" if by_kind[2] else ""
    n_unread = by_kind[0] - int(steps["n_judged"].sum())
    leaking = sent.filter(pl.col("n_success") > 0).with_columns(
        (pl.col("n_success") / pl.col("n_judged")).alias("success_share"),
        pl.col("template_id").str.slice(0, 8),
        pl.col("template_text").str.replace_all(r"\s+", " ").str.slice(0, N_SHOWN_CHARS),
    )
    listed = ", ".join(f"{n} {reason}" for reason, n in refused)
    terminal.print_lines(
        [
            f"Search {done.search_id} of {target}: {STOPPED[done.stop_reason]}.",
            f"{steps.height} steps, {sum(by_kind)} calls{to_judge}; {sent.height} templates asked, {leaking.height} of "
            f"them with a success; refused: {listed or 'none'}.",
            *([f"Replies without a label: {n_unread} of {by_kind[0]}; they count as missing."] if n_unread else []),
        ]
    )
    if not leaking.is_empty():
        best = leaking.sort("success_share", "n_judged", "step", descending=[True, True, False])
        terminal.out().print(terminal.table("Best templates", best.head(N_BEST), BEST))
    if not scores.is_empty():
        title = f"Identity of {target} in all its searches (never to be set beside a template set's)"
        terminal.out().print(terminal.table(title, scores, SCORES))
    if not leaking.is_empty():
        freezing = f"To freeze: distillometer templates freeze NAME --from {done.search_id[:8]}"
        terminal.print_lines([at_home(freezing, home)])


@templates.command()
def freeze(
    name: Annotated[str, typer.Argument(help="Name of the new template set: a folder of data/templates.")],
    searches: Annotated[
        list[str] | None, typer.Option("--from", metavar="SEARCH_ID", help="May be repeated. Default: all searches.")
    ] = None,
    min_success: Annotated[
        float, typer.Option("--min-success", min=0, max=1, help="Least share of the questions that succeeded.")
    ] = 0.1,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="The most templates, the best ones.")] = None,
    version: Annotated[str, typer.Option("--version", help="Above that of the set, where it is there.")] = "1.0.0",
    home: HomeOption = None,
) -> None:
    """Write what the searches found as a template set, which every plan can use."""
    place = settings.home_at(home)
    from tasks.identity import export_templates

    request = export_templates.BankRequest(name, version, tuple(searches or ()), min_success, limit)
    frozen = export_templates.export_templates(request, place)
    card = frozen.card
    evaluating = at_home("distillometer evaluate PLAN", place)
    terminal.print_lines(
        [
            f"Template set {card.name} {card.version}: {card.n_templates} of {frozen.n_candidates} templates that were "
            f"asked, {frozen.n_leading} of them leading; kinds: {', '.join(card.kinds)}.",
            f"Folder: {frozen.folder}",
            f'To use it: [identity] templates = "{card.name}" in a plan, then `{evaluating}`',
        ]
    )
