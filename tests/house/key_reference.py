"""docs/plan.md, docs/card.md and data/schemas: every key of plans and cards, written from the models that read them.

What a key means is the text below it in its model. `python -m tests.house.key_reference` writes the files.
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tasks.adapters.settings import CODE as PROJECT
from tasks.domain.card import ModelCard, Name
from tasks.domain.plan import Plan

KINDS: dict[str, type[BaseModel]] = {"plan": Plan, "card": ModelCard}
INTRODUCTIONS = {
    "plan": "A plan says which models are asked which prompts, and how the replies are compared: one TOML file in `data/plans`, "
    "named as the plan.",
    "card": "A card says how a model is reached and what is documented of it: one TOML file in `data/models`, named as the model.",
}
WRITTEN = (
    "This page is written from the program by `python -m tests.house.key_reference`; the same as a JSON schema, by which editors "
    "complete keys, is `data/schemas/{kind}.schema.json` (as the first line of a file: `#:schema PATH`). A key in bold has no "
    "default: it must be given. An unknown key is an error."
)
TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "table"}
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
    "minItems": "{} or more",
    "pattern": "matching `{}`",
}
SHORTENED = 60
"""Characters of a pattern beyond which a page leaves it to the schema."""

PATTERNS = {get_args(Name)[1].metadata[0].pattern: "name"}
"""What a pattern is called."""


def _models(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """Return the models of which a plan or card is made, by the names that the schema gives them."""
    _, whole = models_json_schema([(model, "validation")])
    below = {one.__name__: one for one in _subclasses(BaseModel) if one.__module__.startswith("tasks.domain")}
    return {name: below[name] for name in whole["$defs"]}


def _subclasses(model: type) -> Iterator[type]:
    for below in model.__subclasses__():
        yield below
        yield from _subclasses(below)


@cache
def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what stands below each key in the source of its model, as one line."""
    [node] = ast.parse(inspect.getsource(model)).body
    assert isinstance(node, ast.ClassDef)
    pairs = zip(node.body, node.body[1:], strict=False)
    return {
        key.target.id: " ".join(str(text.value.value).split())
        for key, text in pairs
        if isinstance(key, ast.AnnAssign)
        and isinstance(key.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON schema of a kind of file, with the meanings of its keys."""
    models = _models(KINDS[kind])
    whole = KINDS[kind].model_json_schema()
    parts = {name: (part, models[name]) for name, part in whole["$defs"].items()}
    for part, model in [(whole, KINDS[kind]), *parts.values()]:
        for key, meaning in _meanings(model).items():
            if key in part["properties"]:
                part["properties"][key]["description"] = meaning
        # Files have no None: what is None here is left out there.
        for described in [part, *part["properties"].values()]:
            if "description" in described:
                text = re.sub(r"(^|[.:] )None\b", r"\1Left out", " ".join(described["description"].split()))
                described["description"] = re.sub(r"\bNone\b", "left out", text)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}


def schema_text(kind: str) -> str:
    """Return the content of a schema's file."""
    return json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n"


def page(kind: str) -> str:
    """Return the content of the page of a kind of file."""
    whole = schema(kind)
    lines = [f"# Keys of a {kind}", "", INTRODUCTIONS[kind], "", WRITTEN.format(kind=kind), ""]
    for title, part in _tables(whole, whole, ""):
        lines += [f"## {title}" if title else "## At the top", ""]
        lines += [" ".join(part.get("description", "").split()), "", *_rows(part, whole), ""]
    return "\n".join(lines).rstrip() + "\n"


def _tables(part: dict[str, Any], whole: dict[str, Any], above: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each table of a file with its heading, the outer ones first."""
    yield (f"[{above}]" if above and not above.startswith("[") else above), part
    for key, field in part["properties"].items():
        below = [*_refs(field)]
        name = f"{above}.{key}" if above else key
        for ref in below:
            inner = whole["$defs"][ref]
            if field.get("type") == "array":
                yield f"[[{name}]]", inner
            elif len(below) > 1:
                yield f"[{name}] with provider = {json.dumps(inner['properties']['provider']['const'])}", inner
            else:
                yield from _tables(inner, whole, name)


def _refs(field: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the tables that a key holds."""
    if "$ref" in field:
        yield field["$ref"].rpartition("/")[2]
    for inner in [*field.get("anyOf", ()), *field.get("oneOf", ()), *([field["items"]] if "items" in field else ())]:
        yield from _refs(inner)


def _rows(part: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for key, field in part["properties"].items():
        name = f"**`{key}`**" if key in part.get("required", ()) else f"`{key}`"
        meaning = field.get("description") or " ".join(whole["$defs"][ref]["description"] for ref in _refs(field))
        cells = (name, _type(field, whole), _default(field), meaning)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return rows


def _default(field: dict[str, Any]) -> str:
    default = field.get("default")
    if default is None or isinstance(default, dict):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _type(field: dict[str, Any], whole: dict[str, Any]) -> str:
    """Return what a key's value may be, in words."""
    if "$ref" in field or "oneOf" in field:
        return "a table of its own"
    if "anyOf" in field:
        return " or ".join(_type(one, whole) for one in field["anyOf"] if one.get("type") != "null")
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return ", ".join(f"`{json.dumps(one)}`" for one in field["enum"])
    if field.get("pattern") in PATTERNS:
        return PATTERNS[field["pattern"]]
    limits = [
        text.format(f"{field[key]:g}" if isinstance(field[key], float) else field[key])
        for key, text in LIMITS.items()
        if key in field and len(str(field[key])) < SHORTENED
    ]
    if field.get("type") == "array":
        inner = "tables" if [*_refs(field)] else f"list of {_type(field['items'], whole)}"
        return ", ".join(["a table each" if inner == "tables" else inner, *limits])
    if field.get("format") == "date":
        return "date"
    return ", ".join([TYPES[field["type"]], *limits])


def files() -> dict[Path, str]:
    """Return all files with what they should hold."""
    pages = {PROJECT / "docs" / f"{kind}.md": page(kind) for kind in KINDS}
    return pages | {PROJECT / "data/schemas" / f"{kind}.schema.json": schema_text(kind) for kind in KINDS}


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
