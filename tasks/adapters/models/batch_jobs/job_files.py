"""The files of a batch job: the lines of requests that are uploaded, and the lines of outcomes that come back."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from tasks.adapters.models.calls import Answer
from tasks.adapters.models.failures import Failure, failure_of_line, part, read_completion
from tasks.adapters.models.response_limit import MOST_BYTES as MOST_LINE_BYTES
from tasks.domain.missing_reason import MissingReason

MOST_LINES = 50_000
MOST_BYTES = 200 * 10**6
"""Of a file that is uploaded, as OpenAI's batch endpoint takes it."""

URL = "/v1/chat/completions"

EXPIRED = Failure(
    MissingReason.TIMEOUT, "the batch endpoint did not answer it within a day", is_transient=True, is_unbilled=True
)
CANCELLED = Failure(MissingReason.CANCELLED, "its batch job was cancelled before it was answered", is_unbilled=True)
_BY_CODE = {"batch_expired": EXPIRED, "batch_cancelled": CANCELLED}


def line_of(request_id: str, body: dict[str, Any]) -> bytes:
    """Return the line that asks for the completion of `body`."""
    return json.dumps({"custom_id": request_id, "method": "POST", "url": URL, "body": body}).encode() + b"\n"


def cut(lines: Sequence[bytes], most_lines: int = MOST_LINES, most_bytes: int = MOST_BYTES) -> list[slice]:
    """Return which lines make up each file, in their order, so that no file is larger than an endpoint takes."""
    starts, n_bytes = [0], 0
    for number, line in enumerate(lines):
        if number > starts[-1] and (number - starts[-1] >= most_lines or n_bytes + len(line) > most_bytes):
            starts.append(number)
            n_bytes = 0
        n_bytes += len(line)
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True) if start < end]


def outcomes(file: BinaryIO) -> Iterator[tuple[str, Answer | Failure]]:
    """Yield the request's id and the outcome of each line, in any order; a line without an id is left out.

    A line that is longer than any reply is not read: no outcome is yielded for it.
    """
    while line := file.readline(MOST_LINE_BYTES):
        is_whole = line.endswith(b"\n") or len(line) < MOST_LINE_BYTES
        while not is_whole:
            rest = file.readline(MOST_LINE_BYTES)
            is_whole, line = rest.endswith(b"\n") or len(rest) < MOST_LINE_BYTES, b""
        try:
            row = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            continue
        request_id = part(row, "custom_id")
        if isinstance(request_id, str):
            yield request_id, _outcome(row)


def _outcome(row: Any) -> Answer | Failure:
    response, error = part(row, "response"), part(row, "error")
    status, body = part(response, "status_code"), part(response, "body")
    if error is not None or not isinstance(status, int):
        expected = _BY_CODE.get(str(part(error, "code")))
        return expected or Failure(
            MissingReason.SERVER_ERROR, f"the batch endpoint says of it: {error or row}", is_transient=True
        )
    if status >= 400:
        return failure_of_line(status, body)
    result, usage = read_completion(body), part(body, "usage")
    if isinstance(result, Failure):
        return Failure(result.reason, result.text, is_transient=result.is_transient, usage=usage)
    return Answer(*result, usage)
