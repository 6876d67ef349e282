"""Look for templates under which a target slips: select -> (helper) -> ask -> judge -> record, up to a limit."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.collect import ask_served
from flows.identity import read_by_model
from flows.publish import publish
from tasks import judge, prepare, respond, score_identity, search_step
from tasks.adapters import call_limits, progress, searches, store
from tasks.adapters.searches import Limits
from tasks.adapters.settings import home_at
from tasks.domain.rows import Finding
from tasks.respond import Means

_runner: Any = ThreadPoolTaskRunner(max_workers=256)


@dataclass(frozen=True)
class Searched:
    """What a search came to so far: why it stopped (None: it could not go on), what went wrong, what the checks say."""

    search_id: str
    stop_reason: str | None
    problems: list[str]
    findings: list[Finding]


@flow(name="search", flow_run_name="search {plan} {target} {round_name}", task_runner=_runner)
async def search(plan: str, target: str, limits: Limits, round_name: str, home: str) -> Searched:
    """Search templates for `target`, and return how it ended.

    Started again after any end, it goes on after the last recorded step and asks only what has no reply yet.
    """
    place = home_at(home)
    prepared = searches.read(plan, target, limits, round_name)
    call_limits.check(prepared.plan, prepared.cards)
    cards = {card.name: card for card in prepared.cards}
    means = Means(cards, prepared.plan.batch_size, prepared.plan.workers.limits, place)
    under_way = search_step.Search(prepared, place)
    problems: list[str] = []
    with store.writing(place):
        prepare.take_in_journal(place)
        with (
            progress.stage(under_way.title, prepared.wanted.calls),
            respond.serving(prepared.cards, place) as endpoints,
        ):
            ask = partial(ask_served, means=means, endpoints=endpoints)
            search_step.take_up(under_way)
            while (chosen := search_step.select(under_way)) is not None:
                problems = await ask(list(chosen.requests))
                if chosen.candidate.needs_helper:
                    chosen = search_step.hear_helper(under_way, chosen)
                    problems += await ask(list(chosen.requests))
                trials, name = search_step.trials_of(under_way, chosen), prepared.wanted.judge
                if trials and prepared.judge_card:
                    problems += await read_by_model((name, prepared.judge_card), place, ask, trials)
                elif trials:
                    judge.judge_replies(name, place, trials)
                if not search_step.keep(under_way, chosen):
                    break
        score_identity.score_identity(prepared.judges, prepared.plan.seed, place)
        findings, _ = await publish(str(place.root), with_report=False)
    stop_reason = None if under_way.is_lost else under_way.stop_reason
    return Searched(prepared.putting.search_id, stop_reason, problems if under_way.is_lost else [], findings)
