"""Failures of calls, and text and finish reason of completions."""

import email.utils
from dataclasses import dataclass
from time import time
from typing import TYPE_CHECKING, Any

from tasks.domain.missing_reason import MissingReason

if TYPE_CHECKING:
    import openai

UNBILLED = {*range(400, 500), 503, 529} - {408}
"""Statuses that refuse a call. With others, as of a gateway that waited too long, something may have been generated."""


@dataclass(frozen=True)
class Failure:
    """Why a call returned no text, whether a retry may help, and the pause that the server asks for."""

    reason: MissingReason
    text: str
    is_transient: bool = False
    retry_after_s: float | None = None
    is_unbilled: bool = False
    """The call was refused, or reached nobody: nothing was generated. Otherwise it may have been billed."""
    usage: Any = None
    """What an answer without a text says of its tokens and cost; of any shape."""


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


def _is_unreachable(error: "openai.APITimeoutError") -> bool:
    """Return whether no server was reached: the client's transport reports a refused connection as a timeout, too."""
    import aiohttp

    cause = error.__cause__
    return cause is not None and isinstance(cause.__cause__, aiohttp.ClientConnectorError)


def is_unbilled(error: Exception) -> bool:
    """Return whether the call was refused, or reached no server, so that it costs nothing."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code in UNBILLED
    return isinstance(error, openai.APITimeoutError) and _is_unreachable(error)


def failure_of(error: Exception) -> Failure:
    """Return the failure that an exception of a call means; one that nobody has foreseen costs this call alone."""
    import openai  # With the first failure, when it has been imported for the call; a run without calls needs none.

    text = str(error)
    if isinstance(error, openai.APITimeoutError) and _is_unreachable(error):
        return Failure(
            MissingReason.CONNECTION_LOST, str(error.__cause__).replace(" ssl:default", ""), is_transient=True
        )
    if isinstance(error, (openai.APITimeoutError, TimeoutError)):
        return Failure(MissingReason.TIMEOUT, "no reply within the time limit", is_transient=True)
    if isinstance(error, openai.APIStatusError):
        status, details = error.status_code, f"{text} {error.code} {error.type}"
        pause = _retry_after(error.response.headers)
        if status == 429:
            is_spent = "insufficient_quota" in details
            return Failure(MissingReason.RATE_LIMITED, text, is_transient=not is_spent, retry_after_s=pause)
        if any(
            mark in details for mark in ("content_filter", "content_policy", "data_inspection_failed", "moderation")
        ):
            return Failure(MissingReason.CONTENT_FILTER, text)
        if status in (401, 403):
            return Failure(MissingReason.WRONG_KEY, text)
        if status == 404:
            return Failure(MissingReason.NOT_FOUND, text)
        if status in (408, 409, 425) or status >= 500:
            return Failure(MissingReason.SERVER_ERROR, text, is_transient=True, retry_after_s=pause)
        return Failure(MissingReason.BAD_REQUEST, text)
    if isinstance(error, openai.APIConnectionError):
        return Failure(MissingReason.CONNECTION_LOST, f"{text} {error.__cause__ or ''}".strip(), is_transient=True)
    if isinstance(error, (ValueError, openai.APIResponseValidationError, RecursionError)):
        return Failure(MissingReason.MALFORMED_REPLY, f"the reply is not JSON: {text}", is_transient=True)
    return Failure(MissingReason.MALFORMED_REPLY, f"{type(error).__name__}: {text}", is_transient=True)


def read_completion(completion: Any) -> tuple[str, str | None] | Failure:
    """Return text and finish reason of a completion, or the failure without a text; the shape is not trusted."""
    choices = part(completion, "choices")
    if not isinstance(choices, list) or not choices:
        return Failure(MissingReason.MALFORMED_REPLY, f"no choices in {completion!s}", is_transient=True)
    finish = part(choices[0], "finish_reason")
    message = part(choices[0], "message")
    content = part(message, "content")
    if finish == "content_filter":
        return Failure(MissingReason.CONTENT_FILTER, "the endpoint withheld the reply")
    if message is None:
        return Failure(MissingReason.MALFORMED_REPLY, f"no message in {completion!s}", is_transient=True)
    if content is not None and not isinstance(content, str):
        return Failure(
            MissingReason.MALFORMED_REPLY, f"content is {type(content).__name__}, not text", is_transient=True
        )
    if content is None or not content.strip():
        return Failure(MissingReason.EMPTY_REPLY, f"finish reason {finish!r}")
    return content, finish if isinstance(finish, str) else None


def part(whole: Any, name: str) -> Any:
    """Return the value of `name` in `whole`; None where it is missing or `whole` is no JSON object."""
    return whole.get(name) if isinstance(whole, dict) else None
