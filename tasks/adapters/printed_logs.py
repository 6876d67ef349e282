"""Log records and tracebacks quote what endpoints and files say: they are printed without what steers a terminal."""

import logging
import sys
import traceback
from collections.abc import Callable
from typing import Any

from tasks.adapters import secrets
from tasks.domain.inert_text import inert


def make_inert() -> None:
    """Make later log records of this process inert, and the traceback that ends it; twice is as once."""
    if not getattr(logging.getLogRecordFactory(), "is_inert", False):
        logging.setLogRecordFactory(_inert(logging.getLogRecordFactory()))
    sys.excepthook = secrets.print_traceback


def _inert(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    """Return a factory whose records are inert: whichever handler has them, their text is formed from the record."""

    def record_of(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except Exception:  # The handler reports what is wrong with the arguments.
            return record
        if inert(message) != message:
            record.msg, record.args = inert(message), None
        if record.exc_info and record.exc_info[1] is not None:
            text = "".join(traceback.format_exception(record.exc_info[1]))
            if inert(text) != text:
                record.exc_text, record.exc_info = inert(text), None
        elif record.exc_text:
            record.exc_text = inert(record.exc_text)
        return record

    record_of.is_inert = True  # type: ignore[attr-defined]
    return record_of
