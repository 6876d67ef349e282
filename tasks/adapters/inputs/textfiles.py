"""Text, JSON and CSV files of a user; errors name file, line and remedy; tables are never held whole in memory."""

import csv
import json
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.domain.errors import InputError
from tasks.domain.storable import storable

csv.field_size_limit(sys.maxsize)  # a long reply is one cell

MAYBE_CUT = "The file may be cut: fetch it again, or leave it out."

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


BLOCK_BYTES = 8 << 20


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Raise an InputError with the reason where a file can't be read."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("there is no such file.", where=str(path), remedy="Check the path.") from None
    except IsADirectoryError:
        raise InputError("it is a folder, not a file.", where=str(path), remedy="Name a file in it.") from None
    except OSError as error:
        raise InputError(
            f"it can't be read: {error.strerror}.", where=str(path), remedy="Check the path and its permissions."
        ) from None


@dataclass(frozen=True)
class Block:
    """Whole lines of a file: the number of the first, counted from 1, and the number of bytes before it."""

    path: Path
    content: bytes
    first_line: int
    offset: int

    def text(self) -> str:
        """Return the lines; raise an InputError where they are not UTF-8."""
        try:
            return self.content.decode().replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise InputError(
                f"byte {self.offset + error.start} ({self.content[error.start]:#04x}) is not UTF-8.",
                where=f"{self.path}:{self.first_line + self.content[: error.start].count(10)}",
                remedy="Save the file as UTF-8.",
            ) from None


def blocks(path: Path, size: int | None = None) -> Iterator[Block]:
    """Yield a file in blocks of whole lines, about `size` bytes each, without a byte order mark.

    Raises:
        InputError: it does not exist, can't be read or is empty; also where only blanks are in it, at the end.
    """
    is_filled, line, offset = False, 1, 0
    with _refusing(path), path.open("rb") as file:
        while content := file.read(size or BLOCK_BYTES) + file.readline():
            n_bytes = len(content)
            start = len(BOM_UTF8) if not offset and content.startswith(BOM_UTF8) else 0
            block = Block(path, content[start:] if start else content, line, offset + start)
            is_filled = is_filled or (not block.content.isspace() and bool(block.text().strip()))
            yield block
            line, offset = line + content.count(10), offset + n_bytes
    if not is_filled:
        raise _empty(path)


def _empty(path: Path) -> InputError:
    return InputError("the file is empty.", where=str(path), remedy="Fetch it again, or leave it out.")


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, without a byte order mark.

    Raises:
        InputError: it does not exist, can't be read or is not UTF-8.
    """
    with _refusing(path):
        content = path.read_bytes()
    start = len(BOM_UTF8) if content.startswith(BOM_UTF8) else 0
    return Block(path, content[start:], 1, start).text()


def filled_text(path: Path) -> str:
    """Return the text of a file as `read_text` does, and raise an InputError where it is blank."""
    text = read_text(path)
    if not text.strip():
        raise _empty(path)
    return text


def _parsed(text: str, path: Path, line: int | None) -> Any:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        problem, place = f"{error.msg}, column {error.colno}", line or error.lineno
    except RecursionError:
        problem, place = "it is nested too deeply", line or 1
    except ValueError:
        problem, place = "a number in it has too many digits", line or 1
    else:
        return storable(value) if _SURROGATE.search(text) else value
    raise InputError(f"it is not valid JSON: {problem}.", where=f"{path}:{place}", remedy=MAYBE_CUT)


def read_json(path: Path) -> Any:
    """Return the content of the JSON file at `path`.

    Raises:
        InputError: it is empty or no JSON; the message names the line.
    """
    return _parsed(filled_text(path), path, None)


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield place (file:line) and object of each line of a JSON lines file; blank lines are skipped.

    Raises:
        InputError: the file is empty, or a line is no JSON object; the message names the line.
    """
    for block in blocks(path):
        yield from block_rows(block)


def block_rows(block: Block) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield place and object of each line of a block, as `json_lines` does of a file, or raise as it does."""
    path = block.path
    # splitlines would also cut at U+2028 and its like, which stand unescaped in replies.
    for number, line in enumerate(block.text().split("\n"), start=block.first_line):
        if not line.strip():
            continue
        row = _parsed(line, path, number)
        if not isinstance(row, dict):
            raise InputError(
                f"the line is not a JSON object but {line[:40]!r}.",
                where=f"{path}:{number}",
                remedy='Each line is one object: {"key": "value", ...}.',
            )
        yield f"{path}:{number}", row


def require_columns(columns: Sequence[str], required: Sequence[str], accepted: Sequence[str], where: str) -> None:
    """Raise an InputError where a required column of a table is missing or an accepted one comes twice."""
    lacking = [name for name in required if name not in columns]
    if lacking:
        raise InputError(
            f"missing columns: {', '.join(lacking)}; found: {', '.join(columns)[:200] or 'none'}.",
            where=where,
            remedy=f"Needed are {', '.join(required)}; optional are "
            f"{', '.join(name for name in accepted if name not in required)}.",
        )
    twice = [name for name in accepted if columns.count(name) > 1]
    if twice:
        raise InputError(f"column {twice[0]!r} comes twice.", where=where, remedy="Leave one of them.")


def _csv_lines(path: Path) -> Iterator[str]:
    for block in blocks(path, 1 << 10):  # Refuses a file that is not there or empty, and reads no more than it has to.
        if block.content.strip():
            break
    try:
        with _refusing(path), path.open(encoding="utf-8-sig", newline="") as file:
            for line in file:
                yield f"{line[:-2]}\n" if line.endswith("\r\n") else line
    except UnicodeDecodeError:
        for block in blocks(path):
            block.text()
        raise


def csv_rows(path: Path, required: Sequence[str], accepted: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield place (file:line) and cells of each row of a CSV file with a header; blank lines are passed over.

    Raises:
        InputError: the file is empty, lacks a column, or a row is cut or has not as many cells as the header.
    """
    reader = csv.reader(_csv_lines(path), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            where, line = f"{path}:{line}", reader.line_num + 1
            if not cells:
                continue
            if not header:
                header = cells
                require_columns(header, required, accepted, where)
            elif len(cells) != len(header):
                raise InputError(
                    f"the row has {len(cells)} cells, the header has {len(header)}.",
                    where=where,
                    remedy="Put cells that hold commas or line ends in double quotes.",
                )
            else:
                yield where, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise InputError(f"it is not valid CSV: {error}.", where=f"{path}:{line}", remedy=MAYBE_CUT) from None
