"""How much of recorded files is read: told by what reads them, shown as progress by what asked for it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

MB = 1_000_000
_listeners: list[Callable[[int], None]] = []


def note(n_bytes: int) -> None:
    """Say that `n_bytes` more of a file are read."""
    for listener in _listeners:
        listener(n_bytes)


@contextmanager
def shown(title: str, files: Iterable[Path]) -> Iterator[None]:
    """Show within the block how many MB of these files are read; `title` says what is done."""
    from tasks.adapters.prefect import progress  # A second of imports, which reading a card does not need.

    total = -(-sum(file.stat().st_size for file in files if file.is_file()) // MB)
    n_read, n_shown = 0, 0

    def advance(n_bytes: int) -> None:
        nonlocal n_read, n_shown
        n_read += n_bytes
        # A file that is read twice, as where another one is wrong, counts no further.
        n = min(n_read // MB, total) - n_shown
        if n > 0:
            n_shown += n
            progress.advance(title, n)

    with progress.stage(title, total):
        _listeners.append(advance)
        try:
            yield
        finally:
            _listeners.remove(advance)
