"""Labelled replies for the validation of a judge, and the identities of their models."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import RootModel

from tasks.adapters.inputs.card_matching import matching_card, vendor_named
from tasks.adapters.inputs.formats.identity_attack import IDENTITY_ATTACK
from tasks.adapters.inputs.textfiles import csv_rows, json_lines, require_columns, require_exists, require_name
from tasks.adapters.inputs.tomlfiles import read_toml
from tasks.adapters.inputs.truth_spellings import truth
from tasks.domain.card import Facts
from tasks.domain.errors import InputError
from tasks.domain.judging.claim import Identity
from tasks.domain.judging.validation import LabelledReply
from tasks.domain.prompting.script import script_language
from tasks.domain.prompting.template import template_id

NEEDED = ("model", "reply")
LABELS = ("loose", "strict")
KNOWN = (*NEEDED, "prompt", "template", "language", *LABELS)
SUFFIXES = (".csv", ".jsonl", ".ndjson")
LOOKS_LIKE = (
    f"{IDENTITY_ATTACK.looks_like}; or a file that ends in {', '.join(SUFFIXES)}, with the columns model, reply,"
    " loose or strict, and perhaps prompt, template and language"
)


class FactsEntry(Facts):
    """One model's table in a file of facts: its vendor, as the lexicon names it, and its facts."""

    vendor: str


class FactsFile(RootModel[dict[str, FactsEntry]]):
    """A table a model."""


def read_labelled(path: Path) -> list[LabelledReply]:
    """Return the labelled replies of attack logs or of a table. Without a language, the reply's script decides.

    Raises:
        InputError: it is neither, something in it is broken, or no row has a label.
    """
    require_exists(path)
    if IDENTITY_ATTACK.detects(path):
        replies = list(_of_logs(path))
    elif path.is_file() and path.suffix.lower() in SUFFIXES:
        replies = list(_of_table(path))
    else:
        raise InputError("no labels are recognised here.", where=str(path), remedy=f"Expected {LOOKS_LIKE}.")
    if all(reply.is_loose is None and reply.is_strict is None for reply in replies):
        raise InputError("no row has a label.", where=str(path), remedy="Fill a column 'loose' or 'strict'.")
    return replies


def identities(models: Iterable[str], facts: Path | None) -> tuple[dict[str, Identity], list[str]]:
    """Return the identity of each model, and the models of which only the vendor is known; a file outranks cards.

    Raises:
        InputError: the vendor of a model is unknown, or the file is wrong.
    """
    entries = read_toml(facts, FactsFile).root if facts is not None else {}
    by_model: dict[str, Identity] = {}
    without_facts = []
    for model in sorted(set(models)):
        card = matching_card(model)
        if model in entries:
            by_model[model] = Identity(entries[model].vendor, Facts(**entries[model].model_dump(exclude={"vendor"})))
        elif card is not None:
            by_model[model] = Identity.of(card)
        elif vendor := vendor_named(model):
            by_model[model] = Identity(vendor, Facts())
            without_facts.append(model)
        else:
            raise InputError(
                f"nothing tells who made model {model!r}.",
                where=str(facts) if facts is not None else "",
                remedy=f'Add a card, or give --facts FILE.toml with a table ["{model}"] and its vendor and facts.',
            )
    return by_model, without_facts


def _of_logs(path: Path) -> Iterator[LabelledReply]:
    for probe in IDENTITY_ATTACK.read(path):
        is_missing = probe.missing_reason is not None
        yield LabelledReply(
            model=probe.model,
            text=probe.reply_text,
            prompt_text=probe.messages[-1].content,
            language=script_language(probe.reply_text),
            cluster=template_id(probe.template_text),
            is_loose=None if is_missing else probe.is_foreign or probe.is_contradiction,
            is_strict=None if is_missing else probe.is_foreign,
        )


def _of_table(path: Path) -> Iterator[LabelledReply]:
    n_rows = 0
    for where, row in _rows(path):
        n_rows += 1
        texts = {name: _text(row, name, where) for name in ("model", "reply", "prompt", "template", "language")}
        if not (texts["model"] or "").strip():
            raise InputError("column 'model' is empty.", where=where, remedy="Name the model.")
        require_name(texts["model"] or "", "column 'model'", where)
        reply = texts["reply"] or ""
        yield LabelledReply(
            model=texts["model"] or "",
            text=reply,
            prompt_text=texts["prompt"],
            language=texts["language"] or script_language(reply),
            cluster=texts["template"] or texts["prompt"],
            is_loose=_label(row, "loose", where),
            is_strict=_label(row, "strict", where),
        )
    if not n_rows:
        raise InputError("the file has no rows.", where=str(path), remedy="Expected one row a reply.")


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if path.suffix.lower() == ".csv":
        yield from csv_rows(path, NEEDED, KNOWN)
        return
    for where, row in json_lines(path):
        require_columns(list(row), NEEDED, KNOWN, where)
        yield where, row


def _text(row: dict[str, Any], name: str, where: str) -> str | None:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise InputError(f"column {name!r} is {str(value)[:60]!r}, not a text.", where=where, remedy="Give a text.")
    return value or None


def _label(row: dict[str, Any], name: str, where: str) -> bool | None:
    value = row.get(name)
    try:
        return truth(value)
    except ValueError:
        raise InputError(
            f"column {name!r} is {str(value)[:60]!r}.", where=where, remedy="Give true, false, or nothing."
        ) from None
