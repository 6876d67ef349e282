"""Files that exist whole or not at all: written beside their place, on disk, and then renamed into it."""

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tasks.domain.errors import WorldError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Numbers of errors that say that a file can't be longer."""
NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)
"""Numbers of errors that say that nothing can be written there at all."""


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
    """Yield where to write the file that is at `path` after the block; if the block raises, nothing changes.

    Raises:
        WorldError: there is no room for it, or nothing can be written there.
    """
    with room_for(path):
        written = beside(path)
        try:
            yield written
            swap_in(written, path)
        finally:
            written.unlink(missing_ok=True)


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Raise a WorldError where the block fails as the disk is full, or as nothing can be written; other errors stay."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room(path) from None
        if error.errno not in NOT_ALLOWED:
            raise
        raise WorldError(
            f"it can't be written: {error.strerror}.",
            where=str(path),
            remedy="Give yourself the right to write there, or use another --home.",
        ) from None


@contextmanager
def scratch_folder(parent: Path) -> Iterator[str]:
    """Yield the path of a new folder in `parent`, and delete it after the block; raises as `room_for` does."""
    with room_for(parent), tempfile.TemporaryDirectory(prefix="shards-", dir=parent) as folder:
        yield folder


def no_room(path: Path) -> WorldError:
    """Return the error that there is no room for the file at `path`."""
    return WorldError(
        "it can't be written: the disk, or this user's share of it, is full.",
        where=str(path),
        remedy="Make room and run the same command again; what was there before is as it was.",
    )


def write(path: Path, content: bytes) -> None:
    """Write the file at `path`."""
    with replaced(path) as written:
        written.write_bytes(content)
