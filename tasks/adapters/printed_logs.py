"""Log records and tracebacks quote what endpoints and files say: they are printed without what steers a terminal."""

import logging
import sys

from tasks.adapters import secrets
from tasks.domain.inert_text import inert


def make_inert() -> None:
    """Make later log records of this process inert, and the traceback that ends it; twice is as once."""
    if not getattr(logging.getLogRecordFactory(), "is_inert", False):
        factory = secrets.rewriting(logging.getLogRecordFactory(), inert)
        factory.is_inert = True  # type: ignore[attr-defined]
        logging.setLogRecordFactory(factory)
    sys.excepthook = secrets.print_traceback
