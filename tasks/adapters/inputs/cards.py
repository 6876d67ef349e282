"""Reads files of a user: plans, model cards and prompt sets (TOML, JSON lines), and lineage files (CSV)."""

import hashlib
from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from tasks.adapters.inputs import data_files
from tasks.adapters.inputs.textfiles import csv_rows, json_lines, read_bytes, read_text, require_name
from tasks.adapters.inputs.tomlfiles import as_model, key_place, parsed_toml, read_toml
from tasks.domain.card import LineageRole, ModelCard, Released
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id
from tasks.domain.plan import Plan
from tasks.domain.prompting.prompt_set import PromptLine, PromptSetCard
from tasks.domain.rows import Lineage, Message, Prompt

LINEAGE_COLUMNS = (
    "model",
    "vendor",
    "group",
    "family",
    "role",
    "learned_from",
    "parent",
    "certainty",
    "base",
    "released",
)


def read_card(name: str, data_dir: Path | None = None) -> ModelCard:
    """Return the model card `name`; its file has the card's name."""
    path = data_files.named(data_files.CARDS, name, data_dir)
    card = read_toml(path, ModelCard)
    if card.name != path.stem:
        raise InputError(
            f"key 'name' is {card.name!r}, the file is called {path.stem!r}.",
            where=key_place(path, "name"),
            remedy="Make them equal.",
        )
    return card


def card_names(data_dir: Path | None = None) -> list[str]:
    """Return the names of all model cards, sorted."""
    return data_files.names(data_files.CARDS, data_dir)


def read_plan(name: str, data_dir: Path | None = None) -> tuple[Plan, str]:
    """Return the plan `name` (of `data/plans`, or a path that ends in .toml) and its text."""
    path = Path(name) if name.endswith(".toml") else data_files.named(data_files.PLANS, name, data_dir)
    text = read_text(path)
    return parsed_toml(text, path, Plan), text


def read_cards(plan: Plan, data_dir: Path | None = None) -> dict[str, ModelCard]:
    """Return the cards of all models that `plan` names."""
    return {name: read_card(name, data_dir) for name in plan.models}


def prompt_set_names(data_dir: Path | None = None) -> list[str]:
    """Return the names of all prompt sets, sorted."""
    return data_files.names(data_files.PROMPTS, data_dir)


def read_prompt_set(name: str, data_dir: Path | None = None) -> tuple[PromptSetCard, list[Prompt]]:
    """Return a prompt set's card and prompts in file order.

    Raises:
        InputError: a line is broken, an id or a prompt comes twice, or count or checksum differ from the card.
    """
    card_path = data_files.named(data_files.PROMPTS, name, data_dir)
    card = read_toml(card_path, PromptSetCard)
    path = card_path.parent / "prompts.jsonl"
    prompts: list[Prompt] = []
    first_line: dict[str, str] = {}
    for where, row in json_lines(path):
        prompt = _prompt(as_model(row, PromptLine, where), name)
        for key, kind in ((prompt.prompt_key, "id"), (prompt.prompt_id, "prompt")):
            if key in first_line:
                raise InputError(
                    f"{kind} of {prompt.prompt_key!r} stands already in line {first_line[key]}.",
                    where=where,
                    remedy="Each id and each prompt stands once in a set.",
                )
            first_line[key] = where.rpartition(":")[2]
        prompts.append(prompt)
    if len(prompts) != card.n_prompts:
        raise InputError(
            f"key 'n_prompts' is {card.n_prompts}, {path.name} has {len(prompts)} prompts.",
            where=key_place(card_path, "n_prompts"),
            remedy="If the prompts were meant to change, raise 'version' and correct both 'n_prompts' and 'sha256'.",
        )
    checksum = hashlib.sha256(read_bytes(path)).hexdigest()
    if checksum != card.sha256:
        raise InputError(
            f"key 'sha256' does not fit {path.name}, whose SHA-256 is {checksum}.",
            where=key_place(card_path, "sha256"),
            remedy="If the prompts were meant to change, raise 'version' and put that checksum there.",
        )
    return card, prompts


def _prompt(parsed: PromptLine, prompt_set: str) -> Prompt:
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


_RELEASED = TypeAdapter(Released)


def _released(text: str | None, where: str) -> str | None:
    if text is None:
        return None
    try:
        return _RELEASED.validate_python(text)
    except ValidationError:
        raise InputError(
            f"column 'released' is {text!r}.", where=where, remedy="Give a date as YYYY, YYYY-MM or YYYY-MM-DD."
        ) from None


def read_bases(path: Path) -> dict[str, str]:
    """Return the base of each model, from a CSV with the columns model and base.

    Raises:
        InputError: a column is missing or a cell is empty.
    """
    base_of: dict[str, str] = {}
    for where, row in csv_rows(path, ("model", "base"), ("model", "base")):
        model, base = row["model"].strip(), row["base"].strip()
        if not model or not base:
            raise InputError("columns 'model' and 'base' need a value.", where=where, remedy="One row a model.")
        base_of[model] = base
    return base_of


def read_lineage(path: Path) -> list[Lineage]:
    """Return the rows of a lineage CSV; lists within a cell are separated by semicolons, empty cells are unknown.

    Raises:
        InputError: a column is missing, a model comes twice, or a role is not in the list.
    """
    rows: list[Lineage] = []
    models: set[str] = set()
    for where, row in csv_rows(path, LINEAGE_COLUMNS[:5], LINEAGE_COLUMNS):
        cell: dict[str, str | None] = {key: value.strip() or None for key, value in row.items()}
        if not cell["model"]:
            raise InputError("column 'model' is empty.", where=where, remedy="Name the model.")
        for column in ("model", "vendor", "group", "family"):
            if cell[column] is not None:
                require_name(str(cell[column]), f"column {column!r}", where)
        if cell["model"] in models:
            raise InputError(f"model {cell['model']!r} comes twice.", where=where, remedy="One row a model.")
        if cell["role"] is not None and cell["role"] not in get_args(LineageRole):
            raise InputError(
                f"column 'role' is {cell['role']!r}.", where=where, remedy=f"Known: {', '.join(get_args(LineageRole))}."
            )
        models.add(cell["model"])
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
                base=cell.get("base"),
                released=_released(cell.get("released"), where),
            )
        )
    if not rows:
        raise InputError("the file has no rows.", where=str(path), remedy="One row a model.")
    return rows
