"""A real server on loopback that speaks OpenAI's chat completions protocol, answers as personas and fails on demand.

In a test::

    with StubEndpoint() as stub:
        stub.base_url                      # http://127.0.0.1:PORT/v1
        stub.faults.append((3, "500"))     # every third call; or a predicate of a Call in place of 3
        stub.calls, stub.most_in_flight["independent-alpha"]

As a process, for tests that kill what asks it: `python -m tests.support.stub_endpoint --port 0 --log FILE`. It prints
its base URL once it listens and logs a line for each call that arrived and one for each that was answered.

A fault can also be part of the served name: fault-KIND-always, or fault-KIND-once, which fails the first attempt of
each distinct request; `+PERSONA` says who answers otherwise (fault-500-once+independent-alpha). KIND is one of `FAULTS`.
"""

import argparse
import asyncio
import email.utils
import gzip
import hashlib
import json
import os
import re
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.support import judge_persona, pair_judge_persona, personas
from tests.support.stub_batches import StubBatches

LONG_REPLY = 4 * 2**20 - 4096
"""Characters of the reply of a fault: with what is around it, just below what is read of a response."""

_FAULTY = re.compile(r"fault-(?P<kind>.+?)-(?P<when>once|always)(\+(?P<persona>.+))?")


@dataclass(frozen=True)
class Call:
    """One call that arrived. `attempt` counts from 1 and goes up when the same body comes again."""

    number: int
    attempt: int
    model: str
    messages: list[dict[str, Any]]
    seed: int | None
    time: float
    body: dict[str, Any]
    request_key: str
    key: str = ""
    """The key that came with it; faults that begin with `key-` repeat it."""


Fault = tuple[Callable[[Call], bool] | int, str]
"""Which calls (a predicate, or n for every n-th) and what befalls them: a key of `FAULTS`."""


def _error(status: int, message: str, code: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"error": {"message": message, "type": code, "param": None, "code": code}}
    return web.json_response(body, status=status, headers=headers)


def _throttled(**headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return _error(429, "Too many requests.", "rate_limit_exceeded", named)


def _with_content(content: Any) -> Callable[[Call, str], web.Response]:
    return lambda call, text: web.json_response(_completion(call, content))


def _with(**fields: Any) -> Callable[[Call, str], web.Response]:
    return lambda call, text: web.json_response(_completion(call, text) | fields)


def _with_message(**message: Any) -> Callable[[Call, str], web.Response]:
    return _with(choices=[{"index": 0, "message": {"role": "assistant"} | message, "finish_reason": "stop"}])


def _unpacking_to(n_bytes: int) -> web.Response:
    return web.Response(body=gzip.compress(b" " * n_bytes), headers={"Content-Encoding": "gzip"})


def _raw(body: str, content_type: str = "application/json") -> Callable[[Call, str], web.Response]:
    return lambda call, text: web.Response(text=body, content_type=content_type)


FAULTS: dict[str, Callable[[Call, str], web.Response] | None] = {
    "429": lambda call, text: _throttled(),
    "429-after": lambda call, text: _throttled(Retry_After="1"),
    "429-after-ms": lambda call, text: _throttled(Retry_After_Ms="1000"),
    # Dates have whole seconds: 3 ahead is at least 2 ahead when it is read.
    "429-date": lambda call, text: _throttled(Retry_After=email.utils.formatdate(time.time() + 3, usegmt=True)),
    "429-odd-date": lambda call, text: _throttled(Retry_After="Wed, 01 Jan 99999 00:00:00 GMT"),
    "429-tomorrow": lambda call, text: _throttled(Retry_After="86400"),
    "429-quota": lambda call, text: _error(429, "You exceeded your current quota.", "insufficient_quota"),
    "500": lambda call, text: _error(500, "The server had an error.", "server_error"),
    "400": lambda call, text: _error(400, "Unknown parameter.", "invalid_request_error"),
    "400-too-long": lambda call, text: _error(400, "The prompt is too long.", "context_length_exceeded"),
    "402": lambda call, text: _error(402, "Insufficient Balance", "unknown_error"),
    "403": lambda call, text: _error(403, "Your plan does not include this model.", "permission_denied"),
    "404": lambda call, text: _error(404, f"The model {call.model!r} does not exist.", "model_not_found"),
    "filter-error": lambda call, text: _error(400, "The prompt was filtered.", "content_filter"),
    "filter-finish": _with(choices=[{"index": 0, "message": {"content": None}, "finish_reason": "content_filter"}]),
    "malformed": _raw('{"id": "chatcmpl-1", "choices": [{"index": 0, "mess'),
    "html": _raw("<html><body>Bad gateway</body></html>", "text/html"),
    "json-list": _raw("[1, 2]"),
    "json-null": _raw("null"),
    "json-deep": _raw("[" * 200_000),
    "long-integer": _raw('{"choices": ' + "9" * 5_000 + "}"),
    "long-header": lambda call, text: web.json_response(_completion(call, text), headers={"X-Odd": "a" * 9_000}),
    "half-emoji": _with_content("cut \ud83d"),
    "no-choices": _with(choices=[]),
    "odd-choices": _with(choices={"first": 1}),
    "null-content": _with_content(None),
    "blank-content": _with_content(" \n"),
    "number-content": _with_content(123),
    "refusal": _with_message(content=None, refusal="I can't help with that."),
    "parts": _with_message(
        content=[
            {"type": "reasoning", "summary": []},
            {"type": "text", "text": "One "},
            {"type": "text", "text": "two"},
        ]
    ),
    "long-reply": _with_content("a" * LONG_REPLY),
    "no-parts": _with_message(content=[]),
    "zip-bomb": lambda call, text: _unpacking_to(64 * 2**20),
    "no-message": _with(choices=[{"index": 0, "finish_reason": "stop"}]),
    "null-usage": _with(usage=None),
    "odd-usage": _with(usage={"prompt_tokens": "many", "completion_tokens": 10**30}),
    "key-error": lambda call, text: _error(500, f"No quota for {call.key}.", call.key, {"X-Key": call.key}),
    "key-refused": lambda call, text: _error(400, f"{call.key}, at {call.model}", call.key, {"X-Key": call.key}),
    "key-malformed": lambda call, text: web.Response(text=f'{{"key": "{call.key}", "choices": [', status=200),
    "key-choices": lambda call, text: web.json_response({"key": call.key, "choices": []}),
    "key-header": lambda call, text: web.json_response(_completion(call, text), headers={"X-Key": call.key * 400}),
    "key-reply": lambda call, text: web.json_response(_completion(call, f"{text} Your key is {call.key}.", call.key)),
    # These are not answers, see `StubEndpoint._fail`.
    "hang": None,
    "drip": None,
    "cut": None,
    "closed": None,
    "endless": None,
    "odd-status": None,
    "key-status": None,
}


def _completion(call: Call, text: Any, finish: str = "stop") -> dict[str, Any]:
    n_asked, n_said = len(str(call.messages)) // 4, max(1, len(str(text)) // 4)
    usage: dict[str, Any] = {"prompt_tokens": n_asked, "completion_tokens": n_said, "total_tokens": n_asked + n_said}
    if call.body.get("usage") == {"include": True}:
        usage["cost"] = StubEndpoint.USAGE_COST
    return {
        "id": f"chatcmpl-{call.number}",
        "object": "chat.completion",
        "created": int(call.time),
        "model": call.model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}],
        "usage": usage,
    }


BILLED = ("prompt_tokens", "completion_tokens")


class StubEndpoint:
    """The server, in a thread and loop of its own. Entered once; everything that it saw stays readable afterwards.

    Args:
        port: 0 takes a free one.
        key: the only key that is let in; None lets in everybody. A refusal repeats the key that was sent.
        delay_s: how long each answer takes.
        log: file that gets one JSON line for each call that arrived and for each that was answered.
    """

    USAGE_COST = 0.03125
    """US dollars that a call costs by the server's own account, which is sent where the call asks for it."""

    def __init__(
        self, *, port: int = 0, key: str | None = None, delay_s: float = 0.0, log: Path | str | None = None
    ) -> None:
        self.port, self.key, self.delay_s = port, key, delay_s
        self.faults: list[Fault] = []
        self.instead: dict[str, str] = {}
        """Personas that answer in the place of others, as where an endpoint is swapped behind its name."""
        self.seed_shift = 0
        """Added to every seed, as where a model draws anew at temperature 1."""
        self.most_at_once: int | None = None
        """Calls in flight beyond so many are refused with 429 at once."""
        self.n_refused = 0
        self.n_poured = 0
        """Bytes of endless responses that were taken."""
        self.most_answered: int | None = None
        """Calls after so many wait for an answer until this is raised, or None again: who asks can't be done before."""
        self.calls: list[Call] = []
        self.n_answered = 0
        self.tokens: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """What was billed of answers, by served name and kind of `BILLED`."""
        self.in_flight: Counter[str] = Counter()
        self.most_in_flight: Counter[str] = Counter()
        self.most_together = 0
        """Calls in flight to all models."""
        self.batches = StubBatches(self._answer_line)
        """What goes through the batch endpoint; its lines are among `calls`, with the faults of calls."""
        self._attempts: Counter[str] = Counter()
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if log else None
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._problem: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="stub endpoint", daemon=True)

    @property
    def base_url(self) -> str:
        """What a model card's `base_url` says."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> "StubEndpoint":
        self._thread.start()
        self._ready.wait()
        if self._problem:
            raise self._problem
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self._log is not None:
            os.close(self._log)

    def calls_of(self, model: str) -> list[Call]:
        """Return the calls to one served name, in the order in which they arrived."""
        return [call for call in self.calls if call.model == model]

    def billed_usd(self, served_name: str, *usd: float) -> float:
        """Return the price of all answers under a name, at so many US dollars for a million tokens of each kind."""
        return sum(self.tokens[served_name][kind] * price for kind, price in zip(BILLED, usd, strict=True)) / 1e6

    def repeated(self) -> dict[str, int]:
        """Return, for each request that was asked more than once, how often."""
        return {key: n for key, n in self._attempts.items() if n > 1}

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        self.batches.add_to(app)
        # Without cancellation a hung call would go on after its client has left.
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", self.port, backlog=1024)
            await site.start()
            self.port = runner.addresses[0][1]
        except OSError as error:
            self._problem = error
            self._stop.set()
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        names = sorted({call.model for call in self.calls} | {"independent-alpha", "independent-beta"})
        return web.json_response({"object": "list", "data": [{"id": name, "object": "model"} for name in names]})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        call = self._arrived(await request.json(), given)
        self.in_flight[call.model] += 1
        self.most_in_flight[call.model] = max(self.most_in_flight[call.model], self.in_flight[call.model])
        self.most_together = max(self.most_together, self.in_flight.total())
        try:
            if self.key is not None and given != self.key:
                return _error(401, f"Incorrect API key provided: {given}.", "invalid_api_key")
            if self.most_at_once is not None and self.in_flight.total() > self.most_at_once:
                self.n_refused += 1
                return _throttled()
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            while self.most_answered is not None and call.number > self.most_answered and not self._stop.is_set():
                await asyncio.sleep(0.01)
            return await self._answer(request, call)
        finally:
            self.in_flight[call.model] -= 1

    async def _answer_line(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        response = await self._answer(request, self._arrived(body, ""))
        assert isinstance(response, web.Response)
        return response

    def _arrived(self, body: dict[str, Any], given: str) -> Call:
        key = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
        self._attempts[key] += 1
        number, attempt = len(self.calls) + 1, self._attempts[key]
        call = Call(number, attempt, body["model"], body["messages"], body.get("seed"), time.time(), body, key, given)
        self.calls.append(call)
        self._note("arrived", call)
        return call

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        faulty = _FAULTY.fullmatch(call.model)
        persona = (faulty["persona"] or f"independent-{call.model}") if faulty else call.model
        persona = self.instead.get(persona, persona)
        known = [answering for answering in (judge_persona, pair_judge_persona) if answering.is_known(persona)]
        answers = known[0] if known else personas
        if not answers.is_known(persona):
            return _error(404, f"The model {call.model!r} does not exist.", "model_not_found")
        text = answers.reply(persona, call.messages, (call.seed or 0) + self.seed_shift)
        kinds = [
            kind for when, kind in self.faults if (call.number % when == 0 if isinstance(when, int) else when(call))
        ]
        if faulty and (faulty["when"] == "always" or call.attempt == 1):
            kinds.append(faulty["kind"])
        if kinds:
            return await self._fail(request, call, text, kinds[0])
        self.n_answered += 1
        self._note("answered", call)
        completion = _completion(call, text)
        self.tokens[call.model] += Counter({kind: completion["usage"][kind] for kind in BILLED})
        return web.json_response(completion)

    async def _fail(self, request: web.Request, call: Call, text: str, kind: str) -> web.StreamResponse:
        make = FAULTS[kind]
        if make is not None:
            return make(call, text)
        if kind == "hang":
            await self._stop.wait()
            return web.Response(status=503)
        if kind == "drip":
            return await self._drip(request)
        if kind == "endless":
            return await self._pour(request)
        if kind == "closed" and request.transport is not None:
            request.transport.close()
            return web.Response()
        if kind in ("odd-status", "key-status") and request.transport is not None:
            said = call.key if kind == "key-status" else "nothing at all"
            request.transport.write(f"HTTP/1.1 {said}\r\n\r\n".encode())
            request.transport.close()
            return web.Response()
        whole = json.dumps(_completion(call, text)).encode()
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
        await response.prepare(request)
        await response.write(whole[: len(whole) // 2])
        if request.transport is not None:
            request.transport.close()
        return response

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        """Send white space for ever, as some servers do to keep a connection alive."""
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while not self._stop.is_set():
            await response.write(b" ")
            await asyncio.sleep(0.1)
        return response

    async def _pour(self, request: web.Request) -> web.StreamResponse:
        """Send white space without end as fast as it is taken; what was taken is counted in `n_poured`."""
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        with suppress(ConnectionError):  # its client has read enough
            while not self._stop.is_set():
                await response.write(b" " * 2**16)
                self.n_poured += 2**16
        return response

    def _note(self, event: str, call: Call) -> None:
        if self._log is not None:
            row = {"event": event, "number": call.number, "request": call.request_key, "model": call.model}
            os.write(self._log, json.dumps(row | {"seed": call.seed, "time": time.time()}).encode() + b"\n")


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="An OpenAI-compatible server of stub models on loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    parser.add_argument("--key", help="the only key that is let in")
    given = parser.parse_args()
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    with StubEndpoint(port=given.port, key=given.key, delay_s=given.delay_ms / 1000, log=given.log) as stub:
        print(stub.base_url, flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
