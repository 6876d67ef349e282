"""How many calls an endpoint takes at once, as its answers of 429 show: learned by one batch, known to all others.

An endpoint counts calls by key, so that all models and batches of one address and key in this process share what was
learned. Fewer calls are in flight after a 429, and one more again after as many answers as calls are in flight. Close
to the number that was refused this takes longer, for most of what one more call would earn is another 429.
"""

import asyncio
import math
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from heapq import heappop, heappush
from itertools import count
from time import monotonic
from typing import Protocol

from tasks.domain.card import HostedEndpoint, Limits, ModelCard
from tasks.domain.ports import Endpoint

DECREASE = 0.7
"""Share of the calls in flight that is left after a 429."""
PROBES_SLOWER = 16
"""So many times as many answers are needed for one more call where that many were refused before."""
PROBES_SLOWER_APART = 2
"""The same below one call at a time. More, and an endpoint that refuses one call in twenty whatever its load would be
asked ever less."""
LEAST_ALLOWED = 1 / 128
LONGEST_SLEEP_S = 1.0
"""A user who stops the run waits no longer for calls that sleep."""

interrupted = threading.Event()
"""Set when the user stops the run: this process waits for calls in flight and starts no others."""

SPACING_S = 0.25
"""Below one call at a time, the next waits this long times (1 / allowed - 1): 32 seconds at the least."""


class _Waiting(Protocol):
    """A gate at which calls wait."""

    def let_in_soon(self) -> None:
        """Let calls in, in the gate's own event loop."""
        ...


class Throttle:
    """The calls in flight of one key, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._allowed = self._refused_at = math.inf
        self._in_flight, self._reduced_at = 0, -math.inf
        self._pause_until = self._next_start = 0.0
        self._gates: dict[_Waiting, None] = {}

    @property
    def allowed(self) -> float:
        """Calls that may be in flight; infinite before the first 429, below one where they keep a distance in time."""
        return self._allowed

    @property
    def pause_until(self) -> float:
        """The moment, by the monotonic clock, until which the server asked for no calls; 0 where it never did."""
        return self._pause_until

    def enter(self) -> bool:
        """Count one more call in flight, if one more is allowed; return whether it is."""
        with self._lock:
            if self._in_flight + 1 > max(1.0, self._allowed):
                return False
            self._in_flight += 1
            return True

    def leave(self) -> None:
        """Count one call less in flight."""
        with self._lock:
            self._in_flight -= 1

    def start(self, earliest: float) -> float:
        """Return the moment from which on a call may start, not before `earliest`; the next is kept at a distance."""
        with self._lock:
            moment = max(earliest, self._pause_until, self._next_start)
            if self._allowed < 1:
                self._next_start = moment + SPACING_S * (1 / self._allowed - 1)
            return moment

    def answered(self) -> None:
        """Note that the server has answered a call, which has not left yet: one more is allowed after some of them."""
        with self._lock:
            # Calls that were allowed and not made tell nothing of whether the server would have taken them.
            if math.isinf(self._allowed) or self._in_flight + 1 <= self._allowed:
                return
            step = 1 / self._allowed if self._allowed >= 1 else self._allowed / 8
            lowest, highest = _near(self._refused_at)
            if lowest <= self._allowed < highest:
                step /= PROBES_SLOWER if self._allowed >= 1 else PROBES_SLOWER_APART
            self._allowed += step
        self.wake()

    def throttled(self, pause_s: float, started: float) -> None:
        """Note that the server refused a call, which has not left yet.

        Args:
            pause_s: seconds for which the server asks for no calls at all; 0 where it says nothing.
            started: when the call started, by the monotonic clock. Of calls that started before the last decrease, only
                the number is of use: those still in flight are what the server has taken.
        """
        with self._lock:
            if pause_s:
                self._pause_until = max(self._pause_until, monotonic() + pause_s)
            if started <= self._reduced_at:
                self._allowed = min(self._allowed, max(1.0, self._in_flight - 1.0))
                return
            self._reduced_at = monotonic()
            self._refused_at = min(self._allowed, float(self._in_flight)) if self._allowed > 1 else self._allowed
            # A server that says when to come again is obeyed in that: no distance beyond it is needed.
            self._allowed = max(1.0 if pause_s else LEAST_ALLOWED, DECREASE * self._refused_at)

    def wait_at(self, gate: _Waiting) -> None:
        """Wake `gate`, at which calls wait, when others have left; the gate that was served last comes last."""
        with self._lock:
            self._gates.pop(gate, None)
            self._gates[gate] = None

    def forget(self, gate: _Waiting) -> None:
        """Wake `gate` no more."""
        with self._lock:
            self._gates.pop(gate, None)

    def wake(self) -> None:
        """Let calls in at all gates at which some wait."""
        with self._lock:
            gates = list(self._gates)
        for gate in gates:
            gate.let_in_soon()


def _near(refused_at: float) -> tuple[float, float]:
    """Return the calls in flight between which another refusal is likely."""
    if refused_at >= 2:
        return refused_at - 1, refused_at + 1
    return refused_at * 0.85, refused_at * 1.2


class Gate:
    """Calls to one model in flight: no more than its card and the throttle of its key allow."""

    def __init__(self, limits: Limits, throttle: Throttle | None = None) -> None:
        self.throttle = throttle or Throttle()
        self.in_flight = 0
        self._ended = asyncio.Event()
        self._most = limits.concurrency
        self._interval = 60.0 / limits.requests_per_minute if limits.requests_per_minute else 0.0
        self._next_start = 0.0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._loop = asyncio.get_running_loop()

    @asynccontextmanager
    async def turn(self, rank: int) -> AsyncIterator[None]:
        """Wait until a call may start, and count it as in flight within the block; the lowest `rank` goes first."""
        if self._waiting or not self._enter():
            await self._wait(rank)
        try:
            start = -1.0
            # A pause may have begun while this call waited for its turn.
            while start < self.throttle.pause_until and not self.is_over:
                start = self.throttle.start(max(monotonic(), self._next_start))
                self._next_start = start + self._interval
                await self.sleep(start - monotonic())
            yield
        finally:
            self._leave()

    async def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until no more calls are to start."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0 and not self.is_over:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, LONGEST_SLEEP_S)):
                    await self._ended.wait()

    @property
    def is_over(self) -> bool:
        """Whether no more calls are to start."""
        return self._ended.is_set() or interrupted.is_set()

    def end(self) -> None:
        """Wake calls that sleep: no more are to start."""
        self._ended.set()

    def close(self) -> None:
        """Leave the throttle, which outlives the gate."""
        self.throttle.forget(self)

    def let_in_soon(self) -> None:
        """Let waiting calls in; from another thread, as soon as this gate's event loop comes to it."""
        try:
            is_here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            is_here = False
        if is_here:
            self._let_in()
            return
        with suppress(RuntimeError):  # its event loop has ended
            self._loop.call_soon_threadsafe(self._let_in)

    def _enter(self) -> bool:
        if self.in_flight >= self._most or not self.throttle.enter():
            return False
        self.in_flight += 1
        return True

    def _leave(self) -> None:
        self.in_flight -= 1
        self.throttle.leave()
        self.throttle.wake()

    async def _wait(self, rank: int) -> None:
        turn = self._loop.create_future()
        heappush(self._waiting, (rank, next(self._numbers), turn))
        self.throttle.wait_at(self)
        self._let_in()  # a call may have left in another thread before the throttle knew of this one
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was admitted, and will not start
                self._leave()
            raise

    def _let_in(self) -> None:
        is_served = False
        while self._waiting:
            if self._waiting[0][2].done():
                heappop(self._waiting)
            elif self._enter():
                heappop(self._waiting)[2].set_result(None)
                is_served = True
            else:
                break
        if not self._waiting:
            self.throttle.forget(self)
        elif is_served:
            self.throttle.wait_at(self)


_throttles: dict[tuple[str, str], Throttle] = {}
"""By address and the name of the variable that holds the key."""
_lock = threading.Lock()


def throttle_of(card: ModelCard, endpoint: Endpoint) -> Throttle:
    """Return the throttle of the address and key of `card`, which this process keeps until it ends."""
    key_env = card.endpoint.key_env if isinstance(card.endpoint, HostedEndpoint) else None
    with _lock:
        return _throttles.setdefault((endpoint.base_url.rstrip("/"), key_env or ""), Throttle())
