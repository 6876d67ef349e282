"""An endpoint that costs its callers next to nothing: a process of its own, one answer for all, after a fixed delay.

It reads no more of a request than where it ends, so that a benchmark on two cores measures who asks, not who answers.
"""

import asyncio
import json
import multiprocessing
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
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


def _framed(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


_ANSWER = _framed(json.dumps(_COMPLETION).encode())


class _Seen:
    """What arrived since it was last asked for: calls, connections, and how many were in flight at once."""

    def __init__(self) -> None:
        self.calls = self.connections = self.in_flight = self.most_in_flight = 0
        self.first = self.last = 0.0


class _Connection(asyncio.Protocol):
    """One connection; a call on it is answered before the next is read."""

    seen = _Seen()

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
        seen.in_flight += 1
        seen.most_in_flight = max(seen.most_in_flight, seen.in_flight)
        loop.call_later(DELAY_S, self._answer, seen)

    def _answer(self, seen: _Seen) -> None:
        seen.in_flight -= 1
        seen.last = asyncio.get_running_loop().time()
        if not self._transport.is_closing():
            self._transport.write(_ANSWER)


async def _serve(told: Any) -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0, backlog=1024)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _run(told: Any) -> None:
    asyncio.run(_serve(told))


@contextmanager
def fast_endpoint() -> Iterator[str]:
    """Serve until the block ends; yield the base URL."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=_run, args=(there,), daemon=True)
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
