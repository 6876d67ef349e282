"""Keys: read from the environment, never stored, and removed from what is logged or printed as a traceback."""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

LEAST_LENGTH = 6
"""Shorter values are words of any text, and no keys."""

_values: set[str] = set()


def secret(name: str) -> str | None:
    """Return the value of the environment variable `name`, or None; it is never stored, logged or shown."""
    value = os.environ.get(name) or None
    if value is not None and len(value) >= LEAST_LENGTH:
        if not _values:
            logging.setLogRecordFactory(_without_secrets(logging.getLogRecordFactory()))
        sys.excepthook = _print_without_secrets  # Each time: other packages (Ray) put their own in its place.
        _values.add(value)
    return value


def without_secrets(text: str) -> str:
    """Return `text` with every key that this process has read replaced by `(key)`."""
    for value in _values:
        text = text.replace(value, "(key)")
    return text


def holds_secret(error: BaseException) -> bool:
    """Return whether a key that this process has read stands in an exception, or in what it came of."""
    text = "".join(traceback.format_exception(error))
    return any(value in text for value in _values)


def _without_secrets(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    """Return a factory of log records without keys: whichever handler has them, its text is formed from the record."""

    def record_of(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # The handler reports what is wrong with the arguments.
            return record
        if without_secrets(message) != message:
            record.msg, record.args = without_secrets(message), None
        if record.exc_info and record.exc_info[1] is not None and holds_secret(record.exc_info[1]):
            record.exc_text = without_secrets("".join(traceback.format_exception(record.exc_info[1])))
            record.exc_info = None
        return record

    return record_of


def _print_without_secrets(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    sys.stderr.write(without_secrets("".join(traceback.format_exception(kind, error, trace))))
