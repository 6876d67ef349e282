"""The calls to a batch endpoint: upload a file, submit a job, look at it, fetch its files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Self

from tasks.adapters.models import lines
from tasks.adapters.models.batch_jobs.job_files import CANCELLED, EXPIRED, URL
from tasks.adapters.models.failures import Failure, part, retry_after
from tasks.adapters.models.response_limit import ResponseTooLarge
from tasks.domain.missing_reason import MissingReason
from tasks.domain.ports import Endpoint

METADATA_KEY = "distillometer_job"
LEAST_TIMEOUT_S = 600.0
"""Of an upload, and between two bytes of what is fetched: files are larger than replies."""
MOST_FETCHED_BYTES = 2 * 2**30
PAGE = 100
CLOCKS_DIFFER_S = 3600.0
"""A job that was created longer before its record is another one, even where the clocks of both machines differ."""

_ENDED = ("completed", "failed", "expired", "cancelled")


@dataclass(frozen=True)
class JobState:
    """How far a job is: its status, its files of outcomes, and the pause the server asks for, in seconds."""

    job_id: str
    status: str
    files: tuple[str, ...]
    progress: str
    problem: Failure | None
    """Why the whole file was refused, if it was."""
    retry_after_s: float | None = None

    @property
    def has_ended(self) -> bool:
        """Whether no more requests will be answered."""
        return self.status in _ENDED

    @property
    def failure_of_rest(self) -> Failure:
        """How the requests of an ended job failed for which its files hold no line."""
        if self.problem is not None:
            return self.problem
        no_line = f"the files of batch job {self.job_id}, which is {self.status}, hold no line for it"
        others = {"expired": EXPIRED, "cancelled": CANCELLED}
        return others.get(self.status) or Failure(MissingReason.MALFORMED_REPLY, no_line, is_transient=True)


class JobClient:
    """A batch endpoint, as a context that closes its connections at the end."""

    def __init__(self, endpoint: Endpoint, timeout_s: float) -> None:
        from openai import AsyncOpenAI, DefaultAioHttpClient  # With the first call, as in `lines`.

        from tasks.adapters.models.bounded_client import BoundedClient

        kinds = (BoundedClient, DefaultAioHttpClient)
        # What is fetched is longer than any response that is read whole.
        self._calling, self._fetching = (
            AsyncOpenAI(
                base_url=endpoint.base_url,
                api_key=endpoint.key or "none",
                timeout=max(timeout_s, LEAST_TIMEOUT_S),
                max_retries=0,
                http_client=kind(verify=lines.certificates()),
            )
            for kind in kinds
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._calling.close()
        await self._fetching.close()

    async def upload(self, name: str, content: bytes) -> str:
        """Upload a file of requests and return its id.

        Raises:
            Exception: as a call of the `openai` package; ValueError where the answer holds no id.
        """
        answer = await self._calling.files.with_raw_response.create(
            file=(name, content, "application/jsonl"), purpose="batch"
        )
        return _id_of(json.loads(answer.text))

    async def submit(self, file_id: str, content_id: str) -> str:
        """Submit an uploaded file under `content_id` and return the job's id; raises as `upload` does."""
        answer = await self._calling.batches.with_raw_response.create(
            input_file_id=file_id,
            endpoint=URL,  # type: ignore[arg-type]
            completion_window="24h",
            metadata={METADATA_KEY: content_id},
        )
        return _id_of(json.loads(answer.text))

    async def find(self, content_id: str, since: float) -> str | None:
        """Return the id of the job that was submitted under `content_id` after `since`, or None; raises as `upload`."""
        from openai import omit

        after: str | None = None
        while True:
            answer = await self._calling.batches.with_raw_response.list(limit=PAGE, after=after or omit)
            page = json.loads(answer.text)
            jobs = part(page, "data")
            for job in jobs if isinstance(jobs, list) else ():
                if part(part(job, "metadata"), METADATA_KEY) == content_id:
                    return _id_of(job)
            last = jobs[-1] if isinstance(jobs, list) and jobs else None
            created = part(last, "created_at")
            is_past = isinstance(created, int | float) and created < since - CLOCKS_DIFFER_S
            if last is None or is_past or part(page, "has_more") is not True or _id_of(last) == after:
                return None
            after = _id_of(last)

    async def state(self, job_id: str) -> JobState:
        """Return how far a job is; raises as `upload` does."""
        answer = await self._calling.batches.with_raw_response.retrieve(job_id)
        return _state_of(job_id, json.loads(answer.text), answer.headers)

    async def fetch(self, file_id: str, into: BinaryIO) -> None:
        """Write a file of outcomes to `into`, from its start; raises as `upload` does.

        Raises:
            ResponseTooLarge: it is longer than any file of outcomes.
        """
        into.seek(0)
        into.truncate()
        async with self._fetching.files.with_streaming_response.content(file_id) as answer:
            async for chunk in answer.iter_bytes(2**16):
                into.write(chunk)
                if into.tell() > MOST_FETCHED_BYTES:
                    raise ResponseTooLarge(f"the file is longer than {MOST_FETCHED_BYTES / 2**30:.0f} GiB")
        into.seek(0)


def _id_of(answer: Any) -> str:
    return _text_of(answer, "id")


def _text_of(answer: Any, name: str) -> str:
    value = part(answer, name)
    if isinstance(value, str) and value:
        return value
    raise ValueError(f"no {name} in {answer!s}"[:500])


def _state_of(job_id: str, answer: Any, headers: Mapping[str, str]) -> JobState:
    status = _text_of(answer, "status")
    ids = [part(answer, name) for name in ("output_file_id", "error_file_id")]
    counts = part(answer, "request_counts")
    progress = f"{part(counts, 'completed') or 0} of {part(counts, 'total') or '?'} answered"
    problem = _problem(answer) if status == "failed" else None
    files = tuple(one for one in ids if isinstance(one, str) and one)
    return JobState(job_id, status, files, progress, problem, retry_after(headers))


def _problem(answer: Any) -> Failure:
    """Return why the endpoint refused the file of a job."""
    listed = part(part(answer, "errors"), "data")
    errors = listed if isinstance(listed, list) else []
    said = [f"{part(one, 'message')}" + (f" (line {part(one, 'line')})" if part(one, "line") else "") for one in errors]
    text = f"the batch endpoint refused the whole file: {'; '.join(said) or 'it does not say why'}"
    # An account has a limit on the tokens that wait at once: what waits now has to be answered first.
    is_full = any("limit" in str(part(one, "code")) for one in errors)
    return Failure(MissingReason.RATE_LIMITED if is_full else MissingReason.BAD_REQUEST, text, is_unbilled=True)
