"""Files that exist whole or not at all: written beside their place, on disk, and then renamed into it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


def beside(path: Path) -> Path:
    """Return where to write the file that will be at `path`; creates its folder.

    Files that killed processes left there are removed: a snapshot may be as large as the warehouse.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    leftover = re.compile(rf"{re.escape(path.stem)}\.(\d+)\.new{re.escape(path.suffix)}")
    for other in path.parent.iterdir():
        match = leftover.fullmatch(other.name)
        if match and (int(match[1]) == os.getpid() or not psutil.pid_exists(int(match[1]))):
            other.unlink(missing_ok=True)
    return path.with_name(f"{path.stem}.{os.getpid()}.new{path.suffix}")


def swap_in(written: Path, path: Path) -> None:
    """Rename the file that was written `beside` into its place: readers of the old one keep it."""
    with written.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(written, path)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield where to write the file that is at `path` after the block; if the block raises, nothing changes."""
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
