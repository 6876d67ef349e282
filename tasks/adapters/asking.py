"""Puts requests to one model over OpenAI's protocol: its limits, retries of what is transient, nothing lost."""

import asyncio
import email.utils
import json
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic, time
from typing import Any

import aiohttp
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient, RequestOptions

from tasks.adapters import settings
from tasks.domain.card import Limits, ModelCard
from tasks.domain.ids import reply_id
from tasks.domain.ports import Endpoint
from tasks.domain.rows import Reply, Request

PATH = "/chat/completions"
_WITH_KEY: RequestOptions = {"security": {"bearer_auth": True}}

LONGEST_WAIT_S = 300.0
"""A server that asks for a longer pause is left alone until the next run."""

interrupted = threading.Event()
"""Set when the user stops the run: what is in flight is waited for, nothing else is asked by this process."""

FATAL_REASONS = frozenset({"wrong_key", "not_found"})
"""What the next request to the same endpoint would meet as well."""


@dataclass(frozen=True)
class Failure:
    """Why a call gave no text, whether asking again may help, and how long the server wants to be left alone."""

    reason: str
    text: str
    is_transient: bool = False
    retry_after_s: float | None = None


def _retry_after(headers: Any) -> float | None:
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            return max(0.0, float(value) / scale)
        except ValueError:
            return _seconds_until(value)
    return None


def _seconds_until(date: str) -> float | None:
    try:
        moment = email.utils.parsedate_tz(date)
        return None if moment is None else max(0.0, email.utils.mktime_tz(moment) - time())
    except (ValueError, OverflowError):
        return None


def _is_unreachable(error: openai.APITimeoutError) -> bool:
    """Say whether nobody was reached: the client's transport calls a refused connection a timeout, too."""
    cause = error.__cause__
    return cause is not None and isinstance(cause.__cause__, aiohttp.ClientConnectorError)


def failure_of(error: Exception) -> Failure:
    """Return what an exception of the client means; errors of ours are raised again."""
    text = str(error)
    if isinstance(error, openai.APITimeoutError) and _is_unreachable(error):
        return Failure("connection_lost", str(error.__cause__).replace(" ssl:default", ""), is_transient=True)
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return Failure("timeout", "no reply within the time limit", is_transient=True)
    if isinstance(error, openai.APIStatusError):
        status, told = error.status_code, f"{text} {error.code} {error.type}"
        pause = _retry_after(error.response.headers)
        if status == 429:
            is_spent = "insufficient_quota" in told
            return Failure("rate_limited", text, is_transient=not is_spent, retry_after_s=pause)
        if any(mark in told for mark in ("content_filter", "content_policy", "data_inspection_failed", "moderation")):
            return Failure("content_filter", text)
        if status in (401, 403):
            return Failure("wrong_key", text)
        if status == 404:
            return Failure("not_found", text)
        if status in (408, 409, 425) or status >= 500:
            return Failure("server_error", text, is_transient=True, retry_after_s=pause)
        return Failure("bad_request", text)
    if isinstance(error, openai.APIConnectionError):
        return Failure("connection_lost", f"{text} {error.__cause__ or ''}".strip(), is_transient=True)
    if isinstance(error, (json.JSONDecodeError, openai.APIResponseValidationError, UnicodeDecodeError, RecursionError)):
        return Failure("malformed_reply", f"the reply is not JSON: {text}", is_transient=True)
    raise error


def read_completion(completion: Any) -> tuple[str, str | None] | Failure:
    """Return text and finish reason of a completion, or why there is no text; nothing about its shape is trusted."""
    choices = _part(completion, "choices")
    if not isinstance(choices, list) or not choices:
        return Failure("malformed_reply", f"no choices in {completion!s}", is_transient=True)
    finish = _part(choices[0], "finish_reason")
    message = _part(choices[0], "message")
    content = _part(message, "content")
    if finish == "content_filter":
        return Failure("content_filter", "the endpoint withheld the reply")
    if message is None:
        return Failure("malformed_reply", f"no message in {completion!s}", is_transient=True)
    if content is not None and not isinstance(content, str):
        return Failure("malformed_reply", f"content is {type(content).__name__}, not text", is_transient=True)
    if content is None or not content.strip():
        return Failure("empty_reply", f"finish reason {finish!r}")
    return content, finish if isinstance(finish, str) else None


def _part(whole: Any, name: str) -> Any:
    return whole.get(name) if isinstance(whole, dict) else None


class _Gate:
    """Concurrency that halves when the server says 429 and grows back by one with each call that is answered."""

    def __init__(self, limits: Limits) -> None:
        self._most = self._allowed = float(limits.concurrency)
        self._interval = 60.0 / limits.requests_per_minute if limits.requests_per_minute else 0.0
        self._in_flight, self._next_start, self._pause_until = 0, 0.0, 0.0
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._in_flight < max(1, int(self._allowed)))
            self._in_flight += 1
        start = -1.0
        while start < self._pause_until:  # a pause may have begun while this call waited for its turn
            start = max(monotonic(), self._next_start, self._pause_until)
            self._next_start = start + self._interval
            await asyncio.sleep(max(0.0, start - monotonic()))

    async def __aexit__(self, *exc: object) -> None:
        async with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    def answered(self) -> None:
        self._allowed = min(self._most, self._allowed + 1.0 / max(1.0, self._allowed))

    def throttled(self, pause_s: float) -> None:
        self._allowed = max(1.0, self._allowed / 2)
        self._pause_until = max(self._pause_until, monotonic() + pause_s)


class Asker:
    """Asks one model. `keep` is called with each outcome the moment it is known."""

    def __init__(self, card: ModelCard, endpoint: Endpoint, keep: Callable[[Reply], None], rng: random.Random) -> None:
        self._card, self._endpoint, self._keep, self._rng = card, endpoint, keep, rng
        self._lost_in_a_row = 0
        self.stopped_by: Failure | None = None
        """Why the endpoint was given up, if it was: what is left was not asked."""

    async def ask_all(self, requests: Sequence[Request]) -> None:
        """Ask everything; each outcome goes to `keep`. Ends early when the endpoint is plainly not usable."""
        gate = _Gate(self._card.limits)
        async with AsyncOpenAI(
            base_url=self._endpoint.base_url,
            api_key=self._endpoint.key or "none",
            timeout=self._card.limits.timeout_s,
            max_retries=0,
            http_client=DefaultAioHttpClient(),
        ) as client:
            waiting = iter(requests)

            async def work() -> None:
                for request in waiting:
                    if self.stopped_by is not None or interrupted.is_set():
                        return
                    await self._ask(client, gate, request)

            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(self._card.limits.concurrency, len(requests))):
                        group.create_task(work())
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from None

    async def _ask(self, client: AsyncOpenAI, gate: _Gate, request: Request) -> None:
        limits = self._card.limits
        failure = Failure("connection_lost", "")
        for attempt in range(1, limits.max_attempts + 1):
            async with gate:
                if self.stopped_by is not None:
                    return
                started = monotonic()
                result = await self._call(client, request)
                latency_ms = (monotonic() - started) * 1000
            if not isinstance(result, Failure):
                gate.answered()
                self._lost_in_a_row = 0
                text, finish, usage = result
                self._finish(request, text, None, (finish, usage, latency_ms, attempt))
                return
            failure = result
            pause = self._pause(failure, attempt)
            if not failure.is_transient or pause > LONGEST_WAIT_S:
                break
            if failure.reason == "rate_limited":
                gate.throttled(pause)
            if attempt == limits.max_attempts:
                break
            await asyncio.sleep(pause)
        self._finish(request, None, failure, (None, None, latency_ms, attempt))
        self._give_up_if_hopeless(failure)

    def _pause(self, failure: Failure, attempt: int) -> float:
        if failure.retry_after_s is not None:
            return failure.retry_after_s + self._rng.random() * 0.1
        return min(30.0, 0.5 * 2**attempt) * (0.5 + self._rng.random() / 2)

    def _give_up_if_hopeless(self, failure: Failure) -> None:
        self._lost_in_a_row = self._lost_in_a_row + 1 if failure.is_transient else 0
        is_spent = failure.reason == "rate_limited" and not failure.is_transient
        is_long = (failure.retry_after_s or 0.0) > LONGEST_WAIT_S
        is_dead = self._lost_in_a_row >= max(3, self._card.limits.concurrency)
        if failure.reason in FATAL_REASONS or is_spent or is_long or is_dead:
            self.stopped_by = failure

    async def _call(self, client: AsyncOpenAI, request: Request) -> tuple[str, str | None, Any] | Failure:
        messages: list[Any] = [{"role": turn.role, "content": turn.content} for turn in request.messages]
        if self._card.system_prompt and messages[0]["role"] != "system":
            messages.insert(0, {"role": "system", "content": self._card.system_prompt})
        sampling = {name: value for name, value in request.sampling.items() if name != "extra_body"}
        body = {
            "model": self._endpoint.served_name,
            "messages": messages,
            **sampling,
            **request.sampling.get("extra_body", {}),
        }
        key = self._endpoint.key or ""
        if not (key.isascii() and key.isprintable()):
            return Failure("wrong_key", "the key holds a line break or another character that can't be sent")
        try:
            # The client's own limit is for the time between two bytes: this one is for the whole reply.
            async with asyncio.timeout(self._card.limits.timeout_s):
                # `chat.completions.create` sends and gets the same, but spends half its time on holding both to types.
                completion = json.loads(await client.post(PATH, cast_to=bytes, body=body, options=_WITH_KEY))
        except Exception as error:
            return self._shown(failure_of(error))
        result = read_completion(completion)
        return self._shown(result) if isinstance(result, Failure) else (*result, _part(completion, "usage"))

    def _shown(self, failure: Failure) -> Failure:
        """Return `failure` as it may be kept and shown: without the key, and then no longer than is read."""
        text = failure.text.replace(self._endpoint.key, "(key)") if self._endpoint.key else failure.text
        return replace(failure, text=text[:500])

    def _finish(self, request: Request, text: str | None, failure: Failure | None, measured: tuple[Any, ...]) -> None:
        finish, usage, latency_ms, attempt = measured
        at = settings.now()
        self._keep(
            Reply(
                reply_id=reply_id(request.request_id, text, at.isoformat()),
                request_id=request.request_id,
                reply_text=text,
                missing_reason=failure.reason if failure else None,
                error_text=failure.text if failure else None,
                finish_reason=finish,
                prompt_tokens=_count(usage, "prompt_tokens"),
                completion_tokens=_count(usage, "completion_tokens"),
                latency_ms=round(latency_ms, 1),
                n_attempts=attempt,
                replied_at=at,
                source="asked",
            )
        )


def _count(usage: Any, name: str) -> int | None:
    value = _part(usage, name)
    return value if isinstance(value, int) and 0 <= value < 2**63 else None
