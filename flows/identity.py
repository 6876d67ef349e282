"""Let the judges read the identity trials, then score them."""

from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.collect import ask
from tasks import ask_judge, judge, judge_agreement, score_identity
from tasks.adapters import plans, store
from tasks.adapters.settings import home_at

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
            if not ask_judge.asks_model(name):
                judge.judge_replies(name, place)
                continue
            card = prepared.bank.judge_card
            assert card is not None, "a plan with a judge that asks a model names that model"
            for attempt in range(ask_judge.ATTEMPTS):
                todo = ask_judge.put(name, attempt, card, place)
                problems += await ask(todo, {card.name: card}, prepared.plan.batch_size, place)
                ask_judge.read(name, attempt, place)
        judge_agreement.judge_agreement(place)
        score_identity.score_identity(list(prepared.plan.identity.judges), prepared.plan.seed, place)
    return problems
