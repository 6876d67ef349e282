"""Label the identity probes with the judges, then score them."""

from collections.abc import Awaitable, Callable
from functools import partial

from flows.collect import ask
from flows.runner import RUNNER
from tasks.adapters.planning import budgets, kept_plans
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import Home, home_at
from tasks.adapters.warehouse import store
from tasks.collect.generate import CallContext
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.judging import judges
from tasks.domain.judging.judge import ATTEMPTS, asks_model
from tasks.domain.rows import Request
from tasks.identity import judge, judge_agreement, judge_with_model, score_identity


@flow(name="identity", flow_run_name="identity {plan} {round_name}", task_runner=RUNNER)
async def identity(plan: str, round_name: str | None, home: str, prepared_id: str | None = None) -> list[str]:
    """Label every reply without a label of a judge of the plan, score, and return the problems, one line a batch."""
    place = home_at(home)
    prepared = kept_plans.prepared(plan, round_name, place, prepared_id)
    if prepared.bank is None or prepared.plan.identity is None:
        return []
    problems = []
    with store.writing(place), budgets.of_plan(place, prepared) as ledger:
        for name in prepared.plan.identity.judges:
            if not asks_model(registry.load(judges, name)):
                judge.judge_replies(name, place, {})
                continue
            card = prepared.bank.judge_card
            assert card is not None, "a plan with a judge that asks a model names that model"
            send = partial(ask, context=CallContext.of(prepared.plan, [card], place, ledger))
            problems += await label_with_judge(name, card, place, send, {})
        judge_agreement.judge_agreement(place)
        score_identity.score_identity(prepared.plan.seed, place)
    return problems


async def label_with_judge(
    judge: str,
    card: ModelCard,
    home: Home,
    send: Callable[[list[Request]], Awaitable[list[str]]],
    probes: judge_with_model.Probes,
) -> list[str]:
    """Label the replies without a label of a judge, again where its answer is unreadable; return the problems.

    Args:
        judge: its name.
        card: of the model that it calls.
        home: the home of the warehouse.
        send: sends requests within the running flow and returns the problems, one line a batch.
        probes: columns of `core.probe` and the values that select probes; empty: all probes.
    """
    problems = []
    for attempt in range(ATTEMPTS):
        problems += await send(judge_with_model.register_calls(judge, card, attempt, home, probes))
        judge_with_model.read_answers(judge, card, attempt, home, probes)
    return problems
