"""Batches of workers of the running flow: waiting for them, and their outcomes."""

import asyncio
from typing import Any, Literal

from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture

from tasks.domain.errors import BatchIncomplete
from tasks.domain.remedies import ASK_AGAIN


async def finished(future: PrefectFuture[Any]) -> State[Any]:
    """Wait for a submitted batch without holding a thread; works with every task runner."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def wake(_: PrefectFuture[Any]) -> None:
        loop.call_soon_threadsafe(done.set)

    future.add_done_callback(wake)
    await done.wait()
    # Until a caller waits, a future asks the server for its state, which may be behind.
    await asyncio.to_thread(future.wait)
    return future.state


Stop = Literal["endpoint", "budget"]
"""Why a model gets no more calls in this run."""


async def outcome(state: State[Any]) -> tuple[list[dict[str, Any]] | None, str | None, Stop | None]:
    """Return a batch's rows, its problem in a line, and why the model should get no more calls in this run, if so.

    Raises:
        Exception: what the batch raised, unless the endpoint caused it.
    """
    if not state.is_final() or state.is_crashed():
        return None, f"a batch's worker was lost ({state.message or state.name}). {ASK_AGAIN}", None
    result = await state.aresult(raise_on_failure=False)
    if isinstance(result, BatchIncomplete):
        stop: Stop | None = "endpoint" if result.is_endpoint_lost else None
        return None, str(result), "budget" if result.is_stopped_by_budget else stop
    if isinstance(result, BaseException):
        raise result
    return result, None, None
