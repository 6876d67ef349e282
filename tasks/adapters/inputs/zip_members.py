"""Files within a zip archive, also those packed with Zstandard, which Python unpacks from 3.14 on."""

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.adapters import extras
from tasks.adapters.inputs.read_bytes import note
from tasks.adapters.inputs.textfiles import MAYBE_CUT, MOST_WHOLE_BYTES
from tasks.domain.errors import InputError

ZSTANDARD = 93
"""The method's number in a zip archive."""

_HEADER = struct.Struct("<26xHH")
"""Before each file: 30 bytes, of which the last four are the lengths of its name and of what follows that."""


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Yield the archive at `path`.

    Raises:
        InputError: it can't be read, or is no archive; also where a file within it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (OSError, zipfile.BadZipFile, EOFError, struct.error, NotImplementedError) as error:
        raise InputError(f"it can't be read as a zip archive: {error}.", where=str(path), remedy=MAYBE_CUT) from None


def content(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the content of a file of an archive.

    Raises:
        InputError: it is too large to be read whole, or needs an extra that is not installed.
        zipfile.BadZipFile: it is damaged.
    """
    info = archive.getinfo(name)
    if info.file_size > MOST_WHOLE_BYTES:
        raise InputError(
            f"{name} is larger than {MOST_WHOLE_BYTES >> 20} MB.", where=str(archive.filename), remedy="Leave it out."
        )
    note(info.compress_size)
    if info.compress_type != ZSTANDARD:
        return archive.read(name)
    with Path(str(archive.filename)).open("rb") as file:
        file.seek(info.header_offset)
        file.seek(sum(_HEADER.unpack(file.read(_HEADER.size))), 1)
        packed = file.read(info.compress_size)
    return _unpacked(packed, info.file_size, name)


def _unpacked(packed: bytes, size: int, name: str) -> bytes:
    """Return what was packed with Zstandard."""
    extras.require("arrow", name)
    import pyarrow as pa

    try:
        unpacked: bytes = pa.decompress(packed, decompressed_size=size, codec="zstd", asbytes=True)
    except pa.ArrowException as error:
        raise zipfile.BadZipFile(str(error)) from None
    return unpacked
