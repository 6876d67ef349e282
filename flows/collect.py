"""Send the unanswered requests of a plan; batches of all models run side by side."""

import asyncio

from prefect import tags

from flows.runner import RUNNER
from tasks.adapters.models import serving, throttles
from tasks.adapters.planning import budgets, kept_plans
from tasks.adapters.prefect import as_given, futures, progress
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tasks.collect import generate, register_plan, store_replies
from tasks.collect.generate import CallContext
from tasks.domain.batching import Batch, queues
from tasks.domain.ports import Endpoint
from tasks.domain.rows import Request


@flow(name="collect", flow_run_name="collect {plan} {round_name}", task_runner=RUNNER)
async def collect(plan: str, round_name: str | None, home: str, prepared_id: str | None = None) -> list[str]:
    """Send requests, store replies, and return the problems, one line a batch; an empty list: all is answered.

    Args:
        plan: a plan of data/plans, or the path of one that ends in .toml.
        round_name: such as 2026-W48; None: this ISO week.
        home: the folder of all written files.
        prepared_id: id of the plan that is stored in the home; None: it is prepared again.
    """
    place = home_at(home)
    prepared = kept_plans.prepared(plan, round_name, place, prepared_id)
    with store.writing(place), budgets.of_plan(place, prepared) as ledger:
        todo = register_plan.prepare(as_given.as_given(prepared), place)
        return await ask(todo, CallContext.of(prepared.plan, prepared.cards.values(), place, ledger))


async def ask(todo: list[Request], context: CallContext) -> list[str]:
    """Send `todo` within the running flow, store the replies, and return the problems, one line a batch."""
    cards = [context.cards[name] for name in {request.model: None for request in todo}]
    with serving.serving(cards, context.home) as endpoints, progress.stages(generate.counts(todo)):
        return await ask_served(todo, context, endpoints)


async def ask_served(todo: list[Request], context: CallContext, endpoints: dict[str, Endpoint]) -> list[str]:
    """Send `todo` as `ask` does, to models that are served already."""
    throttles.interrupted.clear()
    queues_of_models = queues(todo, context.cards, context.batch_size)
    cards = {request.model: context.cards[request.model] for request in todo}
    with generate.side_by_side(list(cards.values())):
        try:
            problems = await asyncio.gather(*(_run_queue(queue, context, endpoints) for queue in queues_of_models))
        except asyncio.CancelledError:
            throttles.interrupted.set()
            raise
    return [problem for queue in problems for problem in queue]


async def _run_queue(queue: list[Batch], context: CallContext, endpoints: dict[str, Endpoint]) -> list[str]:
    """Run one queue's batches in order; stop at the first whose endpoint is lost, or for which no budget is left."""
    problems = []
    for number, batch in enumerate(queue):
        if (allowance := await generate.reserve(batch, context)) is None:
            problems.append(await _stop_by_budget(queue[number:], context))
            break
        with tags(f"model {batch.card.name}"):
            future = generate.submit(batch, endpoints, context, allowance)
            with generate.waiting(batch):
                state = await futures.finished(future)
        rows, problem, stop = await futures.outcome(state)
        await asyncio.to_thread(generate.settle, batch, context, allowance)
        await asyncio.to_thread(store_replies.store_batch, context.home, batch, rows)
        if problem:
            problems.append(problem)
        if stop == "budget" and queue[number + 1 :]:
            problems.append(await _stop_by_budget(queue[number + 1 :], context))
        if stop is not None:
            break
    return problems


async def _stop_by_budget(batches: list[Batch], context: CallContext) -> str:
    """Store of all requests of `batches` that the budget stopped them; return the problem."""
    requests = [request for batch in batches for request in batch.requests]
    await asyncio.to_thread(store_replies.store_not_sent, context.home, generate.not_sent(requests))
    return generate.stopped(batches[0].card.name, len(requests))
