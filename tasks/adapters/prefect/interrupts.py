"""Ctrl-C reaches every process of the terminal's group; helpers of a run have to outlast it until the run has ended."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def kept_from_children() -> Iterator[None]:
    """Keep Ctrl-C from processes and threads that start meanwhile.

    What is blocked here stays blocked there, whatever handlers they install: the run ends in order and then ends them.
    """
    # Python's own helper for processes would unblock it, were it to start only with the first of them.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
