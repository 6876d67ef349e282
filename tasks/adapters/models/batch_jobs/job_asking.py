"""Asks one model through its batch endpoint: submits jobs, waits for them, and keeps the outcome of each line."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

from tasks.adapters import waits
from tasks.adapters.models import calls
from tasks.adapters.models.batch_jobs import job_files
from tasks.adapters.models.batch_jobs.job_client import JobClient, JobState
from tasks.adapters.models.batch_jobs.job_records import JobRecord, JobRecords
from tasks.adapters.models.batch_jobs.job_waiting import GivenUp, JobWaiting, Pause, pause
from tasks.adapters.models.calls import BUDGET, Answer
from tasks.adapters.models.failures import Failure, is_unbilled
from tasks.adapters.models.throttles import interrupted
from tasks.adapters.warehouse import whole_files
from tasks.adapters.warehouse.accounts import Account, Reservation
from tasks.domain.budget import UNITS_PER_USD, units_up
from tasks.domain.card import ModelCard
from tasks.domain.missing_reason import MissingReason
from tasks.domain.ports import Endpoint
from tasks.domain.pricing import greatest_usd
from tasks.domain.rows import Reply, Request


class JobAsker:
    """Asks one model by batch jobs, with the interface of `Asker`.

    What a job may cost at most is reserved in `account` before it is submitted, and settled line by line.

    Args:
        card: the model.
        endpoint: its address and key.
        keep: gets each outcome.
        account: the money.
        folder: where records of jobs are kept until all of their requests have an outcome.
        pause: waits between two looks.
    """

    def __init__(
        self,
        card: ModelCard,
        endpoint: Endpoint,
        keep: Callable[[Reply], None],
        account: Account,
        folder: Path,
        *,
        pause: Pause = pause,
    ) -> None:
        self._card, self._endpoint, self._keep, self._account = card, endpoint, keep, account
        self._records = JobRecords(folder, card, endpoint)
        self._waiting = JobWaiting(card, endpoint, pause)
        self.stopped_by: Failure | None = None
        """The failure after which the endpoint was given up, if any: the remaining requests have no outcome."""

    def ask(self, requests: Sequence[Request], *, is_alone: bool = False) -> None:
        """Ask `requests`: those of jobs that an earlier run has submitted are waited for, the others are submitted.

        Returns when all jobs have ended, the endpoint is given up, or the user stops the run: jobs go on then, and the
        next call with these requests waits for them again. `is_alone` is of no influence.

        Raises:
            WorldError: a record, or a line of the ledger, can't be read or kept.
        """
        if not requests:
            return
        if (wrong_key := calls.unsendable_key(self._endpoint)) is not None:
            self.stopped_by = wrong_key
            return
        with calls.no_key_in_errors(self._card):
            try:
                asyncio.run(self._ask_all(requests))
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from None

    async def _ask_all(self, requests: Sequence[Request]) -> None:
        left = {request.request_id: request for request in requests}
        async with JobClient(self._endpoint, self._card.limits.timeout_s) as client, asyncio.TaskGroup() as group:
            for record in self._records.open_ones():
                mine = [left.pop(one) for one in record.request_ids if one in left]
                if mine:
                    group.create_task(self._guarded(self._go_on(client, record, mine)))
            new = list(left.values())
            for part in job_files.cut([self._line(request) for request in new]):
                group.create_task(self._guarded(self._new_job(client, new[part])))

    def _line(self, request: Request) -> bytes:
        return job_files.line_of(request.request_id, calls.body_of(request, self._card, self._endpoint))

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except GivenUp as error:
            self._stop(error.failure)

    def _stop(self, failure: Failure) -> None:
        """Note why requests have no outcome; the first reason counts."""
        if self.stopped_by is None:
            self.stopped_by = calls.without_key(failure, self._endpoint)

    async def _new_job(self, client: JobClient, requests: Sequence[Request]) -> None:
        """Reserve what the requests cost at most, as many as the budget has room for, and ask them by a new job."""
        costs = [greatest_usd(request, self._card) for request in requests]
        if self._account.balance.is_limited and None in costs:
            self._stop(BUDGET)
            return
        units = [units_up(usd or 0.0) for usd in costs]
        # Dollars are rounded: a little more than the sum has room for all.
        most_usd = (sum(units) * (1 + 1e-15) + 2 * any(units)) / UNITS_PER_USD
        reserved = await self._account.reserve(self._card.name, most_usd, least_usd=min(units) / UNITS_PER_USD)
        if reserved is None:
            self._stop(BUDGET)
            return
        chosen, left = dict[str, tuple[Request, int]](), reserved.units
        for request, amount in zip(requests, units, strict=True):
            if amount <= left:
                chosen[request.request_id], left = (request, amount), left - amount
            else:
                self._stop(BUDGET)
        record = self._records.new(list(chosen))
        name, job = self._card.name, record.content_id
        parts = [Reservation(record.number_of(one), name, amount, job=job) for one, (_, amount) in chosen.items()]
        self._account.divide(reserved, parts)
        if interrupted.is_set():
            self._withdraw(record)
            return
        to_send = [request for request, _ in chosen.values()]
        try:
            self._records.write(record)
            await self._wait_for(client, await self._submitted(client, record, to_send), to_send)
        finally:
            self._account.hold(map(record.number_of, chosen))

    async def _go_on(self, client: JobClient, record: JobRecord, requests: Sequence[Request]) -> None:
        """Wait for the job of an earlier run; where its submission got lost, submit its `requests` as a new one."""
        if record.job_id is None:
            job_id = await self._waiting.retried(lambda: client.find(record.content_id, record.prepared_at))
            if job_id is None:
                self._withdraw(record)
                await self._new_job(client, requests)
                return
            record = self._records.noted(record, job_id=job_id)
        await self._wait_for(client, record, requests)

    async def _wait_for(self, client: JobClient, record: JobRecord, requests: Sequence[Request]) -> None:
        """Wait for the end of a job, and keep the outcomes of `requests`."""
        assert record.job_id is not None
        try:
            state = await self._waiting.ended(client, record.job_id)
            if state is not None:
                await self._take(client, record, requests, state)
        except GivenUp as error:
            text = f"batch job {record.job_id}: {error.failure.text}"
            if error.failure.reason is MissingReason.NOT_FOUND:
                place = self._records.path_of(record)
                text += f" (use the key that submitted it; or remove {place}, and its requests are submitted anew)"
            raise GivenUp(replace(error.failure, text=text)) from error

    async def _submitted(self, client: JobClient, record: JobRecord, requests: Sequence[Request]) -> JobRecord:
        """Upload and submit a job, and return its record with the provider's ids.

        A submission whose answer got lost is looked for before it is made again.

        Raises:
            GivenUp: the endpoint does not take it, or the user stops the run.
        """
        name, content = f"{record.content_id}.jsonl", b"".join(map(self._line, requests))
        may_be_there = False

        async def submit(file_id: str) -> str:
            nonlocal may_be_there
            if may_be_there:
                job_id = await client.find(record.content_id, record.prepared_at)
                if job_id is not None:
                    return job_id
            try:
                return await client.submit(file_id, record.content_id)
            except Exception as error:
                may_be_there = may_be_there or not is_unbilled(error)
                raise

        try:
            file_id = await self._waiting.retried(lambda: client.upload(name, content))
            record = self._records.noted(record, file_id=file_id)
            job_id = await self._waiting.retried(lambda: submit(file_id))
        except GivenUp:
            if not may_be_there:
                self._withdraw(record)
            raise
        return self._records.noted(record, job_id=job_id)

    def _withdraw(self, record: JobRecord) -> None:
        """Forget a job that was not submitted: nothing is answered, nothing is billed."""
        for request_id in record.request_ids:
            self._account.settle_part(record.number_of(request_id), 0.0)
        self._records.release(record, record.request_ids)

    async def _take(self, client: JobClient, record: JobRecord, requests: Sequence[Request], state: JobState) -> None:
        """Keep the outcome of each of `requests` by the files of an ended job."""
        left = {request.request_id: request for request in requests}
        for file_id in state.files:
            with whole_files.room_for(self._records.folder), TemporaryFile(dir=self._records.folder) as file:
                await self._waiting.retried(partial(client.fetch, file_id, file))
                for request_id, result in job_files.outcomes(file):
                    request = left.pop(request_id, None)
                    if request is not None:
                        self._finish(record, request, result)
        rest = state.failure_of_rest
        for request in left.values():
            self._finish(record, request, rest)
        self._records.release(record, [request.request_id for request in requests])
        if state.problem is not None:
            self._stop(state.problem)

    def _finish(self, record: JobRecord, request: Request, result: Answer | Failure) -> None:
        """Settle and keep one outcome."""
        if isinstance(result, Failure):
            result = calls.without_key(result, self._endpoint)
        waits.note_news()
        self._account.settle_part(record.number_of(request.request_id), calls.billed_usd(result, self._card))
        self._keep(calls.reply_of(request, self._card, self._endpoint, result, latency_ms=None, n_attempts=1))
