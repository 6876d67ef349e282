"""The verb `validate-judge`: measures a judge on labelled replies, and prints the result."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flows.cli.start import BudgetOption, HomeOption, UnknownPricesOption, VerboseOption, starting
from tasks.adapters import extras, settings, terminal
from tasks.adapters.settings import Home
from tasks.domain.key_hosts import key_warnings

if TYPE_CHECKING:
    from tasks.adapters.planning.judge_validations import PreparedValidation, ValidationRequest
    from tasks.domain.budget import BudgetPlan
    from tasks.domain.card import ModelCard
    from tasks.domain.judging.validation import Disagreement, JudgeValidation
    from tasks.identity.validate_judge import Ahead, JudgeMeasurement, Spent

MOST_EVIDENCE = 200

CHECKS = [("replies", "replies"), ("n", "n"), ("missing", "missing"), ("coverage", "coverage"), ("kappa", "kappa")]
CHECKS += [("low", "low"), ("high", "high"), ("agreement", "agreement"), ("recall", "recall")]
CHECKS += [("precision", "precision"), ("judge_rate", "judge's rate"), ("gold_rate", "gold rate")]


def validate_judge(
    gold_labels: Annotated[Path, typer.Argument(help="Attack logs, or a csv or jsonl of model, reply, loose, strict.")],
    judge: Annotated[
        str, typer.Option("--judge", help="text_claim; contradiction and llm_claim ask a model.")
    ] = "text_claim",
    judge_model: Annotated[
        str | None, typer.Option("--judge-model", metavar="CARD", help="Model card of the model that the judge asks.")
    ] = None,
    facts: Annotated[Path | None, typer.Option("--facts", help="TOML of models without a card: a table each.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Read N labelled replies, stratified by model.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Chooses the replies that --limit leaves.")] = 0,
    errors: Annotated[int, typer.Option("--errors", min=0, help="Print N replies that it reads otherwise.")] = 0,
    budget: BudgetOption = None,
    allow_unknown_prices: UnknownPricesOption = False,
    home: HomeOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Measure a judge against labelled replies. What a model is asked for it is kept: run again, it asks the rest."""
    place = settings.home_at(home)
    from tasks.adapters.planning import judge_validations
    from tasks.identity import validate_judge as step

    request = judge_validations.ValidationRequest(gold_labels.resolve(), judge, judge_model, facts, limit, seed)
    prepared = judge_validations.read(request)
    if prepared.card is None:
        _print_measured(prepared, step.measure_text(prepared, errors))
        return
    extras.require("run", "--judge-model")
    terminal.print_warnings(key_warnings([prepared.card]))
    from tasks.adapters.planning import budgets
    from tasks.domain.budget import BudgetPlan

    money = budgets.with_options(BudgetPlan(), budget, allow_unknown_prices)
    budgets.require_bounded([(prepared.card, prepared.card.sampling)], money, "validate-judge")
    problems = _measure_by_model(request, prepared, errors, place, money, is_verbose=verbose)
    if problems:
        terminal.print_lines(f"Unanswered: {problem}" for problem in problems)
        raise typer.Exit(3)


def _measure_by_model(
    request: "ValidationRequest",
    prepared: "PreparedValidation",
    n_errors: int,
    home: Home,
    money: "BudgetPlan",
    *,
    is_verbose: bool,
) -> list[str]:
    from tasks.adapters.planning import judge_validations
    from tasks.identity import validate_judge as step

    ahead = step.ahead(judge_validations.ValidationCalls(prepared, home))
    _print_ahead(prepared, ahead)
    if ahead.n_calls:
        judge_validations.require_reachable(prepared, home)
    with starting(home, verbose=is_verbose):
        from flows.judge_validation import judge_validation as flow

    measured, problems = asyncio.run(flow(request, n_errors, str(home.root), money))
    _print_measured(prepared, measured)
    return problems


def _print_ahead(prepared: "PreparedValidation", ahead: "Ahead") -> None:
    card = prepared.model_judge.card
    cost = _unpriced(card)
    if card.price is not None and ahead.usd is not None:
        cost = f"{_usd(ahead.usd, 'about ')} at the card's price of {card.price.as_of}"
    terminal.print_lines(
        [
            f"{prepared.judge.name} asks {card.name} about {len(prepared.replies)} of {prepared.n_labelled} labelled "
            f"replies. Calls: {ahead.n_calls + ahead.n_answered}; answered: {ahead.n_answered}; to be made: "
            f"{ahead.n_calls}, and one more for each answer that can't be read ({cost})."
        ]
    )


def _print_measured(prepared: "PreparedValidation", measured: "JudgeMeasurement") -> None:
    """Print a judge against the gold labels: all replies, by model, by language; price and time; errors."""
    by = f" by {prepared.card.name}" if prepared.card is not None else ""
    n_chosen, n_unlabelled = len(prepared.replies), prepared.n_replies - prepared.n_labelled
    unlabelled = f", {n_unlabelled} without a gold label" if n_unlabelled else ""
    chosen = f"; {n_chosen} of them were to be read" if n_chosen < prepared.n_labelled else ""
    terminal.print_lines(
        [
            "",
            f"Judge {prepared.judge.name} {prepared.judge.version}{by}: {prepared.n_replies} replies{unlabelled}"
            f"{chosen}.",
        ]
    )
    for score in prepared.scores:
        rows = [_table_row(check) for check in measured.checks if check.score == score]
        if rows:
            terminal.print_lines([""])
            title = f"{score.capitalize()}: the judge beside the gold labels"
            terminal.out().print(terminal.table(title, pl.DataFrame(rows, infer_schema_length=None), CHECKS))
    clusters = {check.n_clusters for check in measured.checks if check.group == "all"} - {None}
    over = f"over {max(n for n in clusters if n)} templates or prompts" if clusters else "over replies"
    notes = [f"kappa: Cohen's, with its 95 % interval {over}; missing: labelled, but not read."]
    if any(check.labels.reason == "one_label" for check in measured.checks):
        notes.append("No kappa where judge and labels have one and the same answer throughout.")
    if measured.missing_reasons:
        reasons = ", ".join(f"{n} {reason}" for reason, n in measured.missing_reasons.items())
        notes.append(f"Without a label: {sum(measured.missing_reasons.values())} of {n_chosen} replies ({reasons}).")
    if prepared.without_facts:
        names = ", ".join(prepared.without_facts)
        notes.append(f"No card; only the vendor is known, by the name: {names}. --facts FILE.toml tells more.")
    terminal.print_lines([*notes, _spent_line(prepared, measured.spent)])
    for number, error in enumerate(measured.disagreements, start=1):
        terminal.print_lines(["", *_error_lines(number, error)])


def _spent_line(prepared: "PreparedValidation", spent: "Spent") -> str:
    time = "time not measured, no call was answered in this run"
    if spent.seconds_per_1000 is not None:
        within = f" (measured over {spent.n_answered} calls)" if prepared.card is not None else ""
        seconds = spent.seconds_per_1000
        time = (f"{seconds:.2f} s" if seconds < 1000 else f"{seconds:,.0f} s") + within
    elif spent.n_calls == 0:
        time = "no call was needed"
    price = "price unknown, the endpoint returned no token counts"
    if spent.usd_per_1000 is not None:
        price = _usd(spent.usd_per_1000)
    elif prepared.card is not None and prepared.card.price is None:
        price = _unpriced(prepared.card)
    return f"Per 1,000 replies: {time}; {price}."


def _unpriced(card: "ModelCard") -> str:
    """Say of a card without a price whether its model costs nothing."""
    return "the card has no price" if card.call_price is None else "this machine serves the model: it costs nothing"


def _usd(amount: float, about: str = "") -> str:
    return "less than 0.01 USD" if 0 < amount < 0.01 else f"{about}{amount:.2f} USD"


def _table_row(check: "JudgeValidation") -> dict[str, object]:
    labels = check.labels
    return {
        "replies": check.value or "all",
        "n": labels.n,
        "missing": labels.n_missing,
        "coverage": check.coverage,
        "kappa": labels.kappa,
        "low": labels.kappa_low,
        "high": labels.kappa_high,
        "agreement": labels.agreement,
        "recall": check.detection.recall,
        "precision": check.detection.precision,
        "judge_rate": check.judge_rate,
        "gold_rate": check.gold_rate,
    }


def _error_lines(number: int, error: "Disagreement") -> list[str]:
    reply, label = error.reply, error.label
    gold_label, judged = ("positive", "negative") if reply.gold_label(error.score) else ("negative", "positive")
    cue = f" by cue {label.cue}" if label.cue else ""
    evidence = " ".join((label.evidence or reply.text).split())[:MOST_EVIDENCE]
    return [f"{number}. {reply.model}, {error.score}: labelled {gold_label}, read as {judged}{cue}:", f"   {evidence}"]
