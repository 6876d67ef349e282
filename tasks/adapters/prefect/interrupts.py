"""Ctrl-C reaches every process of the terminal's group; child processes of a run have to outlast it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def blocked_for_children() -> Iterator[None]:
    """Block Ctrl-C for processes and threads that start within the block.

    They inherit the blocked signal, whatever handlers they install: the run ends in order and then ends them.
    """
    # Python's own helper for processes would unblock it, were it to start only with the first of them.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
