"""Text, JSON, CSV and TOML files that a user gives: read whole, or refused with file, line and remedy."""

import csv
import difflib
import io
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from tasks.domain.errors import InputError

M = TypeVar("M", bound=BaseModel)

csv.field_size_limit(sys.maxsize)  # a long reply is one cell

MAYBE_CUT = "The file may be cut: fetch it again, or leave it out."

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

_TAGS = ("openai_compatible", "llama_cpp")
"""Values of a discriminator, which pydantic puts among the keys of a place."""


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
        what, place = f"{error.msg} at column {error.colno}", line or error.lineno
    except (ValueError, RecursionError) as error:
        what, place = str(error), line or 1
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


def read_toml(path: Path, model: type[M]) -> M:
    """Return the TOML file at `path` as a `model`.

    Raises:
        InputError: the file is no TOML, or a key is missing, unknown or wrong; the message names file, line, key and
            remedy.
    """
    text = read_text(path)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        where = f"{path}:{found[1]}" if found else f"{path}:{text.count(chr(10)) + 1}"
        raise InputError(f"it is not valid TOML: {error}.", where=where, remedy="Correct that line.") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise _explain(error, model, str(path), text) from None


def as_model(row: dict[str, Any], model: type[M], where: str) -> M:
    """Return `row`, found at `where`, as a `model`, or raise an InputError that lists each wrong key."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        raise _explain(error, model, where, None) from None


def _explain(error: ValidationError, model: type[BaseModel], where: str, toml: str | None) -> InputError:
    """Return an InputError that lists each wrong key with its line, its value and what would be right."""
    said, first_line = [], None
    for number, item in enumerate(error.errors()):
        place = tuple(part for part in item["loc"] if part not in _TAGS)
        line = _line_of(toml, place) if toml is not None else None
        if number == 0:
            first_line = line
        prefix = f"line {line}: " if number and line else ""
        said.append(prefix + _sentence(item, place, _keys(model)))
    return InputError(
        " ".join(said),
        where=f"{where}:{first_line}" if first_line else where,
        remedy="Correct the file; nothing was written.",
    )


def _sentence(item: Any, place: tuple[int | str, ...], known: set[str]) -> str:
    key, message = ".".join(map(str, place)), item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(place[-1]), known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "leave it out."
        return f"key {key!r} is not known (its value is {_shown(item['input'])}): {hint}"
    if item["type"] == "missing":
        return f"key {key!r} is missing: add it."
    if item["type"] == "string_pattern_mismatch":
        message = f"it must match {item['ctx']['pattern']}"
    if not place:
        return f"{message}."
    return f"key {key!r} is {_shown(item['input'])}: {message}."


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _keys(model: type[BaseModel]) -> set[str]:
    keys: set[str] = set()
    for name, field in model.model_fields.items():
        keys.add(name)
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                keys |= _keys(part)
    return keys


def _line_of(toml: str, place: tuple[int | str, ...]) -> int | None:
    """Return the line on which the key at `place` stands, or that of the nearest table around it."""
    wanted = [str(part) for part in place]
    table: list[str] = []
    n_seen: dict[str, int] = {}
    best, best_depth = None, 0
    for number, line in enumerate(toml.split("\n"), start=1):
        header = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line)
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if header:
            name = header[2]
            table = re.split(r"\s*\.\s*", name)
            if header[1] == "[[":
                table.append(str(n_seen.get(name, 0)))
                n_seen[name] = n_seen.get(name, 0) + 1
            here = table
        elif key:
            here = [*table, *(part.strip("\"'") for part in key[1].split("."))]
        else:
            continue
        if len(here) > best_depth and here == wanted[: len(here)]:
            best, best_depth = number, len(here)
    return best
