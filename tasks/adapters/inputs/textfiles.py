"""Text, JSON and CSV files of a user; errors name file, line and remedy; tables are never held whole in memory."""

import csv
import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.adapters.inputs.read_bytes import note
from tasks.adapters.settings import shown_path
from tasks.domain.errors import InputError
from tasks.domain.nesting import MOST_LEVELS, is_too_deep
from tasks.domain.one_line import one_line
from tasks.domain.storable import storable

MOST_LINE_BYTES = 32 << 20
"""Of a line, and of a cell: longer than any reply, and what a file without line ends costs in memory at most."""
MOST_WHOLE_BYTES = 128 << 20
"""Of a file that is read as a whole; lines of JSON or CSV are read one after another, in files of any size."""

csv.field_size_limit(MOST_LINE_BYTES)

MAYBE_CUT = "The file may be cut: fetch it again, or leave it out."

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


BLOCK_BYTES = 8 << 20


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Raise an InputError with the reason where a file can't be read."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("there is no such file.", where=shown_path(path), remedy="Check the path.") from None
    except IsADirectoryError:
        raise InputError("it is a folder, not a file.", where=shown_path(path), remedy="Name a file in it.") from None
    except OSError as error:
        raise InputError(
            f"it can't be read: {error.strerror}.", where=shown_path(path), remedy="Check the path and its permissions."
        ) from None


def require_exists(path: Path) -> None:
    """Raise an InputError where there is neither a file nor a folder at `path`, or no way to it."""
    with _refusing(path):
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(
                "there is no such file or folder.", where=shown_path(path), remedy="Check the path."
            ) from None


def require_name(name: str, what: str, where: str) -> None:
    """Raise an InputError where a name from outside is blank, too long, or holds control characters."""
    try:
        one_line(name)
    except ValueError as error:
        raise InputError(f"{what} is {name[:60]!r}: {error}.", where=where, remedy="Give it another name.") from None


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
        InputError: it does not exist, can't be read or is empty, also where only blanks are in it, at the end; or a
            line has more than `MOST_LINE_BYTES`.
    """
    is_filled, line, offset = False, 1, 0
    with _refusing(path), path.open("rb") as file:
        while content := file.read(size or BLOCK_BYTES) + (rest := file.readline(MOST_LINE_BYTES)):
            if len(rest) == MOST_LINE_BYTES and not rest.endswith(b"\n"):
                raise InputError(
                    f"the line is longer than {MOST_LINE_BYTES >> 20} MB.",
                    where=f"{path}:{line + content.count(10)}",
                    remedy=MAYBE_CUT,
                )
            n_bytes = len(content)
            start = len(BOM_UTF8) if not offset and content.startswith(BOM_UTF8) else 0
            block = Block(path, content[start:] if start else content, line, offset + start)
            is_filled = is_filled or (not block.content.isspace() and bool(block.text().strip()))
            yield block
            note(n_bytes)
            line, offset = line + content.count(10), offset + n_bytes
    if not is_filled:
        raise _empty(path)


def _empty(path: Path) -> InputError:
    return InputError("the file is empty.", where=str(path), remedy="Fetch it again, or leave it out.")


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, without a byte order mark.

    Raises:
        InputError: it does not exist, can't be read, is not UTF-8 or has more than `MOST_WHOLE_BYTES`.
    """
    content = read_bytes(path)
    start = len(BOM_UTF8) if content.startswith(BOM_UTF8) else 0
    return Block(path, content[start:], 1, start).text()


def read_bytes(path: Path) -> bytes:
    """Return the content of a file that is read as a whole, or raise an InputError as `read_text` does."""
    with _refusing(path), path.open("rb") as file:
        content = file.read(MOST_WHOLE_BYTES + 1)
    if len(content) > MOST_WHOLE_BYTES:
        raise InputError(
            f"it is larger than {MOST_WHOLE_BYTES >> 20} MB.",
            where=str(path),
            remedy="Is it the right file? Tables may have any size as .jsonl, .csv or .parquet.",
        )
    note(len(content))
    return content


def filled_text(path: Path) -> str:
    """Return the text of a file as `read_text` does, and raise an InputError where it is blank."""
    text = read_text(path)
    if not text.strip():
        raise _empty(path)
    return text


def _parsed(text: str, path: Path, line: int | None) -> Any:
    problem, place = f"it is nested more than {MOST_LEVELS} levels deep", line or 1
    try:
        value = json.loads(text)
        is_deep = text.count("[") + text.count("{") > MOST_LEVELS and is_too_deep(value)
    except json.JSONDecodeError as error:
        problem, place = f"{error.msg}, column {error.colno}", line or error.lineno
    except RecursionError:
        pass
    except ValueError:
        problem, place = "a number in it has too many digits", line or 1
    else:
        if not is_deep:
            return storable(value) if _SURROGATE.search(text) else value
    raise InputError(f"it is not valid JSON: {problem}.", where=f"{path}:{place}", remedy=MAYBE_CUT)


def parsed_json(content: bytes, path: Path) -> Any:
    """Return the content of a JSON file that is part of `path`, or raise an InputError as `read_json` does."""
    return _parsed(Block(path, content, 1, 0).text(), path, None)


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
    for block in blocks(path, 1 << 20):
        yield from io.StringIO(block.text(), newline="")  # As `csv` has it: also a lone carriage return ends a line.


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
