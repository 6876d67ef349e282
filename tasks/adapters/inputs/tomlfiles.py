"""TOML files, and other objects that a user gives, as models: each wrong key is named with line, value and remedy."""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from tasks.adapters.inputs.textfiles import read_text
from tasks.domain.errors import InputError
from tasks.domain.suggestions import suggestions

M = TypeVar("M", bound=BaseModel)

_TAGS = ("openai_compatible", "llama_cpp")
"""Values of a discriminator, which pydantic puts among the keys of a place."""


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
        found = re.search(r"line (\d+)", str(error))
        where = f"{path}:{found[1]}" if found else f"{path}:{text.count(chr(10)) + 1}"
        raise InputError(f"it is not valid TOML: {error}.", where=where, remedy="Correct that line.") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise _explain(error, model, str(path), text) from None


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
    """Return an InputError that lists each wrong key with its line, its value and what would be right."""
    found: list[tuple[int, str]] = []
    items = error.errors()
    for item in items:
        if any(len(other["loc"]) > len(item["loc"]) > 0 and _lies_in(other["loc"], item["loc"]) for other in items):
            continue  # that a whole is wrong where a part of it is, says nothing new
        place = tuple(part for part in item["loc"] if part not in _TAGS)
        line = _line_of(toml, place) if toml is not None else 0
        found.append((line, _sentence(item, place, _keys(model, place))))
    found.sort(key=lambda told: told[0] or sys.maxsize)
    first_line = found[0][0]
    said = [(f"line {line}: " if line != first_line and line else "") + sentence for line, sentence in found]
    return InputError(
        " ".join(said),
        where=f"{where}:{first_line}" if first_line else where,
        remedy="Correct the file; nothing was written.",
    )


def _lies_in(place: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return place[: len(outer)] == outer


def _sentence(item: Any, place: tuple[int | str, ...], known: set[str]) -> str:
    key, message = ".".join(map(str, place)), item["msg"].removeprefix("Value error, ")
    if item["type"] == "extra_forbidden":
        near = suggestions(str(place[-1]), known)
        hint = f"did you mean {near[0]!r}?" if near else "leave it out."
        return f"key {key!r} is not known (its value is {_shown(item['input'])}): {hint}"
    if item["type"] == "missing":
        return f"key {key!r} is missing: add it."
    if item["type"] == "string_pattern_mismatch":
        message = f"it should match {item['ctx']['pattern']}"
    if item["type"] == "tuple_type":
        message = "it should be a list" + (
            f", such as [[{place[-1]}]] makes" if isinstance(item["input"], dict) else ""
        )
    message = re.sub(r"^(Input|Tuple|String) should", "it should", message).removesuffix(" after validation, not 0")
    return f"key {key!r} is {_shown(item['input'])}: {message}." if place else f"{message}."


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _keys(model: type[BaseModel], place: tuple[int | str, ...]) -> set[str]:
    """Return the keys that are known in the table in which `place` lies."""
    models = [model]
    for part in place[:-1]:
        if isinstance(part, str):
            models = [
                nested
                for outer in models
                if part in outer.model_fields
                for nested in _models_in(outer.model_fields[part].annotation)
            ]
    return {name for found in models for name in found.model_fields}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]


def _line_of(toml: str, place: tuple[int | str, ...]) -> int:
    """Return the line on which the key at `place` stands, or that of the nearest table around it, or 0."""
    wanted = [str(part) for part in place]
    table: list[str] = []
    n_seen: dict[str, int] = {}
    best, best_depth = 0, 0
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
        depth = min(len(here), len(wanted))
        if depth > best_depth and here[:depth] == wanted[:depth]:
            best, best_depth = number, depth
    return best
