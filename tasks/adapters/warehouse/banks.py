"""Exported banks: templates of published searches, and template sets written to `data/templates`."""

import hashlib
from pathlib import Path
from typing import Any

import polars as pl

from tasks.adapters import settings
from tasks.adapters.inputs import data_files
from tasks.adapters.inputs.templates import read_template_set, template_set_names
from tasks.adapters.inputs.tomlfiles import as_model
from tasks.adapters.warehouse import whole_files
from tasks.adapters.warehouse.store import Store
from tasks.domain.errors import InputError, WorldError
from tasks.domain.fuzzing.search_calls import template_set_of
from tasks.domain.prompting.lexicon import Lexicon
from tasks.domain.prompting.template_bank import SearchTemplate, bank_lines, card_text, lines_text
from tasks.domain.prompting.template_card import TemplateSetCard


def chosen_searches(snapshot: Store, names: list[str]) -> pl.DataFrame:
    """Return the searches whose ids begin with `names`, by default all: rows of `raw.search`, one a search.

    Raises:
        InputError: there is no such search, or several.
    """
    searches = (
        snapshot.read("raw.search")
        .sort("started_at", "search_id")
        .unique("search_id", keep="first", maintain_order=True)
    )
    if searches.is_empty():
        raise InputError(
            "no search is published here.",
            where=str(snapshot.path),
            remedy="Run `distillometer search` first, or give --home.",
        )
    chosen = []
    for name in names:
        fitting = searches.filter(pl.col("search_id").str.starts_with(name))
        if fitting.height != 1:
            raise InputError(
                f"{fitting.height} searches have an id that begins with {name!r}.",
                where="--from",
                remedy=f"Known: {', '.join(searches['search_id'])}.",
            )
        chosen.append(fitting)
    return pl.concat(chosen).unique("search_id", maintain_order=True) if chosen else searches


def searched_templates(snapshot: Store, searches: pl.DataFrame, lexicon: Lexicon) -> list[SearchTemplate]:
    """Return every template of these searches, each once, with the summed outcomes.

    Two searches of one target in one round that used the same template had the same replies: they count once.
    """
    ids = searches["search_id"].to_list()
    steps = snapshot.read("raw.search_step", search_id=ids).filter(pl.col("refused_reason").is_null())
    steps = steps.join(searches.select("search_id", "round"), on="search_id").sort("happened_at", "search_id")
    templates = snapshot.read("raw.template", template_set=[template_set_of(name) for name in ids])
    templates = templates.sort("registered_at", "template_set", "template_key").unique("template_id", keep="first")
    once = steps.unique(["target", "round", "template_id"], keep="last", maintain_order=True)
    outcomes = once.group_by("template_id").agg(pl.col("n_judged").sum(), pl.col("n_success").sum())
    rows = outcomes.join(templates, on="template_id").sort("template_id").to_dicts()
    return [
        SearchTemplate(
            text=row["template_text"],
            language=row["language"],
            kind=row["kind"],
            is_leading=lexicon.names_vendor_or_model(row["template_text"]),
            n_judged=row["n_judged"],
            n_success=row["n_success"],
        )
        for row in rows
    ]


def require_free_name(name: str, version: str) -> None:
    """Require that `name` is new, or an exported bank of a lower version.

    Raises:
        InputError: it is neither.
    """
    if name not in template_set_names():
        return
    card, _ = read_template_set(name)
    place = str(data_files.named(data_files.TEMPLATES, name).parent)
    if not card.searches:
        raise InputError("this template set was not frozen from a search.", where=place, remedy="Give another name.")
    if _numbers(version) <= _numbers(card.version):
        raise InputError(
            f"the bank is there in version {card.version}.",
            where=place,
            remedy="Raise --version above it, or give another name.",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def write_bank(fields: dict[str, Any], templates: list[SearchTemplate]) -> tuple[TemplateSetCard, Path]:
    """Write a template set, and return its card and folder.

    Args:
        fields: fields of its card: name, version, purpose, author, licence, searches.
        templates: its templates.

    Raises:
        InputError: name or version is not one.
        WorldError: the folder can't be written.
    """
    text = lines_text(bank_lines(templates)).encode()
    row = fields | {
        "languages": tuple(sorted({template.language for template in templates})),
        "kinds": tuple(sorted({template.kind for template in templates})),
        "n_templates": len(templates),
        "sha256": hashlib.sha256(text).hexdigest(),
    }
    card = as_model(row, TemplateSetCard, "templates freeze")
    require_free_name(card.name, card.version)
    folder = settings.data_dir() / "templates" / card.name
    try:
        # The card comes last: without it there is no set, and an older one does not fit the new lines.
        for name, content in (("templates.jsonl", text), ("card.toml", card_text(card).encode())):
            whole_files.write(folder / name, content)
    except OSError as error:
        raise WorldError(f"the bank can't be written: {error.strerror}.", where=str(folder)) from error
    return card, folder
