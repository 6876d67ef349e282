"""What batches of one model share while one process sends them side by side: client, limits, and end of an endpoint.

Each batch is a Prefect task in a thread of its own. Alone it would open its own connections, and at its end
leave slots free that another batch could fill. On a line the next batch's requests fill them, a pause that the server
asks for applies to all, and connections stay open from batch to batch.
"""

import asyncio
import ssl
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from time import monotonic
from typing import Any, Self

from tasks.adapters.models.failures import Failure
from tasks.domain.card import Limits, ModelCard
from tasks.domain.ports import Endpoint


class Gate:
    """Calls in flight: half as many when the server says 429, and one more again with each that is answered."""

    def __init__(self, limits: Limits) -> None:
        self._most = self._allowed = float(limits.concurrency)
        self._interval = 60.0 / limits.requests_per_minute if limits.requests_per_minute else 0.0
        self._in_flight, self._next_start, self._pause_until = 0, 0.0, 0.0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()

    @asynccontextmanager
    async def turn(self, rank: int) -> AsyncIterator[None]:
        """Wait until a call may start, and count it as in flight within the block; the lowest `rank` goes first."""
        if self._waiting or not self._has_room:
            await self._wait(rank)
        else:
            self._in_flight += 1
        try:
            start = -1.0
            while start < self._pause_until:  # a pause may have begun while this call waited for its turn
                start = max(monotonic(), self._next_start, self._pause_until)
                self._next_start = start + self._interval
                await asyncio.sleep(max(0.0, start - monotonic()))
            yield
        finally:
            self._in_flight -= 1
            self._let_in()

    @property
    def _has_room(self) -> bool:
        return self._in_flight < max(1, int(self._allowed))

    async def _wait(self, rank: int) -> None:
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was admitted, and will not start
                self._in_flight -= 1
                self._let_in()
            raise

    def _let_in(self) -> None:
        while self._waiting and self._has_room:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                self._in_flight += 1
                turn.set_result(None)

    def answered(self) -> None:
        """Note that the server has answered a call."""
        self._allowed = min(self._most, self._allowed + 1.0 / max(1.0, self._allowed))
        self._let_in()

    def throttled(self, pause_s: float) -> None:
        """Note that the server asks for fewer calls, and for none at all for a while."""
        self._allowed = max(1.0, self._allowed / 2)
        self._pause_until = max(self._pause_until, monotonic() + pause_s)


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Return the trusted certificates: reading them takes tens of milliseconds, as long as many calls."""
    import httpx2

    return httpx2.create_ssl_context()


class Line:
    """Calls to one model, as a context that closes its connections at the end."""

    def __init__(self, limits: Limits, endpoint: Endpoint) -> None:
        # Only here: the import takes a second, which runs without calls save.
        from openai import AsyncOpenAI, DefaultAioHttpClient

        self.limits, self.gate = limits, Gate(limits)
        self.stopped_by: Failure | None = None
        """The failure after which the endpoint was given up, if any: no more calls are made."""
        self.lost_in_a_row = 0
        self._ranks = count()
        self.client = AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.key or "none",
            timeout=limits.timeout_s,
            max_retries=0,
            http_client=DefaultAioHttpClient(verify=_certificates()),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.client.close()

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
            line = Line(self._limits[card.fingerprint], endpoint)
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
    async with Line(card.limits, endpoint) as line:
        await work(line)
