"""What the command's verbs print of rows that are already there."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from flows import cli_grades, cli_identity, cli_leaderboard, cli_population, cli_verdict
from tasks.adapters import store, terminal
from tasks.adapters.settings import Home
from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.reporting import sentences

if TYPE_CHECKING:
    from tasks.adapters.plans import Prepared
    from tasks.ask_once import Checked
    from tasks.domain.rows import Finding
    from tasks.ingest import Ingested

NEXT_OF_TRIALS = 'Next: distillometer query "select * from mart.identity_score", or mart.identity_spread once embedded.'
MOST_ROWS = 60
MOST_COVERAGE_ROWS = 15

COVERAGE = [("model", "model"), ("prompt_set", "prompts"), ("n_asked", "asked"), ("n_answered", "answered")]
COVERAGE += [("missing_reasons", "missing"), ("n_cut", "cut at limit"), ("median_latency_ms", "median ms")]

BESIDE_SELF = [("left_model", "model"), ("right_model", "other model"), ("opening_share_of_self", "share of self")]
BESIDE_SELF += [("opening_share_of_self_low", "low"), ("opening_share_of_self_high", "high"), ("n_prompts", "prompts")]
BESIDE_SELF += [("opening", "shared opening"), ("left_self_opening", "model with itself")]
BESIDE_SELF += [("right_self_opening", "other with itself"), ("bigram_jaccard", "word pairs")]
BESIDE_SELF += [("bigram_share_of_self", "their share of self"), ("raw_cos", "cosine")]


def print_plan(prepared: "Prepared", answered: set[str]) -> None:
    """Print a plan's models, prompts, calls to be made and calls already answered."""
    plan = prepared.plan
    terminal.say([f"Plan {plan.name}, round {prepared.round}" + (f": {plan.description}" if plan.description else "")])
    calls = pl.DataFrame(
        [(r.model, r.request_id in answered) for r in prepared.requests], ["model", "is_answered"], orient="row"
    )
    by_model = {
        model: (n, done)
        for model, n, done in calls.group_by("model")
        .agg(pl.len(), pl.col("is_answered").sum().alias("done"))
        .iter_rows()
    }
    rows = [
        {
            "model": name,
            "reached at": _address(prepared.cards[name]),
            "calls": by_model[name][0],
            "answered": by_model[name][1],
            "to be made": by_model[name][0] - by_model[name][1],
        }
        for name in plan.models
    ]
    sets = [
        {
            "prompt set": choice.set,
            "version": prepared.set_cards[choice.set].version,
            "prompts": min(choice.limit or len(prepared.prompts[choice.set]), len(prepared.prompts[choice.set])),
            "of": len(prepared.prompts[choice.set]),
            "samples": choice.samples,
        }
        for choice in plan.prompts
    ]
    n_answered = sum(done for _, done in by_model.values())
    console = terminal.out()
    console.print(terminal.table("", pl.DataFrame(rows)))
    console.print(terminal.table("", pl.DataFrame(sets)))
    terminal.say([*_bank(prepared), *cli_grades.planned(prepared.grading)])
    terminal.say(
        [f"Calls: {len(prepared.requests)}; answered: {n_answered}; to be made: {len(prepared.requests) - n_answered}"]
    )


def _bank(prepared: "Prepared") -> list[str]:
    """Return what a plan's identity trials are, in sentences."""
    bank, wanted = prepared.bank, prepared.plan.identity
    if bank is None or wanted is None:
        return []
    n_leading = sum(template.is_leading for template in bank.templates)
    n_questions = len({trial.wrapped.question.prompt_id for trial in bank.trials})
    lines = [
        f"Identity trials: {len(bank.templates)} templates of set {bank.card.name} {bank.card.version} "
        f"({n_leading} of them name a vendor or model) x {n_questions} questions x {wanted.samples} samples; "
        f"read by {', '.join(wanted.judges)}."
    ]
    if bank.judge_card is not None:
        n_judges = len(wanted.judges) - wanted.judges.count("text_claim")
        lines.append(
            f"Calls to the judge {bank.judge_card.name}: up to {n_judges * len(bank.trials)}, and one more for each "
            "verdict that can't be read."
        )
    return lines


def _address(card: ModelCard) -> str:
    return card.endpoint.base_url if isinstance(card.endpoint, HostedEndpoint) else "this machine (llama.cpp)"


def print_result(home: Home, findings: Sequence["Finding"], problems: Sequence[str]) -> None:
    """Print coverage, leaderboard, pairs beside each model's likeness to itself, and what this can't show."""
    console = terminal.out()
    with store.reading(home) as snapshot:
        coverage = snapshot.read("mart.coverage").sort("model", "prompt_set")
        board = snapshot.read("mart.target_summary").sort("position")
        pairs = snapshot.read("mart.pair_beside_self").sort("position")
        panel = snapshot.read("mart.panel")
    if coverage.is_empty():
        terminal.say(["There are no replies to compare, only identity trials.", NEXT_OF_TRIALS])
        terminal.say(f"Warning: {sentences.warning(finding)}" for finding in findings)
        return
    _print_coverage(coverage)
    cli_leaderboard.print_leaderboard(board)
    cli_verdict.print_verdicts(home)
    if not pairs.is_empty():
        terminal.say([""])
        title = "Each pair's likeness beside each model's likeness to itself (another sample of the same prompt)"
        console.print(terminal.table(title, pairs.head(MOST_ROWS), BESIDE_SELF))
    cli_population.print_population(home)
    said = sentences.findings(pairs.to_dicts(), coverage.to_dicts(), panel.to_dicts())
    terminal.say(["", *(f"- {sentence}" for sentence in said)])
    terminal.say(f"Warning: {sentences.warning(finding)}" for finding in findings)
    terminal.say(f"Unanswered: {problem}" for problem in problems)


def _print_coverage(coverage: pl.DataFrame) -> None:
    shown = coverage if coverage.height <= MOST_COVERAGE_ROWS else coverage.filter(pl.col("n_missing") > 0)
    if not shown.is_empty():
        terminal.say([""])
        terminal.out().print(terminal.table("Answers", shown.head(MOST_ROWS), COVERAGE))
    n_asked, n_missing = int(coverage["n_asked"].sum()), int(coverage["n_missing"].sum())
    n_models = coverage["model"].n_unique()
    terminal.say([f"{n_models} models, {n_asked} requests, {n_asked - n_missing} replies, {n_missing} missing."])


def print_ingested(done: "Ingested") -> None:
    """Print what was read and what of it was new; of trials also their labels."""
    missing = f", {done.n_missing} of them empty (kept as missing)" if done.n_missing else ""
    replaced = f", {done.n_replaced} in the place of an older text" if done.n_replaced else ""
    terminal.say(
        [
            f"Read {done.n_replies} replies of {done.n_models} models to {done.n_prompts} prompts"
            f" (set {done.prompt_set}){missing}.",
            f"New: {done.n_new}{replaced}" + (f"; labels: {done.n_labels_new}." if done.labels else "."),
        ]
    )
    cli_identity.print_labels(done.labels)
    next_step = cli_identity.NEXT_QUERY if done.labels else "Next: distillometer score"
    terminal.say([next_step if done.n_new or done.n_labels_new else "Nothing was added."])


def print_cards(chosen: Sequence[ModelCard]) -> None:
    """Print one line a model card."""
    rows = [
        {
            "model": card.name,
            "vendor": card.vendor,
            "stage": card.stage,
            "weights": card.weights,
            "role": card.lineage.role,
            "reached at": _address(card),
            "key in": card.endpoint.key_env if isinstance(card.endpoint, HostedEndpoint) else None,
        }
        for card in chosen
    ]
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))


def print_checked(results: Sequence["Checked"]) -> None:
    """Print which models answered a tiny call, how fast, or why not."""
    rows = [
        {
            "model": result.model,
            "answers": result.problem is None,
            "ms": result.latency_ms,
            "reply or reason": result.problem or result.reply_text,
        }
        for result in results
    ]
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
