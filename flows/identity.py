"""Let the judges read the identity trials, then score them."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.collect import ask
from tasks import ask_judge, judge, judge_agreement, score_identity
from tasks.adapters import plans, store
from tasks.adapters.settings import Home, home_at
from tasks.domain.card import ModelCard
from tasks.domain.judging.calls import ATTEMPTS, asks_model
from tasks.domain.rows import Request
from tasks.respond import Means

_runner: Any = ThreadPoolTaskRunner(max_workers=256)


@flow(name="identity", flow_run_name="identity {plan} {round_name}", task_runner=_runner)
async def identity(plan: str, round_name: str, home: str) -> list[str]:
    """Judge every reply that a judge of the plan has not read, score, and return what went wrong, a line a batch."""
    place = home_at(home)
    prepared = plans.read(plan, round_name)
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
            limits = prepared.plan.workers.limits
            asked = partial(ask, means=Means({card.name: card}, prepared.plan.batch_size, limits, place))
            problems += await read_by_model((name, card), place, asked, {})
        judge_agreement.judge_agreement(place)
        score_identity.score_identity(list(prepared.plan.identity.judges), prepared.plan.seed, place)
    return problems


async def read_by_model(
    judge: tuple[str, ModelCard],
    home: Home,
    asked: Callable[[list[Request]], Awaitable[list[str]]],
    trials: ask_judge.Trials,
) -> list[str]:
    """Let a judge read what it has not read, again where its answer is unreadable; return what went wrong.

    Args:
        judge: its name, and the card of the model that it asks.
        home: where the replies are.
        asked: asks within the running flow and returns what went wrong, one line a batch.
        trials: columns of `core.trial` and the values that the trials to be read have; empty: all trials.
    """
    problems = []
    for attempt in range(ATTEMPTS):
        problems += await asked(ask_judge.put(*judge, attempt, home, trials))
        ask_judge.read(*judge, attempt, home, trials)
    return problems
