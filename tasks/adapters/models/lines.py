"""What batches of one model share while one process sends them side by side: client, limits, and end of an endpoint.

Each batch is a Prefect task in a thread of its own. Alone it would open its own connections, and at its end
leave slots free that another batch could fill. On a line the next batch's requests fill them, a pause that the server
asks for applies to all, and connections stay open from batch to batch.
"""

import asyncio
import ssl
import sys
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from functools import lru_cache
from itertools import count
from time import monotonic
from typing import Any, Self

from tasks.adapters import settings
from tasks.adapters.models.departures import Departures
from tasks.adapters.models.failures import Failure
from tasks.adapters.models.giving_up import Patience
from tasks.adapters.models.throttles import Gate, Throttle, throttle_of
from tasks.domain.card import Limits, ModelCard
from tasks.domain.ports import Endpoint


@lru_cache(maxsize=1)
def certificates() -> ssl.SSLContext:
    """Return the trusted certificates: reading them takes tens of milliseconds, as long as many calls."""
    import httpx2

    return httpx2.create_ssl_context()


class Line:
    """Calls to one model, as a context that closes its connections at the end."""

    def __init__(self, limits: Limits, endpoint: Endpoint, throttle: Throttle | None = None) -> None:
        # Only here: the import takes a second, which runs without calls save.
        from openai import AsyncOpenAI

        from tasks.adapters.models.bounded_client import BoundedClient

        self.limits, self.gate, self.departures = limits, Gate(limits, throttle), Departures()
        self.stopped_by: Failure | None = None
        """The failure after which the endpoint was given up, if any: no more calls are made."""
        self.last_failure: Failure | None = None
        """How the last call failed, if it failed."""
        self._address = endpoint.base_url
        self._patience = Patience(limits.concurrency)
        self._ranks = count()
        self.client = AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.key or "none",
            timeout=limits.timeout_s,
            max_retries=0,
            http_client=BoundedClient(verify=certificates()),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.gate.close()
        await self.client.close()

    def described(self, model: str) -> str:
        """Return what the calls to `model` wait for, in a few words: calls in flight, a pause, the last failure."""
        text = f"model {model} at {self._address}, calls in flight: {self.gate.in_flight}"
        seconds = self.gate.throttle.pause_until - monotonic()
        if seconds > 0:
            until = settings.now() + timedelta(seconds=seconds)
            text += f", no call before {until:%H:%M:%S} UTC: the endpoint asks for a pause"
        if self.last_failure is not None:
            text += f"; the last call failed: {self.last_failure.reason}, {self.last_failure.text[:150]}"
        return text

    def note_text(self) -> None:
        """Note that a call was answered with a text."""
        self.last_failure = None
        self._patience.note_text()

    def note_failure(self, failure: Failure) -> None:
        """Note how a call failed in the end; the endpoint may be given up for it."""
        if self._patience.is_over(failure):
            self.stop(failure)

    def stop(self, failure: Failure) -> None:
        """Give the endpoint up for a failure; the first one counts."""
        if self.stopped_by is None:
            self.stopped_by = failure
            self.gate.end()

    def next_rank(self) -> int:
        """Return the rank of a new batch: earlier batches go first, and later ones fill free slots."""
        return next(self._ranks)


Work = Callable[[Line], Coroutine[Any, Any, None]]
"""The work of a batch on a line."""


class _Together:
    """An event loop in its own thread, with a line for each of some models; it ends with its last user."""

    def __init__(self, cards: Iterable[ModelCard]) -> None:
        self._limits = {card.fingerprint: card.limits for card in cards}
        self._lines: dict[tuple[str, str], Line] = {}
        self._loop = asyncio.new_event_loop()
        self._open = AsyncExitStack()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asking", daemon=True)
        self._thread.start()
        self.n_users = 1

    def run(self, card: ModelCard, endpoint: Endpoint, work: Work) -> None:
        asyncio.run_coroutine_threadsafe(self._on_line(card, endpoint, work), self._loop).result()

    async def _on_line(self, card: ModelCard, endpoint: Endpoint, work: Work) -> None:
        key = card.fingerprint, endpoint.base_url
        if key not in self._lines:
            line = Line(self._limits[card.fingerprint], endpoint, throttle_of(card, endpoint))
            self._lines[key] = await self._open.enter_async_context(line)
        await work(self._lines[key])

    def end(self) -> None:
        asyncio.run_coroutine_threadsafe(self._open.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


_together: dict[str, _Together] = {}
"""By the fingerprints of the models."""
_lock = threading.Lock()


TURN_S = 0.0005
_n_quick = 0
_usual_turn_s = 0.0


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Let Python's threads take turns more often within the block.

    A thread that sends calls yields with every byte that it sends, receives or writes. Beside a computing thread, such
    as Prefect's, it would wait 5 ms each time for its next turn.
    """
    global _n_quick, _usual_turn_s
    with _lock:
        if not _n_quick:
            _usual_turn_s = sys.getswitchinterval()
            sys.setswitchinterval(TURN_S)
        _n_quick += 1
    try:
        yield
    finally:
        with _lock:
            _n_quick -= 1
            if not _n_quick:
                sys.setswitchinterval(_usual_turn_s)


@contextmanager
def side_by_side(cards: Iterable[ModelCard]) -> Iterator[None]:
    """Let all batches of each of `cards` within the block share a line with the card's limits, in this process.

    A batch that is still under way at the end of the block, as after Ctrl-C, keeps its line.
    """
    card_list = list(cards)
    together = _Together(card_list)
    with _lock:
        for card in card_list:
            _together.setdefault(card.fingerprint, together)
    try:
        with _quick_turns():
            yield
    finally:
        with _lock:
            for card in card_list:
                if _together.get(card.fingerprint) is together:
                    del _together[card.fingerprint]
        _leave(together)


def _leave(together: _Together) -> None:
    with _lock:
        together.n_users -= 1
        is_last = not together.n_users
    if is_last:
        together.end()


def run(card: ModelCard, endpoint: Endpoint, work: Work, *, is_alone: bool) -> None:
    """Run `work` on the line that `card` has in this process, or on one of its own, with the limits of `card`.

    Raises:
        Exception: what `work` raises.
    """
    with _lock:
        together = None if is_alone else _together.get(card.fingerprint)
        if together is not None:
            together.n_users += 1
    if together is None:
        asyncio.run(_alone(card, endpoint, work))
        return
    try:
        together.run(card, endpoint, work)
    finally:
        _leave(together)


async def _alone(card: ModelCard, endpoint: Endpoint, work: Work) -> None:
    async with Line(card.limits, endpoint, throttle_of(card, endpoint)) as line:
        await work(line)
