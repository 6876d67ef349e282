"""An endpoint that costs its callers next to nothing: a process of its own, one answer for all, after a fixed delay.

It reads no more of a request than where it ends, so that a benchmark on two cores measures who asks, not who answers.
On demand it refuses calls beyond so many at once, or beyond so many a second, with 429 and without Retry-After.
"""

import asyncio
import json
import multiprocessing
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

DELAY_S = 0.02
TEXT = "A reply of ordinary length, of which every word has been seen before and none is remembered for long. " * 4
_COMPLETION = {
    "id": "chatcmpl-0",
    "object": "chat.completion",
    "created": 1_760_000_000,
    "model": "fast",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": TEXT}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 20, "completion_tokens": 100, "total_tokens": 120},
}


def _framed(body: bytes, status: bytes = b"200 OK") -> bytes:
    head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % (status, len(body)) + body


_ANSWER = _framed(json.dumps(_COMPLETION).encode())
_REFUSAL = _framed(b'{"error": {"message": "Too many requests."}}', b"429 Too Many Requests")


@dataclass(frozen=True)
class Capacity:
    """What the endpoint takes: calls at once, and calls a second in bursts of a tenth of a second; None: any number.

    `delay_s`: the seconds after which it answers a call.
    """

    delay_s: float = DELAY_S
    most_at_once: int | None = None
    most_per_second: float | None = None


class _Seen:
    """What arrived since it was last asked for: calls, refusals, connections, and how many were in flight at once."""

    def __init__(self) -> None:
        self.calls = self.refused = self.answered = self.connections = self.in_flight = self.most_in_flight = 0
        self.first = self.last = 0.0


class _Connection(asyncio.Protocol):
    """One connection; a call on it is answered before the next is read."""

    seen = _Seen()
    capacity = Capacity()
    tokens = refilled = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport, self._read = transport, b""
        _Connection.seen.connections += 1

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found:
            return
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) < int(length.partition(b"\r\n")[0] or 0):
            return
        self._read = b""
        seen, loop = _Connection.seen, asyncio.get_running_loop()
        if head.startswith(b"GET"):
            _Connection.seen = _Seen()
            self._transport.write(_framed(json.dumps(vars(seen)).encode()))
            return
        seen.first = seen.first or loop.time()
        seen.calls += 1
        if not self._has_room(loop.time()):
            seen.refused += 1
            self._transport.write(_REFUSAL)
            return
        seen.in_flight += 1
        seen.most_in_flight = max(seen.most_in_flight, seen.in_flight)
        loop.call_later(self.capacity.delay_s, self._answer, seen)

    def _has_room(self, moment: float) -> bool:
        """Return whether the endpoint takes one more call now, and count it against its calls a second."""
        most, rate = self.capacity.most_at_once, self.capacity.most_per_second
        if most is not None and _Connection.seen.in_flight >= most:
            return False
        if rate is None:
            return True
        passed, _Connection.refilled = moment - _Connection.refilled, moment
        _Connection.tokens = min(rate / 10, _Connection.tokens + passed * rate)
        if _Connection.tokens < 1:
            return False
        _Connection.tokens -= 1
        return True

    def _answer(self, seen: _Seen) -> None:
        seen.in_flight -= 1
        seen.answered += 1
        seen.last = asyncio.get_running_loop().time()
        if not self._transport.is_closing():
            self._transport.write(_ANSWER)


async def _serve(told: Any) -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0, backlog=1024)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _run(told: Any, capacity: Capacity) -> None:
    _Connection.capacity = capacity
    asyncio.run(_serve(told))


@contextmanager
def fast_endpoint(capacity: Capacity = Capacity()) -> Iterator[str]:
    """Serve until the block ends; yield the base URL."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=_run, args=(there, capacity), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}/v1"
    finally:
        server.terminate()
        server.join()


def seen(base_url: str) -> dict[str, Any]:
    """Return what has arrived since this was last asked: calls, connections, most in flight, first and last second."""
    with urllib.request.urlopen(f"{base_url}/seen") as answer:
        found: dict[str, Any] = json.load(answer)
    return found
