"""How fast replies come in: a bare client, our asker with its journal, and the whole asking phase of `evaluate`.

Run from the project's root: `python -m benchmarks.asking [calls]`. All three ask the same endpoint, which is a process
of its own and takes 20 ms a call, in turns within one process, so that they share whatever else the machine does. The
asking phase holds what a run does: batches as Prefect tasks, a journal each, results on disk, replies in DuckDB.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.fast_endpoint import fast_endpoint, seen
from benchmarks.measuring import Measure, apart

CALLS = 3200
IN_FLIGHT = (16, 64, 256)
ROUNDS = 5
WAYS = ("bare AsyncOpenAI", "the asker with its journal", "the asking phase of evaluate")


def card_of(base_url: str, in_flight: int) -> Any:
    """Return the card of the fast endpoint's model."""
    from tasks.domain.card import HostedEndpoint, Limits, ModelCard

    reached = HostedEndpoint(provider="openai_compatible", base_url=base_url, served_name="fast")
    return ModelCard(name="fast", vendor="v", endpoint=reached, limits=Limits(concurrency=in_flight))


def requests_of(n: int, round_name: str) -> list[Any]:
    """Return `n` requests whose ids begin with the name of the round."""
    from tasks.domain.rows import Message, Request

    return [
        Request(
            request_id=f"{round_name}-{number:027d}",
            model="fast",
            fingerprint="f",
            prompt_id=f"p{number}",
            sample=0,
            round=round_name,
            messages=(Message("user", f"Question number {number}: how would you spend a long holiday?"),),
            sampling={"temperature": 1.0, "max_tokens": 400, "seed": 1},
        )
        for number in range(n)
    ]


async def _bare(requests: list[Any], card: Any, _: Path) -> None:
    from openai import AsyncOpenAI, DefaultAioHttpClient

    waiting = iter(requests)
    url, transport = card.endpoint.base_url, DefaultAioHttpClient()
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0, http_client=transport) as client:

        async def work() -> None:
            for request in waiting:
                messages: list[Any] = [{"role": turn.role, "content": turn.content} for turn in request.messages]
                await client.chat.completions.create(model="fast", messages=messages, **request.sampling)

        await asyncio.gather(*(work() for _ in range(card.limits.concurrency)))


async def with_journal(requests: list[Any], card: Any, root: Path) -> None:
    """Ask all requests, with a journal named after their round in the folder `alone` of `root`."""
    from tasks.adapters.models.asking import Asker
    from tasks.adapters.models.lines import Line
    from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
    from tasks.adapters.warehouse.journal import Journal

    with Journal(root / "alone", requests[0].round) as journal:
        endpoint = ResolvedEndpoint(card.endpoint.base_url, card.endpoint.served_name)
        async with Line(card.limits, endpoint) as line:
            await Asker(card, endpoint, journal.write, random.Random(1)).ask_all(requests, line)


async def _phase(requests: list[Any], card: Any, root: Path) -> float:
    """Ask within a flow, as `collect` does, and return the seconds from the first batch to the last reply in DuckDB."""
    from prefect import flow

    from flows.collect import ask, collect
    from tasks.adapters.planning import budgets
    from tasks.adapters.settings import Home
    from tasks.adapters.warehouse import store
    from tasks.collect.generate import CallContext
    from tasks.domain.budget import BudgetPlan
    from tasks.domain.plan import Plan

    @flow(name="asking", task_runner=collect.task_runner)
    async def phase() -> float:
        size, home = Plan.model_fields["batch_size"].default, Home(root / "home")
        with store.writing(home) as warehouse, budgets.opened(home, "asking", BudgetPlan()) as ledger:
            before, started = warehouse.count("raw.reply"), time.perf_counter()
            problems = await ask(requests, CallContext({card.name: card}, size, {}, home, ledger))
            took = time.perf_counter() - started
            assert not problems, problems
            assert warehouse.count("raw.reply") - before == len(requests)
        return took

    return await phase()


def _in_turns(base_url: str, n_calls: int, in_flight: int, n_rounds: int, root: Path) -> dict[str, Any]:
    """Return the seconds of each way in each round, and what the endpoint saw of the last."""
    from tasks.adapters import settings
    from tasks.adapters.settings import Home

    (root / "home").mkdir(exist_ok=True)
    settings.configure_prefect(Home(root / "home"), is_verbose=False)
    card, number = card_of(base_url, in_flight), count()
    ways: dict[str, Callable[..., Any]] = dict(zip(WAYS, (_bare, with_journal, _phase), strict=True))
    took: dict[str, list[float]] = {name: [] for name in ways}
    saw: dict[str, Any] = {}
    for _ in range(n_rounds + 1):
        for name, way in ways.items():
            requests = requests_of(n_calls, f"{next(number):04d}")
            started = time.perf_counter()
            inner = asyncio.run(way(requests, card, root))
            took[name].append(inner or time.perf_counter() - started)
            saw[name] = seen(base_url)
            if saw[name]["answered"] != n_calls:
                raise RuntimeError(f"{name}: {saw[name]['answered']} of {n_calls} calls were made: the rest was stored")
    # The first round imports and compiles.
    return {name: {"took": times[1:], "saw": saw[name]} for name, times in took.items()}


@contextmanager
def _prefect(root: Path) -> Iterator[None]:
    import pytest

    from tests.support.prefect_server import prefect_server

    with prefect_server(root / "prefect") as api, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_API_URL", api)
        # For the process that asks before it imports anything: results of an earlier run would be taken for answers.
        patch.setenv("PREFECT_HOME", str(root / "prefect-client"))
        patch.setenv("PREFECT_LOGGING_ROOT_LEVEL", "WARNING")
        patch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
        yield


def measure(n_calls: int, in_flight: int, n_rounds: int = ROUNDS) -> list[Measure]:
    """Return one measure a way; each is held against the bare client."""
    with tempfile.TemporaryDirectory() as folder, _prefect(Path(folder)), fast_endpoint() as base_url:
        given, _, megabytes = apart(_in_turns, base_url, n_calls, in_flight, n_rounds, Path(folder))
    bare = statistics.median(given[WAYS[0]]["took"])
    found = []
    for name, told in given.items():
        seconds, saw = statistics.median(told["took"]), told["saw"]
        # Held round by round: what else the machine does comes and goes.
        ratio = statistics.median(b / t for b, t in zip(given[WAYS[0]]["took"], told["took"], strict=True))
        note = f"{n_calls / seconds:.0f} calls/s, {ratio:.2f} of bare"
        note += f"; {saw['most_in_flight']} in flight at most, {saw['connections']} connections"
        stated = f"{n_calls:,} calls, {in_flight} in flight, 20 ms each"
        beside = WAYS[0] if name != WAYS[0] else ""
        peak = megabytes if name == WAYS[-1] else None
        found.append(Measure(name, stated, seconds, beside, bare if beside else None, peak, note))
    return found


def main(n_calls: int) -> None:
    """Measure and print."""
    for in_flight in IN_FLIGHT:
        for one in measure(n_calls, in_flight):
            print(f"{one.work:30} {one.stated_input}: {one.seconds:.2f} s; {one.note}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
