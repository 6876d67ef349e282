"""Keys: read from the environment, never stored, and removed from what is logged or printed as a traceback."""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from tasks.domain.inert_text import inert

LEAST_LENGTH = 6
"""Shorter values are words of any text, and no keys."""

LEAST_LENGTH_IN_REPLY = 16
"""In a reply, which is what is measured, shorter values stay: servers without keys are given words such as `ollama`."""

_values: set[str] = set()


def secret(name: str) -> str | None:
    """Return the value of the environment variable `name`, or None; it is never stored, logged or shown."""
    value = os.environ.get(name) or None
    if value is not None and len(value) >= LEAST_LENGTH:
        if not _values:
            logging.setLogRecordFactory(rewriting(logging.getLogRecordFactory(), without_secrets))
        sys.excepthook = print_traceback  # Each time: other packages (Ray) put their own in its place.
        _values.add(value)
    return value


def without_secrets(text: str) -> str:
    """Return `text` with every key that this process has read replaced by `(key)`."""
    for value in _longest_first():  # A key may be the beginning of another.
        text = text.replace(value, "(key)")
    return text


def reply_without_secrets(text: str, key: str | None = None) -> str:
    """Return a reply's text with `key`, and every key that this process has read, replaced by `(key)`.

    An endpoint that repeats what it was sent would otherwise have the key stored, judged and published.
    """
    for value in sorted({*_values, *([key] if key else [])}, key=len, reverse=True):
        if len(value) >= LEAST_LENGTH_IN_REPLY:
            text = text.replace(value, "(key)")
    return text


def holds_secret(error: BaseException) -> bool:
    """Return whether a key that this process has read stands in an exception, or in what it came of."""
    text = "".join(traceback.format_exception(error))
    return any(value in text for value in _values)


def _longest_first() -> list[str]:
    return sorted(_values, key=len, reverse=True)


def rewriting(make: Callable[..., logging.LogRecord], rewritten: Callable[[str], str]) -> Callable[..., Any]:
    """Return a factory of log records whose texts are rewritten: whichever handler has one, its text is formed from it.

    Args:
        make: the factory that makes the records.
        rewritten: returns a text as it may be logged; a message or traceback that it leaves alone stays as it is.
    """

    def record_of(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # The handler reports what is wrong with the arguments.
            return record
        if rewritten(message) != message:
            record.msg, record.args = rewritten(message), None
        if record.exc_info and record.exc_info[1] is not None:
            text = "".join(traceback.format_exception(record.exc_info[1]))
            if rewritten(text) != text:
                record.exc_text, record.exc_info = rewritten(text), None
        elif record.exc_text:
            record.exc_text = rewritten(record.exc_text)
        return record

    return record_of


def print_traceback(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Print a traceback to standard error, without keys and without what steers a terminal."""
    sys.stderr.write(inert(without_secrets("".join(traceback.format_exception(kind, error, trace)))))
