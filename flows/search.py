"""Search templates under which a target leaks: select -> (attacker) -> ask -> judge -> record, up to a limit."""

from dataclasses import dataclass
from functools import partial

from flows.collect import ask_served
from flows.identity import label_with_judge
from flows.publish import publish
from flows.runner import RUNNER
from tasks.adapters.models import serving
from tasks.adapters.planning import budgets, searches
from tasks.adapters.planning.searches import Limits
from tasks.adapters.prefect import call_limits, progress
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.ledger import name_of
from tasks.collect import register_plan
from tasks.collect.generate import CallContext
from tasks.domain.budget import BudgetPlan
from tasks.domain.rows import Finding
from tasks.identity import judge, score_identity, search_step


@dataclass(frozen=True)
class Searched:
    """The state of a search: its stop reason (None: it could not go on), problems, and findings of audits."""

    search_id: str
    stop_reason: str | None
    problems: list[str]
    findings: list[Finding]


@flow(name="search", flow_run_name="search {plan} {target} {round_name}", task_runner=RUNNER)
async def search(
    plan: str, target: str, limits: Limits, round_name: str, home: str, *, budget: BudgetPlan | None = None
) -> Searched:
    """Search templates for `target` within a budget (None: the plan's), and return the state at its end.

    Started again after any end, it goes on after the last recorded step and sends only requests without a reply.
    """
    place = home_at(home)
    prepared = searches.read(plan, target, limits, round_name)
    call_limits.require_limits(prepared.plan, prepared.cards)
    budgets.require_search(prepared, budget or prepared.plan.budget)
    under_way = search_step.Search(prepared, place)
    problems: list[str] = []
    ledger_name = name_of(prepared.plan.name, prepared.submission.round)
    with store.writing(place), budgets.opened(place, ledger_name, budget or prepared.plan.budget) as ledger:
        context = CallContext.of(prepared.plan, prepared.cards, place, ledger)
        register_plan.merge_shared_journal(place)
        with (
            progress.stage(under_way.title, prepared.search.calls),
            serving.serving(prepared.cards, place) as endpoints,
        ):
            ask = partial(ask_served, context=context, endpoints=endpoints)
            search_step.resume(under_way)
            while (chosen := search_step.select(under_way)) is not None:
                problems = await ask(list(chosen.requests))
                if chosen.candidate.needs_attacker:
                    chosen = search_step.apply_mutation(under_way, chosen)
                    problems += await ask(list(chosen.requests))
                probes, name = search_step.probes_of(under_way, chosen), prepared.search.judge
                if probes and prepared.judge_card:
                    problems += await label_with_judge(name, prepared.judge_card, place, ask, probes)
                elif probes:
                    judge.judge_replies(name, place, probes)
                if not search_step.record_outcome(under_way, chosen):
                    break
        is_spent = ledger.n_refused > 0
        score_identity.score_identity(prepared.plan.seed, place)
        findings, _ = await publish(str(place.root), with_report=False)
    stop_reason = ("budget" if is_spent else None) if under_way.is_lost else under_way.stop_reason
    return Searched(prepared.submission.search_id, stop_reason, problems if under_way.is_lost else [], findings)
