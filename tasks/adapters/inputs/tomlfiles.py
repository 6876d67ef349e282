"""TOML files, and other objects of a user, as models: errors name each wrong key with line, value and remedy."""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from tasks.adapters.inputs.textfiles import read_text
from tasks.domain.errors import InputError
from tasks.domain.nesting import MOST_LEVELS, is_too_deep
from tasks.domain.suggestions import suggestions

M = TypeVar("M", bound=BaseModel)

_TAGS = ("openai_compatible", "llama_cpp")
"""Values of a discriminator, which pydantic adds to the keys of a place."""


def read_toml(path: Path, model: type[M]) -> M:
    """Return the TOML file at `path` as a `model`.

    Raises:
        InputError: the file is no TOML, or a key is missing, unknown or wrong; the message names file, line, key and
            remedy.
    """
    return parsed_toml(read_text(path), path, model)


def parsed_toml(text: str, path: Path, model: type[M]) -> M:
    """Return the text of the TOML file at `path` as a `model`, or raise as `read_toml` does."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"line (\d+)", str(error))
        where = f"{path}:{match[1]}" if match else f"{path}:{text.count(chr(10)) + 1}"
        raise InputError(f"it is not valid TOML: {error}.", where=where, remedy="Correct that line.") from None
    except RecursionError:
        raise _too_deep(path, text) from None
    except ValueError:  # Python's own limit on the digits of a number.
        raise _too_large(path, text) from None
    _require_bounded(content, path, text)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise _explain(error, model, str(path), text) from None


_LONG_NUMBER = re.compile(r"\d[\d_]{17,}|0[xob]\w{16,}")


def _require_bounded(content: dict[str, Any], path: Path, text: str) -> None:
    """Raise an InputError where what was read is nested too deeply, or a whole number has more than 64 bits."""
    if is_too_deep(content):
        raise _too_deep(path, text)
    inner: list[Any] = [content]
    while inner:
        value = inner.pop()
        if isinstance(value, dict | list):
            inner += value.values() if isinstance(value, dict) else value
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise _too_large(path, text)


def _too_deep(path: Path, text: str) -> InputError:
    lines = text.split("\n")
    deepest = max(range(len(lines)), key=lambda number: sum(map(lines[number].count, "[{.")))
    return InputError(
        f"it is nested more than {MOST_LEVELS} levels deep.", where=f"{path}:{deepest + 1}", remedy="Correct that line."
    )


def _too_large(path: Path, text: str) -> InputError:
    first = _LONG_NUMBER.search(text)
    line = text.count("\n", 0, first.start()) + 1 if first else 1
    return InputError("a whole number has more than 64 bits.", where=f"{path}:{line}", remedy="Correct that line.")


def key_place(path: Path, key: str) -> str:
    """Return the place (file:line) of a top-level key of a TOML file."""
    return f"{path}:{_line_of(read_text(path), (key,))}"


def as_model(row: dict[str, Any], model: type[M], where: str) -> M:
    """Return `row`, found at `where`, as a `model`, or raise an InputError that lists each wrong key."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        raise _explain(error, model, where, None) from None


def _explain(error: ValidationError, model: type[BaseModel], where: str, toml: str | None) -> InputError:
    """Return an InputError that lists each wrong key with its line, its value and the expected value."""
    problems: list[tuple[int, str]] = []
    items = error.errors()
    for item in items:
        if any(len(other["loc"]) > len(item["loc"]) > 0 and _is_within(other["loc"], item["loc"]) for other in items):
            continue  # an error of a whole adds nothing to that of its part
        place = tuple(part for part in item["loc"] if part not in _TAGS)
        line = _line_of(toml, place) if toml is not None else 0
        problems.append((line, _sentence(item, place, _keys(model, place))))
    problems.sort(key=lambda problem: problem[0] or sys.maxsize)
    first_line = problems[0][0]
    sentences = [(f"line {line}: " if line != first_line and line else "") + sentence for line, sentence in problems]
    return InputError(
        " ".join(sentences),
        where=f"{where}:{first_line}" if first_line else where,
        remedy="Correct the file; nothing was written.",
    )


def _is_within(place: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return place[: len(outer)] == outer


def _sentence(item: Any, place: tuple[int | str, ...], keys: set[str]) -> str:
    key, message = ".".join(map(str, place)), item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        near = suggestions(str(place[-1]), keys)
        hint = f"did you mean {near[0]!r}?" if near else "leave it out."
        return f"key {key!r} is not known (its value is {_abridged(item['input'])}): {hint}"
    if item["type"] == "missing":
        return f"key {key!r} is missing: add it."
    if item["type"] == "string_pattern_mismatch":
        message = f"it should match {item['ctx']['pattern']}"
    if item["type"] == "tuple_type":
        message = "it should be a list" + (
            f", such as [[{place[-1]}]] makes" if isinstance(item["input"], dict) else ""
        )
    message = re.sub(r"^(Input|Tuple|String) should", "it should", message).removesuffix(" after validation, not 0")
    return f"key {key!r} is {_abridged(item['input'])}: {message}." if place else f"{message}."


def _abridged(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # A whole number with more digits than Python writes.
        text = "a number of thousands of digits"
    return text if len(text) <= 80 else text[:77] + "..."


def _keys(model: type[BaseModel], place: tuple[int | str, ...]) -> set[str]:
    """Return the known keys of the table that holds `place`."""
    models = [model]
    for part in place[:-1]:
        if isinstance(part, str):
            models = [
                nested
                for outer in models
                if part in outer.model_fields
                for nested in _models_in(outer.model_fields[part].annotation)
            ]
    return {name for model_in_place in models for name in model_in_place.model_fields}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [nested for part in get_args(annotation) for nested in _models_in(part)]


def _line_of(toml: str, place: tuple[int | str, ...]) -> int:
    """Return the line of the key at `place`, or that of the nearest table around it, or 0."""
    target = [str(part) for part in place]
    table: list[str] = []
    n_tables: dict[str, int] = {}
    best, best_depth = 0, 0
    for number, line in enumerate(toml.split("\n"), start=1):
        header = re.match(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]", line)
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if header:
            name = header[2]
            table = re.split(r"\s*\.\s*", name)
            if header[1] == "[[":
                table.append(str(n_tables.get(name, 0)))
                n_tables[name] = n_tables.get(name, 0) + 1
            path = table
        elif key:
            path = [*table, *(part.strip("\"'") for part in key[1].split("."))]
        else:
            continue
        depth = min(len(path), len(target))
        if depth > best_depth and path[:depth] == target[:depth]:
            best, best_depth = number, depth
    return best
