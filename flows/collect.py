"""Ask what a plan's models have not answered yet; batches of all models run side by side."""

import asyncio
from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from tasks import prepare, respond
from tasks.adapters import asking, plans, progress, store
from tasks.adapters.settings import Home, home_at
from tasks.domain.batching import Batch, lanes
from tasks.domain.ports import Endpoint

_runner: Any = ThreadPoolTaskRunner(max_workers=256)


@flow(name="collect", flow_run_name="collect {plan} {round_name}", task_runner=_runner)
async def collect(plan: str, round_name: str, home: str) -> list[str]:
    """Ask, keep, and return what went wrong, one line a batch; an empty list means that everything is answered."""
    place = home_at(home)
    prepared = plans.read(plan, round_name)
    with store.writing(place):
        todo = prepare.prepare(prepared, place)
        ways = lanes(todo, prepared.cards, prepared.plan.batch_size)
        asked = [prepared.cards[name] for name in {request.model: None for request in todo}]
        with respond.serving(asked, place) as endpoints, progress.stages(respond.counts(todo)):
            asking.interrupted.clear()
            try:
                problems = await asyncio.gather(*(_run_lane(lane, endpoints, place) for lane in ways))
            except asyncio.CancelledError:
                asking.interrupted.set()
                raise
    return [problem for lane in problems for problem in lane]


async def _run_lane(lane: list[Batch], endpoints: dict[str, Endpoint], home: Home) -> list[str]:
    """Run one lane's batches one after the other; stop at the first that asking again can't help."""
    problems = []
    for batch in lane:
        future = respond.respond.submit(batch, endpoints[batch.card.name], home.journal)
        state = await respond.finished(future)
        rows, problem, is_hopeless = await respond.outcome(state)
        await asyncio.to_thread(respond.keep_batch, home, batch, rows)
        if problem:
            problems.append(problem)
        if is_hopeless:
            break
    return problems
