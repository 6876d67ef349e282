"""Ask what a plan's models have not answered yet; batches of all models run side by side."""

import asyncio
from typing import Any

from prefect import flow, tags
from prefect.task_runners import ThreadPoolTaskRunner

from tasks import prepare, respond
from tasks.adapters import asking, plans, progress, store
from tasks.adapters.settings import Home, home_at
from tasks.domain.batching import Batch, lanes
from tasks.domain.card import ModelCard
from tasks.domain.ports import Endpoint
from tasks.domain.rows import Request

_runner: Any = ThreadPoolTaskRunner(max_workers=256)


@flow(name="collect", flow_run_name="collect {plan} {round_name}", task_runner=_runner)
async def collect(plan: str, round_name: str, home: str) -> list[str]:
    """Ask, keep, and return what went wrong, one line a batch; an empty list means that everything is answered."""
    place = home_at(home)
    prepared = plans.read(plan, round_name)
    with store.writing(place):
        todo = prepare.prepare(prepared, place)
        return await ask(todo, prepared.cards, prepared.plan.batch_size, place)


async def ask(todo: list[Request], cards: dict[str, ModelCard], batch_size: int, home: Home) -> list[str]:
    """Ask `todo` within the running flow, keep what comes, and return what went wrong, one line a batch."""
    asked = [cards[name] for name in {request.model: None for request in todo}]
    with respond.serving(asked, home) as endpoints, progress.stages(respond.counts(todo)):
        return await ask_served(todo, cards, batch_size, home, endpoints)


async def ask_served(
    todo: list[Request], cards: dict[str, ModelCard], batch_size: int, home: Home, endpoints: dict[str, Endpoint]
) -> list[str]:
    """Ask `todo` as `ask` does, of models that are served already."""
    asking.interrupted.clear()
    ways = lanes(todo, cards, batch_size)
    try:
        problems = await asyncio.gather(*(_run_lane(lane, endpoints, home) for lane in ways))
    except asyncio.CancelledError:
        asking.interrupted.set()
        raise
    return [problem for lane in problems for problem in lane]


async def _run_lane(lane: list[Batch], endpoints: dict[str, Endpoint], home: Home) -> list[str]:
    """Run one lane's batches one after the other; stop at the first that asking again can't help."""
    problems = []
    for batch in lane:
        with tags(f"model {batch.card.name}"):
            future = respond.respond.submit(batch, endpoints[batch.card.name], home.journal)
        state = await respond.finished(future)
        rows, problem, is_hopeless = await respond.outcome(state)
        await asyncio.to_thread(respond.keep_batch, home, batch, rows)
        if problem:
            problems.append(problem)
        if is_hopeless:
            break
    return problems
