"""Text, JSON and CSV files that a user gives: read whole, or refused with file, line and remedy."""

import csv
import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tasks.domain.errors import InputError

csv.field_size_limit(sys.maxsize)  # a long reply is one cell

MAYBE_CUT = "The file may be cut: fetch it again, or leave it out."

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, without the mark that some editors put at its start.

    Raises:
        InputError: it does not exist, can't be read or is not UTF-8.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file.", where=str(path), remedy="Check the path.") from None
    except IsADirectoryError:
        raise InputError("it is a folder, not a file.", where=str(path), remedy="Name a file in it.") from None
    except OSError as error:
        raise InputError(
            f"it can't be read: {error.strerror}.", where=str(path), remedy="Check the path and its permissions."
        ) from None
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"byte {error.start} ({content[error.start]:#04x}) is not UTF-8.",
            where=f"{path}:{line}",
            remedy="Save the file as UTF-8.",
        ) from None


def filled_text(path: Path) -> str:
    """Return the text of a file as `read_text` does, and refuse one without any."""
    text = read_text(path)
    if not text.strip():
        raise InputError("the file is empty.", where=str(path), remedy="Fetch it again, or leave it out.")
    return text


def _parsed(text: str, path: Path, line: int | None) -> Any:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        what, place = f"{error.msg}, column {error.colno}", line or error.lineno
    except RecursionError:
        what, place = "it is nested too deeply", line or 1
    except ValueError:
        what, place = "a number in it has too many digits", line or 1
    else:
        return _storable(found) if _SURROGATE.search(text) else found
    raise InputError(f"it is not valid JSON: {what}.", where=f"{path}:{place}", remedy=MAYBE_CUT)


def _storable(found: Any) -> Any:
    """Return `found` with U+FFFD for each half of a surrogate pair, as a reply cut within an emoji leaves it."""
    text = json.dumps(found, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return found


def read_json(path: Path) -> Any:
    """Return what the JSON file at `path` holds.

    Raises:
        InputError: it is empty or no JSON; the message names the line.
    """
    return _parsed(filled_text(path), path, None)


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield place (file:line) and object of each line of a JSON lines file; blank lines are passed over.

    Raises:
        InputError: the file is empty, or a line is no JSON object; the message names the line.
    """
    # splitlines would also cut at U+2028 and its like, which stand unescaped in replies.
    for number, line in enumerate(filled_text(path).split("\n"), start=1):
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


def check_columns(columns: Sequence[str], needed: Sequence[str], known: Sequence[str], where: str) -> None:
    """Raise an InputError where a needed column of a table is missing or one that is known comes twice."""
    lacking = [name for name in needed if name not in columns]
    if lacking:
        raise InputError(
            f"missing columns: {', '.join(lacking)}; found: {', '.join(columns)[:200] or 'none'}.",
            where=where,
            remedy=f"Needed are {', '.join(needed)}; optional are "
            f"{', '.join(name for name in known if name not in needed)}.",
        )
    twice = [name for name in known if columns.count(name) > 1]
    if twice:
        raise InputError(f"column {twice[0]!r} comes twice.", where=where, remedy="Leave one of them.")


def csv_rows(path: Path, needed: Sequence[str], known: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield place (file:line) and cells of each row of a CSV file with a header; blank lines are passed over.

    Raises:
        InputError: the file is empty, lacks a column, or a row is cut or has not as many cells as the header.
    """
    reader = csv.reader(io.StringIO(filled_text(path), newline=""), strict=True)
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            where, line = f"{path}:{line}", reader.line_num + 1
            if not cells:
                continue
            if not header:
                header = cells
                check_columns(header, needed, known, where)
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
