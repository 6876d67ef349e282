"""Failures of calls, and text and finish reason of completions."""

import email.utils
from dataclasses import dataclass, replace
from time import time
from typing import TYPE_CHECKING, Any

from tasks.adapters.models.response_limit import ResponseTooLarge
from tasks.domain.missing_reason import MissingReason

if TYPE_CHECKING:
    import openai

UNBILLED = {*range(400, 500), 503, 529} - {408}
"""Statuses that refuse a call. With others, as of a gateway that waited too long, something may have been generated."""


@dataclass(frozen=True)
class Failure:
    """Why a call returned no text, whether a retry may help, and the pause that the server asks for, in seconds.

    `is_of_prompt`: the endpoint refuses this prompt for its length, which says nothing of the next one. `usage`: what
    the endpoint counted all the same.
    """

    reason: MissingReason
    text: str
    is_transient: bool = False
    retry_after_s: float | None = None
    is_of_prompt: bool = False
    is_unbilled: bool = False
    """The call was refused, or reached nobody: nothing was generated. Otherwise it may have been billed."""
    usage: Any = None
    """What an answer without a text says of its tokens and cost; of any shape."""


_FILTERED = ("content_filter", "content_policy", "data_inspection_failed", "moderation")
_NO_CREDIT = ("insufficient_quota", "exceeded_current_quota", "insufficient balance", "credit balance", "arrearage")
_TOO_LONG = ("context_length", "context length", "maximum context", "context_size", "context size", "too long")


def retry_after(headers: Any) -> float | None:
    """Return the pause that the headers of a response ask for, in seconds; None where they ask for none."""
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


def _source_of(error: "openai.APIConnectionError") -> BaseException | None:
    """Return what the transport itself raised: the client reports most of it as a timeout."""
    return error.__cause__.__cause__ if error.__cause__ is not None else None


def _of_connection(error: "openai.APIConnectionError") -> Failure:
    """Return the failure of a call without a status."""
    import aiohttp
    import openai

    cause, source = error.__cause__, _source_of(error)
    if isinstance(source, aiohttp.ClientConnectorError):
        return Failure(MissingReason.CONNECTION_LOST, str(cause).replace(" ssl:default", ""), is_transient=True)
    is_closed = isinstance(source, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | aiohttp.ClientPayloadError)
    if is_closed or isinstance(source, aiohttp.ClientConnectionResetError):
        return Failure(
            MissingReason.CONNECTION_CLOSED,
            f"the server closed the connection before its reply was whole: {cause or error}",
            is_transient=True,
        )
    if isinstance(error, openai.APITimeoutError):
        return _timeout()
    return Failure(MissingReason.CONNECTION_LOST, f"{error} {cause or ''}".strip(), is_transient=True)


def _timeout() -> Failure:
    return Failure(MissingReason.TIMEOUT, "no reply within the time limit", is_transient=True)


def _of_status(error: "openai.APIStatusError") -> Failure:
    text, status = str(error), error.status_code
    details, pause = f"{text} {error.code} {error.type}".lower(), retry_after(error.response.headers)
    if status == 402 or (status < 500 and any(mark in details for mark in _NO_CREDIT)):
        return Failure(MissingReason.NO_CREDIT, text)
    if status == 429:
        return Failure(MissingReason.RATE_LIMITED, text, is_transient=True, retry_after_s=pause)
    if any(mark in details for mark in _FILTERED):
        return Failure(MissingReason.CONTENT_FILTER, text)
    if status == 401:
        return Failure(MissingReason.WRONG_KEY, text)
    if status == 403:
        return Failure(MissingReason.NO_ACCESS, text)
    if status in (404, 405, 410):
        return Failure(MissingReason.NOT_FOUND, text)
    if status in (408, 409, 425) or status >= 500:
        return Failure(MissingReason.SERVER_ERROR, text, is_transient=True, retry_after_s=pause)
    return Failure(MissingReason.BAD_REQUEST, text, is_of_prompt=any(mark in details for mark in _TOO_LONG))


def failure_of_line(status: int, body: Any) -> Failure:
    """Return the failure of a request of a batch job that was answered with an error's status and body."""
    import httpx2
    import openai

    response = httpx2.Response(status, request=httpx2.Request("POST", "https://batch.invalid"))
    details = part(body, "error") or body
    text = f"Error code: {status} - {body}"
    return replace(
        _of_status(openai.APIStatusError(text, response=response, body=details)), is_unbilled=status in UNBILLED
    )


def is_unbilled(error: Exception) -> bool:
    """Return whether the call was refused, or reached no server, so that it costs nothing."""
    import aiohttp
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code in UNBILLED
    return isinstance(error, openai.APIConnectionError) and isinstance(_source_of(error), aiohttp.ClientConnectorError)


def failure_of(error: Exception) -> Failure:
    """Return the failure that an exception of a call means; one that nobody has foreseen costs this call alone."""
    import openai  # With the first failure, when it has been imported for the call; a run without calls needs none.

    if isinstance(error, ResponseTooLarge):
        return Failure(MissingReason.REPLY_TOO_LARGE, str(error))
    if isinstance(error, openai.APIConnectionError):
        return _of_connection(error)
    if isinstance(error, TimeoutError):
        return _timeout()
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, (ValueError, openai.APIResponseValidationError, RecursionError)):
        return Failure(MissingReason.MALFORMED_REPLY, f"the reply is not JSON: {error}", is_transient=True)
    return Failure(MissingReason.MALFORMED_REPLY, f"{type(error).__name__}: {error}", is_transient=True)


def read_completion(completion: Any) -> tuple[str, str | None] | Failure:
    """Return text and finish reason of a completion, or the failure without a text; the shape is not trusted.

    The text is that of `content`, whole or in parts, or else that of `refusal`: how a model declines is its reply, too.
    """
    choices = part(completion, "choices")
    if not isinstance(choices, list) or not choices:
        return _malformed(f"no choices in {completion!s}")
    finish = part(choices[0], "finish_reason")
    message = part(choices[0], "message")
    if finish == "content_filter":
        return Failure(MissingReason.CONTENT_FILTER, "the endpoint withheld the reply")
    if message is None:
        return _malformed(f"no message in {completion!s}")
    content, refusal = part(message, "content"), part(message, "refusal")
    text = "".join(_texts(content)) if isinstance(content, list) else content
    if text is not None and not isinstance(text, str):
        return _malformed(f"content is {type(content).__name__}, not text")
    if (text is None or not text.strip()) and isinstance(refusal, str):
        text = refusal
    if text is None or not text.strip():
        return Failure(MissingReason.EMPTY_REPLY, f"finish reason {finish!r}")
    return text, finish if isinstance(finish, str) else None


def _malformed(text: str) -> Failure:
    return Failure(MissingReason.MALFORMED_REPLY, text, is_transient=True)


def _texts(parts: list[Any]) -> list[str]:
    """Return the texts among the parts of a content: other parts, such as reasoning or images, are no text."""
    texts = [one if isinstance(one, str) else part(one, "text") or part(one, "refusal") for one in parts]
    return [text for text in texts if isinstance(text, str)]


def part(whole: Any, name: str) -> Any:
    """Return the value of `name` in `whole`; None where it is missing or `whole` is no JSON object."""
    return whole.get(name) if isinstance(whole, dict) else None
