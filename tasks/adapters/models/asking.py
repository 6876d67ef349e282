"""Sends requests to one model over OpenAI's protocol, within its limits; retries transient failures."""

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from tasks.adapters import waits
from tasks.adapters.models import calls, lines
from tasks.adapters.models.calls import BUDGET, Answer
from tasks.adapters.models.failures import Failure, failure_of, is_unbilled, part, read_completion
from tasks.adapters.models.giving_up import LONGEST_WAIT_S
from tasks.adapters.models.lines import Line
from tasks.adapters.warehouse.accounts import Account, Reservation
from tasks.domain.card import ModelCard
from tasks.domain.missing_reason import MissingReason
from tasks.domain.ports import Endpoint
from tasks.domain.pricing import greatest_usd
from tasks.domain.rows import Reply, Request

if TYPE_CHECKING:
    from openai import AsyncOpenAI, RequestOptions

PATH = "/chat/completions"
_WITH_KEY: "RequestOptions" = {"security": {"bearer_auth": True}, "idempotency_key": "none"}
"""The second is not sent: without it the client would draw a key for its own retries, which are off."""


class Asker:
    """Calls one model, and passes each outcome to `keep` at once; reserves each call's cost in `account` before it."""

    def __init__(
        self,
        card: ModelCard,
        endpoint: Endpoint,
        keep: Callable[[Reply], None],
        rng: random.Random,
        account: Account | None = None,
    ) -> None:
        self._card, self._endpoint, self._keep, self._rng = card, endpoint, keep, rng
        self._account = account or Account()
        self.stopped_by: Failure | None = None
        """The failure after which the endpoint was given up, if any: the remaining requests were not sent."""

    def ask(self, requests: Sequence[Request], *, is_alone: bool = False) -> None:
        """Send requests as `ask_all` does, on the line that batches of the model share in this process, if any.

        Args:
            requests: the requests.
            is_alone: use a line of its own, with the limits of the asker's card.
        """
        if not requests:
            return
        with calls.no_key_in_errors(self._card):
            lines.run(self._card, self._endpoint, lambda line: self.ask_all(requests, line), is_alone=is_alone)

    async def ask_all(self, requests: Sequence[Request], line: Line) -> None:
        """Send all requests on `line`; each outcome goes to `keep`. Ends early when the endpoint is not usable."""
        waiting, rank = iter(requests), line.next_rank()

        async def work() -> None:
            for request in waiting:
                if line.gate.is_over:
                    return
                await self._ask(line, rank, request)

        try:
            with waits.waiting_for(lambda: line.described(self._card.name)):
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(line.limits.concurrency, len(requests))):
                        group.create_task(work())
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            self.stopped_by = line.stopped_by

    async def _ask(self, line: Line, rank: int, request: Request) -> None:
        failure, n_attempts, latency_ms = None, 0, 0.0
        while n_attempts < self._card.limits.max_attempts:
            async with line.gate.turn(rank):
                await line.departures.turn()
                if line.gate.is_over:
                    break  # of a call that was made before, the failure is kept
                reserved = await self._reserve(request)
                if reserved is None:
                    line.stop(BUDGET)
                    break
                if self._is_given_back(line, reserved):
                    break
                started = monotonic()
                result = await self._call_reserved(line.client, request, reserved)
                latency_ms, n_attempts = (monotonic() - started) * 1000, n_attempts + 1
                if not isinstance(result, Failure):
                    self._finish(request, result, latency_ms, n_attempts)
                    line.note_text()
                    line.gate.throttle.answered()
                    return
                failure = line.last_failure = result
                pause = self._pause(failure, n_attempts)
                is_last = not failure.is_transient or pause > LONGEST_WAIT_S
                if failure.reason is MissingReason.RATE_LIMITED and not is_last:
                    line.gate.throttle.throttled(failure.retry_after_s or 0.0, started)
            if is_last or n_attempts == self._card.limits.max_attempts:
                break
            await line.gate.sleep(pause)
        if failure is not None:
            self._finish(request, failure, latency_ms, n_attempts)
            line.note_failure(failure)

    def _pause(self, failure: Failure, attempt: int) -> float:
        if failure.retry_after_s is not None:
            return failure.retry_after_s + self._rng.random() * 0.1
        # After a 429 the throttle holds calls back as well.
        first = 0.25 if failure.reason is MissingReason.RATE_LIMITED else 0.5
        return min(30.0, first * 2**attempt) * (0.5 + self._rng.random() / 2)

    async def _reserve(self, request: Request) -> Reservation | None:
        """Reserve the greatest possible cost of a call; None where it would pass the budget."""
        usd = greatest_usd(request, self._card)
        if usd is None and self._account.balance.is_limited:
            return None
        return await self._account.reserve(self._card.name, usd or 0.0)

    def _is_given_back(self, line: Line, reserved: Reservation) -> bool:
        """Give back what was reserved for a call that waited for others to settle, if no more are to start."""
        if line.gate.is_over:
            self._account.settle(reserved, 0.0)
        return line.gate.is_over

    async def _call_reserved(self, client: "AsyncOpenAI", request: Request, reserved: Reservation) -> Answer | Failure:
        """Call the model and settle the reservation, before anything is kept of the reply."""
        usd = None
        try:
            result = await self._call(client, request)
            usd = calls.billed_usd(result, self._card)
            return result
        finally:
            self._account.settle(reserved, usd)

    async def _call(self, client: "AsyncOpenAI", request: Request) -> Answer | Failure:
        body = calls.body_of(request, self._card, self._endpoint)
        if (wrong_key := calls.unsendable_key(self._endpoint)) is not None:
            return wrong_key
        try:
            # The client's own limit is for the time between two bytes: this one is for the whole reply.
            async with asyncio.timeout(self._card.limits.timeout_s):
                # `chat.completions.create` sends and gets the same, but spends half its time on holding both to types.
                completion = json.loads(await client.post(PATH, cast_to=bytes, body=body, options=_WITH_KEY))
            result = read_completion(completion)
        except Exception as error:
            return calls.without_key(replace(failure_of(error), is_unbilled=is_unbilled(error)), self._endpoint)
        usage = part(completion, "usage")
        if isinstance(result, Failure):
            return replace(calls.without_key(result, self._endpoint), usage=usage)
        return Answer(*result, usage)

    def _finish(self, request: Request, result: Answer | Failure, latency_ms: float, n_attempts: int) -> None:
        waits.note_news()
        self._keep(
            calls.reply_of(request, self._card, self._endpoint, result, latency_ms=latency_ms, n_attempts=n_attempts)
        )
