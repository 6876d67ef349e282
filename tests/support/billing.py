"""A server on loopback that bills its callers, and processes of 50 batches against it that are killed and started again.

`billed_runs` is the whole of a case: the same folder is asked from until nothing is left to ask or to spend; some of the
processes are killed (`kill -9`) after a drawn number of calls. What the server has billed is its own sum: each call
counts as soon as it has arrived, whether or not its answer is ever read.
"""

import asyncio
import multiprocessing
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web

N_BATCHES = 50
N_CALLS = 10
"""Calls of a batch."""
MAX_TOKENS = 400
MODELS = ("cheap", "dear", "other")
PRICES = {"cheap": (0.5, 2.0), "dear": (5.0, 30.0), "other": (2.0, 8.0)}
"""US dollars for a million tokens of input and output."""


@dataclass
class Billing:
    """The server: which calls fail, how long answers are and when they come is drawn by `rng`."""

    rng: random.Random
    usd: dict[str, float] = field(default_factory=lambda: dict.fromkeys(MODELS, 0.0))
    n_calls: int = 0
    port: int = 0
    on_call: Callable[[int], None] = lambda n_calls: None
    """Told of each call, once it is billed."""

    @property
    def total_usd(self) -> float:
        """What all models have billed."""
        return sum(self.usd.values())

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Answer a call: one of ten is refused unbilled, one of ten is billed and never answered as it should be."""
        body = await request.json()
        draw, model = self.rng.random(), body["model"]
        if draw < 0.1:
            return web.json_response({"error": {"message": "slow down"}}, status=429, headers={"retry-after-ms": "1"})
        n_asked = sum(len(turn["content"].encode()) for turn in body["messages"]) // 2 + 20
        n_said = MAX_TOKENS if draw > 0.95 else self.rng.randint(1, body["max_tokens"])
        self.usd[model] += (n_asked * PRICES[model][0] + n_said * PRICES[model][1]) / 1e6
        self.n_calls += 1
        self.on_call(self.n_calls)
        await asyncio.sleep(self.rng.random() * 0.01)
        if draw < 0.13:
            return web.Response(status=502)
        if draw < 0.16 and request.transport is not None:
            request.transport.close()
            return web.Response()
        message = {"role": "assistant", "content": "" if draw < 0.2 else "A reply."}
        usage = {"prompt_tokens": n_asked, "completion_tokens": n_said}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return web.json_response({"choices": choices, "usage": None if draw < 0.23 else usage})


@contextmanager
def billing(rng: random.Random) -> Iterator[Billing]:
    """Serve within the block."""
    made, loop, is_ready = Billing(rng), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", made.complete)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        made.port = runner.addresses[0][1]
        is_ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="billing", daemon=True)
    thread.start()
    is_ready.wait()
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def _batches(base_url: str, seed: int) -> list[Any]:
    from tasks.domain.batching import Batch
    from tasks.domain.card import HostedEndpoint, Limits, ModelCard, Price
    from tasks.domain.rows import Message, Request

    rng, batches = random.Random(seed), []
    for number in range(N_BATCHES):
        name = MODELS[number % len(MODELS)]
        price = Price(input_usd=PRICES[name][0], output_usd=PRICES[name][1], as_of=date(2026, 11, 1))
        endpoint = HostedEndpoint(provider="openai_compatible", base_url=base_url, served_name=name)
        limits = Limits(concurrency=4, max_attempts=2)
        card = ModelCard(name=name, vendor="v", endpoint=endpoint, limits=limits, price=price)
        requests = []
        for call in range(N_CALLS):
            messages = (Message("user", f"Question {call} of batch {number}: " + "why? " * rng.randint(1, 60)),)
            key = f"{number:03d}-{call:02d}"
            sampling = {"max_tokens": rng.choice([50, MAX_TOKENS])}
            requests.append(Request(key, name, card.fingerprint, key, 0, "R", messages, sampling))
        batches.append(Batch(f"batch-{number:03d}", number, card, tuple(requests)))
    return batches


def ask(root: str, base_url: str, seed: int, usd: float, usd_per_model: float) -> None:
    """Send all batches at once, each in a thread, as `collect` does; a process of its own runs it."""
    from tasks.adapters.models import lines
    from tasks.adapters.settings import Home
    from tasks.adapters.warehouse import ledger
    from tasks.collect import generate
    from tasks.domain.budget import BudgetPlan
    from tasks.domain.errors import BatchIncomplete

    home, batches = Home(Path(root)), _batches(base_url, seed)

    def send(batch: Any, account: Any) -> None:
        with suppress(BatchIncomplete):  # Some calls failed, or the budget is spent: the next process goes on.
            generate.send(batch, None, None, home.journal, account)

    budget = BudgetPlan(usd=usd, usd_per_model=usd_per_model)
    cards = list({batch.card.name: batch.card for batch in batches}.values())
    with ledger.opened(home, "plan@R", budget) as account, lines.side_by_side(cards):
        threads = [threading.Thread(target=send, args=(batch, account)) for batch in batches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


@dataclass(frozen=True)
class Billed:
    """What came of a case."""

    budget_usd: float
    budget_per_model_usd: float
    billed_usd: float
    billed_by_model_usd: dict[str, float]
    greatest_call_usd: float
    n_calls: int
    n_kills: int
    n_stopped: int
    """Requests that the budget stopped."""
    ledger_usd: float

    @property
    def is_kept(self) -> bool:
        """Whether the server has billed no more than the budgets, and no more than the ledger says."""
        rounding = 1e-9
        return (
            self.billed_usd <= self.budget_usd + rounding
            and max(self.billed_by_model_usd.values()) <= self.budget_per_model_usd + rounding
            and self.billed_usd <= self.ledger_usd + rounding
        )


def processes() -> Any:
    """Return a context of processes that have imported all that a run needs: 2 s once instead of each time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.support.billing", "tasks.collect.generate", "openai", "tasks.adapters.models.lines"]
    )
    return context


def billed_runs(root: Path, seed: int, context: Any) -> Billed:
    """Ask under a drawn budget, with up to three kills after a drawn number of calls, to the end; return what was billed."""
    from tasks.adapters.settings import Home
    from tasks.adapters.warehouse import journal, ledger
    from tasks.domain.missing_reason import MissingReason
    from tasks.domain.pricing import greatest_usd

    rng = random.Random(seed)
    usd = rng.uniform(0.15, 1.2)
    usd_per_model = usd * rng.uniform(0.4, 1.0)
    home, n_kills = Home(root), 0
    with billing(rng) as server:
        base_url = f"http://127.0.0.1:{server.port}/v1"
        for kill_after in [rng.randint(1, 150) for _ in range(rng.randint(1, 3))] + [None]:
            is_due, first = threading.Event(), server.n_calls
            limit = None if kill_after is None else first + kill_after
            server.on_call = lambda n, limit=limit, is_due=is_due: is_due.set() if limit and n >= limit else None  # type: ignore[misc]
            running = context.Process(target=ask, args=(str(root), base_url, seed, usd, usd_per_model))
            running.start()
            while limit is not None and running.is_alive() and not is_due.wait(0.005):
                pass
            if is_due.is_set() and running.is_alive():
                running.kill()
                n_kills += 1
            running.join()
            assert running.exitcode in (0, -9), "the process failed"
        by_model = dict(server.usd)
    last = {reply.request_id: reply for path in journal.files(home.journal) for reply in journal.read(path)}
    batches = _batches(base_url, seed)
    return Billed(
        budget_usd=usd,
        budget_per_model_usd=usd_per_model,
        billed_usd=sum(by_model.values()),
        billed_by_model_usd=by_model,
        greatest_call_usd=max(greatest_usd(one, batch.card) or 0.0 for batch in batches for one in batch.requests),
        n_calls=server.n_calls,
        n_kills=n_kills,
        n_stopped=sum(reply.missing_reason is MissingReason.STOPPED_BY_BUDGET for reply in last.values()),
        ledger_usd=ledger.spent(home, "plan@R").usd,
    )
