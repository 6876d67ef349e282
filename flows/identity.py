"""Let the judges read the identity probes, then score them."""

from collections.abc import Awaitable, Callable
from functools import partial

from prefect import flow

from flows.collect import ask
from flows.runner import RUNNER
from tasks.adapters.planning import kept_plans
from tasks.adapters.settings import Home, home_at
from tasks.adapters.warehouse import store
from tasks.collect.generate import CallContext
from tasks.domain.card import ModelCard
from tasks.domain.judging.calls import ATTEMPTS, asks_model
from tasks.domain.rows import Request
from tasks.identity import judge, judge_agreement, judge_with_model, score_identity


@flow(name="identity", flow_run_name="identity {plan} {round_name}", task_runner=RUNNER)
async def identity(plan: str, round_name: str | None, home: str, prepared_id: str | None = None) -> list[str]:
    """Judge every reply that a judge of the plan has not read, score, and return what went wrong, a line a batch."""
    place = home_at(home)
    prepared = kept_plans.prepared(plan, round_name, place, prepared_id)
    if prepared.bank is None or prepared.plan.identity is None:
        return []
    problems = []
    with store.writing(place):
        for name in prepared.plan.identity.judges:
            if not asks_model(name):
                judge.judge_replies(name, place, {})
                continue
            card = prepared.bank.judge_card
            assert card is not None, "a plan with a judge that asks a model names that model"
            asked = partial(ask, context=CallContext.of(prepared.plan, [card], place))
            problems += await read_by_model(name, card, place, asked, {})
        judge_agreement.judge_agreement(place)
        score_identity.score_identity(prepared.plan.seed, place)
    return problems


async def read_by_model(
    judge: str,
    card: ModelCard,
    home: Home,
    asked: Callable[[list[Request]], Awaitable[list[str]]],
    probes: judge_with_model.Probes,
) -> list[str]:
    """Let a judge read what it has not read, again where its answer is unreadable; return what went wrong.

    Args:
        judge: its name.
        card: of the model that it asks.
        home: where the replies are.
        asked: asks within the running flow and returns what went wrong, one line a batch.
        probes: columns of `core.probe` and the values that the probes to be read have; empty: all probes.
    """
    problems = []
    for attempt in range(ATTEMPTS):
        problems += await asked(judge_with_model.register_calls(judge, card, attempt, home, probes))
        judge_with_model.read_answers(judge, card, attempt, home, probes)
    return problems
