"""Waits for a batch endpoint: pauses between attempts and between looks, and says for whom it waits."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import TypeVar

from tasks.adapters import settings, waits
from tasks.adapters.models import calls
from tasks.adapters.models.batch_jobs.job_client import JobClient, JobState
from tasks.adapters.models.failures import Failure, failure_of
from tasks.adapters.models.throttles import LONGEST_SLEEP_S, interrupted
from tasks.adapters.warehouse import whole_files
from tasks.domain.card import ModelCard
from tasks.domain.ports import Endpoint

FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
PAUSE_GROWTH = 1.5
MOST_LOST_LOOKS = 30
"""Looks in a row at a job that may fail, half an hour: then this run gives it up, and the next one looks again."""

Pause = Callable[[float], Awaitable[None]]
"""Waits for so many seconds, or until the user stops the run."""

T = TypeVar("T")


async def pause(seconds: float) -> None:
    """Wait for so many seconds, but no longer than until the user stops the run."""
    until = monotonic() + seconds
    while (left := until - monotonic()) > 0 and not interrupted.is_set():
        await asyncio.sleep(min(left, LONGEST_SLEEP_S))


class GivenUp(Exception):
    """A call to the batch endpoint has failed in the end."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


class JobWaiting:
    """The waiting of one model's jobs; `pause` waits."""

    def __init__(self, card: ModelCard, endpoint: Endpoint, pause: Pause) -> None:
        self._card, self._endpoint, self._pause = card, endpoint, pause

    async def retried(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return what `call` returns, after as many attempts as the card allows.

        Raises:
            GivenUp: it fails in the end, or the user stops the run.
        """
        n_attempts = 0
        while True:
            try:
                return await call()
            except Exception as error:
                if isinstance(error, OSError) and error.errno in whole_files.NO_ROOM:
                    raise
                n_attempts += 1
                failure = failure_of(error)
                is_last = not failure.is_transient or n_attempts >= self._card.limits.max_attempts
                if is_last or interrupted.is_set():
                    raise GivenUp(failure) from error
                problem = calls.without_key(failure, self._endpoint)
                place = f"model {self._card.name} at {self._endpoint.base_url}"
                with waits.waiting_for(f"{place}, whose batch endpoint failed: {problem.reason}, {problem.text[:150]}"):
                    await self._pause(max(failure.retry_after_s or 0.0, min(30.0, 0.5 * 2**n_attempts)))

    async def ended(self, client: JobClient, job_id: str) -> JobState | None:
        """Return the state of a job when it has ended; None where the user stops the run before.

        Raises:
            GivenUp: it can't be looked at.
        """
        last_look, seconds, n_lost = "submitted", FIRST_PAUSE_S, 0
        name = f"model {self._card.name} at {self._endpoint.base_url}, batch job {job_id}"
        with waits.waiting_for(lambda: f"{name}, {last_look}"):
            while not interrupted.is_set():
                try:
                    state = await client.state(job_id)
                except Exception as error:
                    failure, n_lost = calls.without_key(failure_of(error), self._endpoint), n_lost + 1
                    if not failure.is_transient or n_lost > MOST_LOST_LOOKS:
                        raise GivenUp(failure) from error
                    text, least_s = (
                        f"the last look failed: {failure.reason}, {failure.text[:150]}",
                        failure.retry_after_s,
                    )
                else:
                    if state.has_ended:
                        return state
                    n_lost, text, least_s = 0, f"{state.status}, {state.progress}", state.retry_after_s
                wait_s = max(seconds, least_s or 0.0)
                at = settings.now() + timedelta(seconds=wait_s)
                last_look = f"{text}; looked at again at {at:%H:%M:%S} UTC"
                await self._pause(wait_s)
                seconds = min(LONGEST_PAUSE_S, seconds * PAUSE_GROWTH)
        waits.say(f"{name} goes on. The same command fetches its replies; it is submitted, and paid for, once.")
        return None
