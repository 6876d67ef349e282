"""Reads what a user writes: plans, model cards and prompt sets (TOML, JSON lines), and lineage files (CSV)."""

import csv
import difflib
import hashlib
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from tasks.adapters.settings import DATA_DIR
from tasks.domain.card import LineageRole, ModelCard, PromptLine, PromptSetCard
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.plan import Plan
from tasks.domain.rows import Lineage, Message, Prompt

M = TypeVar("M", bound=BaseModel)

LINEAGE_COLUMNS = ("model", "vendor", "group", "family", "role", "learned_from", "parent", "certainty")


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file.

    Raises:
        InputError: it does not exist, can't be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("there is no such file.", where=str(path), remedy="Check the path.") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start} is not UTF-8.", where=str(path), remedy="Save the file as UTF-8."
        ) from None
    except OSError as error:
        raise InputError(f"it can't be read: {error.strerror}.", where=str(path)) from None


def explain(error: ValidationError, where: str, known_keys: Iterable[str]) -> InputError:
    """Return an InputError that lists each wrong key of `where` with its value and what would be right."""
    lines = []
    keys = set(known_keys)
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"] if part not in ("openai_compatible", "llama_cpp")) or "(whole)"
        if item["type"] == "extra_forbidden":
            last = str(item["loc"][-1])
            near = difflib.get_close_matches(last, keys, n=1)
            lines.append(f"key {key!r} is not known" + (f", did you mean {near[0]!r}?" if near else "."))
        elif item["type"] == "missing":
            lines.append(f"key {key!r} is missing.")
        else:
            lines.append(f"key {key!r} is {item['input']!r}: {item['msg'].removeprefix('Value error, ')}.")
    return InputError(" ".join(lines), where=where, remedy="Correct the file; nothing was written.")


def _keys(model: type[BaseModel]) -> set[str]:
    keys: set[str] = set()
    for name, field in model.model_fields.items():
        keys.add(name)
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                keys |= _keys(part)
    return keys


def read_toml(path: Path, model: type[M]) -> M:
    """Return the TOML file at `path` as a `model`.

    Raises:
        InputError: the file is no TOML, or a key is missing, unknown or wrong; the message names file, key and remedy.
    """
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"it is not valid TOML: {error}.", where=str(path), remedy="Correct that line.") from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise explain(error, str(path), _keys(model)) from None


def _named(folder: Path, name: str, kind: str, pattern: str) -> Path:
    path = folder / pattern.format(name)
    if not path.exists():
        known = sorted(found.stem if found.is_file() else found.name for found in folder.glob(pattern.format("*")))
        if pattern.startswith("{}/"):
            known = sorted(found.parent.name for found in folder.glob(pattern.format("*")))
        near = difflib.get_close_matches(name, known, n=3) or known[:12]
        raise InputError(
            f"there is no {kind} {name!r}.",
            where=str(folder),
            remedy=f"Known: {', '.join(near)}{' ...' if len(near) < len(known) else ''}.",
        )
    return path


def read_card(name: str, data_dir: Path = DATA_DIR) -> ModelCard:
    """Return the model card `name`; its file has the card's name."""
    path = _named(data_dir / "models", name, "model card", "{}.toml")
    card = read_toml(path, ModelCard)
    if card.name != path.stem:
        raise InputError(
            f"key 'name' is {card.name!r}, the file is called {path.stem!r}.",
            where=str(path),
            remedy="Make them equal.",
        )
    return card


def card_names(data_dir: Path = DATA_DIR) -> list[str]:
    """Return the names of all model cards, sorted."""
    return sorted(path.stem for path in (data_dir / "models").glob("*.toml"))


def read_plan(name: str, data_dir: Path = DATA_DIR) -> tuple[Plan, str]:
    """Return the plan `name` (of `data/plans`, or a path that ends in .toml) and its text."""
    path = Path(name) if name.endswith(".toml") else _named(data_dir / "plans", name, "plan", "{}.toml")
    return read_toml(path, Plan), read_text(path)


def read_cards(plan: Plan, data_dir: Path = DATA_DIR) -> dict[str, ModelCard]:
    """Return the cards of all models that `plan` names."""
    return {name: read_card(name, data_dir) for name in plan.models}


def read_prompt_set(name: str, data_dir: Path = DATA_DIR) -> tuple[PromptSetCard, list[Prompt]]:
    """Return a prompt set's card and prompts in file order.

    Raises:
        InputError: a line is broken, an id or a prompt comes twice, or count or checksum differ from the card.
    """
    card_path = _named(data_dir / "prompts", name, "prompt set", "{}/card.toml")
    card = read_toml(card_path, PromptSetCard)
    path = card_path.parent / "prompts.jsonl"
    prompts: list[Prompt] = []
    first_line: dict[str, int] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        where = f"{path}:{number}"
        prompt = _prompt(line, where, name)
        for seen, what in ((prompt.prompt_key, "id"), (prompt.prompt_id, "prompt")):
            if seen in first_line:
                raise InputError(
                    f"{what} of {prompt.prompt_key!r} stands already in line {first_line[seen]}.",
                    where=where,
                    remedy="Each id and each prompt stands once in a set.",
                )
            first_line[seen] = number
        prompts.append(prompt)
    if len(prompts) != card.n_prompts:
        raise InputError(
            f"key 'n_prompts' is {card.n_prompts}, {path.name} has {len(prompts)} lines.", where=str(card_path)
        )
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    if checksum != card.sha256:
        raise InputError(
            f"key 'sha256' does not fit {path.name}, whose SHA-256 is {checksum}.",
            where=str(card_path),
            remedy="If the prompts were meant to change, raise 'version' and put that checksum there.",
        )
    return card, prompts


def _prompt(line: str, where: str, prompt_set: str) -> Prompt:
    try:
        parsed = PromptLine.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise InputError(
            f"the line is not valid JSON: {error.msg} at column {error.colno}.",
            where=where,
            remedy="Each line is one JSON object.",
        ) from None
    except ValidationError as error:
        raise explain(error, where, _keys(PromptLine)) from None
    messages = tuple(Message(turn.role, turn.content) for turn in parsed.messages)
    return Prompt(
        prompt_id=prompt_id(messages),
        prompt_set=prompt_set,
        prompt_key=parsed.id,
        messages=messages,
        language=parsed.language,
        category=parsed.category,
        asks=parsed.asks,
        group=parsed.group,
        answer=parsed.answer,
    )


def read_lineage(path: Path) -> list[Lineage]:
    """Return the rows of a lineage CSV; lists within a cell are separated by semicolons, empty cells are unknown.

    Raises:
        InputError: a column is missing, a model comes twice, or a role is not in the list.
    """
    reader = csv.DictReader(read_text(path).splitlines())
    lacking = [
        column for column in ("model", "vendor", "group", "family", "role") if column not in (reader.fieldnames or [])
    ]
    if lacking:
        raise InputError(
            f"missing columns: {', '.join(lacking)}; found: {', '.join(reader.fieldnames or ['none'])}.",
            where=str(path),
            remedy=f"A lineage file has the columns {', '.join(LINEAGE_COLUMNS)}.",
        )
    rows: list[Lineage] = []
    seen: set[str] = set()
    for row in reader:
        where = f"{path}:{reader.line_num}"
        cell: dict[str, Any] = {key: (value or "").strip() or None for key, value in row.items() if key}
        if not cell["model"]:
            raise InputError("column 'model' is empty.", where=where, remedy="Name the model.")
        if cell["model"] in seen:
            raise InputError(f"model {cell['model']!r} comes twice.", where=where, remedy="One row a model.")
        if cell["role"] is not None and cell["role"] not in get_args(LineageRole):
            raise InputError(
                f"column 'role' is {cell['role']!r}.", where=where, remedy=f"Known: {', '.join(get_args(LineageRole))}."
            )
        seen.add(cell["model"])
        rows.append(
            Lineage(
                model=cell["model"],
                vendor=cell["vendor"],
                candidate_group=cell["group"],
                family=cell["family"],
                role=cell["role"],
                learned_from=tuple(
                    part.strip() for part in (cell.get("learned_from") or "").split(";") if part.strip()
                ),
                parent=cell.get("parent"),
                certainty=cell.get("certainty"),
            )
        )
    if not rows:
        raise InputError("the file has no rows.", where=str(path), remedy="One row a model.")
    return rows
