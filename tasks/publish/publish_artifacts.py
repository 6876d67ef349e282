"""Writes Prefect's artifacts of a run: its calls, its coverage, and the nearest references."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from tasks.adapters.planning.plans import Prepared
from tasks.adapters.prefect import artifacts, report_server
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.card import ModelCard
from tasks.domain.pricing import expected_usd
from tasks.domain.reporting import sentences, stages
from tasks.domain.reporting.short_answer import short_answers
from tasks.domain.rows import Finding, Request

ANSWER_TOKENS = 400
"""Assumed tokens of an answer where the plan sets no limit."""


@task(name="publish plan", task_run_name="publish plan {prepared.plan.name}", cache_policy=NO_CACHE)
def publish_plan(prepared: Prepared, answered: set[str]) -> None:
    """Show the open calls of each model, and their approximate cost."""
    todo: dict[str, list[Request]] = defaultdict(list)
    for request in prepared.requests:
        if request.request_id not in answered:
            todo[request.model].append(request)
    n_calls = Counter(request.model for request in prepared.requests)
    calls = [
        stages.ModelCalls(name, n_calls[name], n_calls[name] - len(todo[name]), _usd(todo[name], prepared.cards[name]))
        for name in prepared.plan.models
    ]
    text = stages.plan(prepared.plan.name, prepared.round, calls, _notes(prepared))
    artifacts.show(artifacts.artifact_key("plan", prepared.plan.name), text, "What the run asks, and what that costs")
    get_run_logger().info(
        "Plan %s, round %s: %d models, %d calls, %d of them to be made",
        prepared.plan.name,
        prepared.round,
        len(calls),
        len(prepared.requests),
        sum(calls_of_model.n_todo for calls_of_model in calls),
    )


def _usd(requests: Sequence[Request], card: ModelCard) -> float | None:
    price = card.call_price
    if price is None:
        return None
    by_length: dict[int, list[Request]] = defaultdict(list)
    for request in requests:
        limit = request.sampling.get("max_tokens") or request.sampling.get("max_completion_tokens") or ANSWER_TOKENS
        by_length[limit].append(request)
    return sum(expected_usd(requests_of_length, limit, price) for limit, requests_of_length in by_length.items())


def _notes(prepared: Prepared) -> list[str]:
    notes = [
        f"Estimated with answers as long as the plan allows, or of {ANSWER_TOKENS} tokens where it sets no "
        "limit; judges, graders and repeated calls come on top."
    ]
    if prepared.bank is not None:
        judge = f", read by {prepared.bank.judge_card.name}" if prepared.bank.judge_card else ""
        notes.append(f"Identity: {len(prepared.bank.probes)} probes are among the calls{judge}.")
    return notes


@task(name="publish coverage", task_run_name="publish coverage of {plan} {round_name}", cache_policy=NO_CACHE)
def publish_coverage(plan: str, round_name: str, problems: Sequence[str], home: Home) -> None:
    """Show the answered requests, the missing ones with their reasons, and the cost."""
    with store.reading(home) as snapshot:
        rows = snapshot.read("mart.coverage").sort("model", "prompt_set").to_dicts()
        spent = snapshot.read("mart.spend", round=round_name).sort("model", "purpose").to_dicts()
    text = stages.coverage(rows, spent, problems)
    artifacts.show(artifacts.artifact_key("coverage", plan), text, "What was answered, what is missing, what it cost")
    log = get_run_logger()
    for problem in problems:
        log.error("Unanswered: %s", problem)
    log.info("%d requests, %d without a reply", sum(r["n_requests"] for r in rows), sum(r["n_missing"] for r in rows))


@task(name="publish leaderboard", task_run_name="publish leaderboard", cache_policy=NO_CACHE)
def publish_leaderboard(findings: Sequence[Finding], report: str | None, home: Home) -> None:
    """Show the answer, the nearest reference of each target, warnings, and links to the report and the database."""
    with store.reading(home) as snapshot:
        rows = snapshot.read("mart.target_summary").sort("position").to_dicts()
        verdicts = snapshot.read("mart.verdict").to_dicts()
        pairs = snapshot.read("mart.pair_self_normalised").sort("position").to_dicts()
    links = {"Report": report_server.link(home, report)} if report else {}
    links |= {"Database, read-only": str(home.published)}
    warnings = [sentences.warning(finding) for finding in findings]
    text = stages.leaderboard(rows, warnings, links, short_answers(verdicts, pairs))
    artifacts.show("leaderboard", text, "Whom each model is nearest to, and where the report is")
