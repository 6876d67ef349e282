"""Files that are there whole or not at all: written beside their place, on disk, and then put there at once."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


def beside(path: Path) -> Path:
    """Return where to write what is going to be at `path`; its folder is made.

    What processes that were killed have left there is cleared away: a snapshot may be as large as the warehouse.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    left_over = re.compile(rf"{re.escape(path.stem)}\.(\d+)\.new{re.escape(path.suffix)}")
    for other in path.parent.iterdir():
        found = left_over.fullmatch(other.name)
        if found and (int(found[1]) == os.getpid() or not psutil.pid_exists(int(found[1]))):
            other.unlink(missing_ok=True)
    return path.with_name(f"{path.stem}.{os.getpid()}.new{path.suffix}")


def swap_in(written: Path, path: Path) -> None:
    """Put the file that was written `beside` in its place: whoever has the old one open keeps it."""
    with written.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(written, path)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield where to write what is at `path` after the block; if the block raises, all is as it was."""
    written = beside(path)
    try:
        yield written
        swap_in(written, path)
    finally:
        written.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Write the file at `path`."""
    with replaced(path) as written:
        written.write_bytes(content)
