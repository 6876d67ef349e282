"""Reads template sets: `data/templates/<set>` with a card (TOML) and the templates (JSON lines)."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from tasks.adapters.inputs import data_files
from tasks.adapters.inputs.textfiles import json_lines, read_bytes
from tasks.adapters.inputs.tomlfiles import as_model, key_place, read_toml
from tasks.domain.errors import InputError
from tasks.domain.prompting.template import Template
from tasks.domain.prompting.template_card import TemplateLine, TemplateSetCard
from tasks.domain.suggestions import suggestions

CHANGED = "If the templates were meant to change, raise 'version' and correct both 'n_templates' and 'sha256'."


def template_set_names(data_dir: Path | None = None) -> list[str]:
    """Return the names of all template sets, sorted."""
    return data_files.names(data_files.TEMPLATES, data_dir)


def read_template_set(
    name: str, data_dir: Path | None = None, names: Callable[[str], bool] | None = None
) -> tuple[TemplateSetCard, list[Template]]:
    """Return a template set's card and templates in file order.

    Args:
        name: the set's name, which is that of its folder.
        data_dir: parent folder of `templates`; None for the project's own data.
        names: returns whether a text names a vendor or model; if given, each `is_leading` has to agree with it.

    Raises:
        InputError: a line is broken, has no place for the question or several, its kind or language is not on the card,
            an id or a text comes twice, or name, count or checksum differ from the card.
    """
    card_path = data_files.named(data_files.TEMPLATES, name, data_dir)
    card = read_toml(card_path, TemplateSetCard)
    if card.name != name:
        raise InputError(
            f"key 'name' is {card.name!r}, the folder is called {name!r}.",
            where=key_place(card_path, "name"),
            remedy="Make them equal.",
        )
    path = card_path.parent / "templates.jsonl"
    templates: list[Template] = []
    first_line: dict[tuple[str, str], str] = {}
    for where, row in json_lines(path):
        template = _template(as_model(row, TemplateLine, where), card, where)
        _require_flag(template, names, where)
        for key in (("id", template.template_key), ("text", template.template_id)):
            if key in first_line:
                raise InputError(
                    f"{key[0]} of {template.template_key!r} stands already in line {first_line[key]}.",
                    where=where,
                    remedy="Each id and each text stands once in a set.",
                )
            first_line[key] = where.rpartition(":")[2]
        templates.append(template)
    _require_file(card, len(templates), card_path, path)
    return card, templates


def _template(line: TemplateLine, card: TemplateSetCard, where: str) -> Template:
    for key, value, allowed in (("kind", line.kind, card.kinds), ("language", line.language, card.languages)):
        if value not in allowed:
            near = suggestions(value, allowed)
            raise InputError(
                f"key {key!r} is {value!r}, which the card doesn't list.",
                where=where,
                remedy=f"Did you mean {near[0]!r}?"
                if near
                else f"Use one of {', '.join(allowed)}, or add it to the card.",
            )
    return Template(
        text=line.text,
        language=line.language,
        kind=line.kind,
        is_leading=line.is_leading,
        template_set=card.name,
        template_key=line.id,
    )


def _require_flag(template: Template, names: Callable[[str], bool] | None, where: str) -> None:
    if names is None or names(template.text) == template.is_leading:
        return
    naming = "names no" if template.is_leading else "names a"
    raise InputError(
        f"key 'is_leading' of {template.template_key!r} is {str(template.is_leading).lower()}, "
        f"but the text {naming} vendor or model.",
        where=where,
        remedy="Correct the flag, or the lexicon if it errs.",
    )


def _require_file(card: TemplateSetCard, n_templates: int, card_path: Path, path: Path) -> None:
    if n_templates != card.n_templates:
        raise InputError(
            f"key 'n_templates' is {card.n_templates}, {path.name} has {n_templates} templates.",
            where=key_place(card_path, "n_templates"),
            remedy=CHANGED,
        )
    checksum = hashlib.sha256(read_bytes(path)).hexdigest()
    if checksum != card.sha256:
        raise InputError(
            f"key 'sha256' does not fit {path.name}, whose SHA-256 is {checksum}.",
            where=key_place(card_path, "sha256"),
            remedy=CHANGED,
        )
