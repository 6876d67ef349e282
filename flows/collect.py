"""Ask what a plan's models have not answered yet; batches of all models run side by side."""

import asyncio
from typing import Any

from prefect import flow, tags
from prefect.task_runners import ThreadPoolTaskRunner

from tasks import prepare, respond
from tasks.adapters import as_given, asking, plans, progress, store
from tasks.adapters.settings import home_at
from tasks.domain.batching import Batch, lanes
from tasks.domain.ports import Endpoint
from tasks.domain.rows import Request
from tasks.respond import Means

_runner: Any = ThreadPoolTaskRunner(max_workers=256)


@flow(name="collect", flow_run_name="collect {plan} {round_name}", task_runner=_runner)
async def collect(plan: str, round_name: str, home: str) -> list[str]:
    """Ask, keep, and return what went wrong, one line a batch; an empty list means that everything is answered."""
    place = home_at(home)
    prepared = plans.read(plan, round_name)
    with store.writing(place):
        todo = prepare.prepare(as_given.as_given(prepared), place)
        means = Means(prepared.cards, prepared.plan.batch_size, prepared.plan.workers.limits, place)
        return await ask(todo, means)


async def ask(todo: list[Request], means: Means) -> list[str]:
    """Ask `todo` within the running flow, keep what comes, and return what went wrong, one line a batch."""
    asked = [means.cards[name] for name in {request.model: None for request in todo}]
    with respond.serving(asked, means.home) as endpoints, progress.stages(respond.counts(todo)):
        return await ask_served(todo, means, endpoints)


async def ask_served(todo: list[Request], means: Means, endpoints: dict[str, Endpoint]) -> list[str]:
    """Ask `todo` as `ask` does, of models that are served already."""
    asking.interrupted.clear()
    ways = lanes(todo, means.cards, means.batch_size)
    asked = {request.model: means.cards[request.model] for request in todo}
    with respond.side_by_side(list(asked.values())):
        try:
            problems = await asyncio.gather(*(_run_lane(lane, means, endpoints) for lane in ways))
        except asyncio.CancelledError:
            asking.interrupted.set()
            raise
    return [problem for lane in problems for problem in lane]


async def _run_lane(lane: list[Batch], means: Means, endpoints: dict[str, Endpoint]) -> list[str]:
    """Run one lane's batches one after the other; stop at the first that asking again can't help."""
    problems = []
    for batch in lane:
        with tags(f"model {batch.card.name}"):
            future = respond.submit(batch, endpoints, means)
        state = await respond.finished(future)
        rows, problem, is_hopeless = await respond.outcome(state)
        await asyncio.to_thread(respond.keep_batch, means.home, batch, rows)
        if problem:
            problems.append(problem)
        if is_hopeless:
            break
    return problems
