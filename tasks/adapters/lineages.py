"""What is known of the models that have replies, and whether a scoring can rest on it."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import polars as pl

from tasks.adapters import cards, store
from tasks.adapters.settings import Home, now
from tasks.domain.errors import InputError
from tasks.domain.references import check_questions, choose_references
from tasks.domain.rows import Lineage, lineage_row


def known(warehouse: store.Store) -> list[Lineage]:
    """Return what is known of each model that has a reply to compare; of none where there are identity trials alone.

    Raises:
        InputError: no model has one, and there are no trials either.
    """
    replied = set(warehouse.read_columns("core.reply", ["distinct model"])["model"])
    if not replied and not warehouse.count("raw.trial"):
        raise InputError(
            "the warehouse has no replies.",
            where=str(warehouse.path),
            remedy="Run `distillometer evaluate` or `distillometer ingest` first.",
        )
    rows = warehouse.read("core.model").filter(pl.col("model").is_in(sorted(replied))).sort("model")
    return [
        Lineage(row["model"], row["vendor"], row["candidate_group"], row["family"], row["role"])
        for row in rows.to_dicts()
    ]


def read(path: Path | None, warehouse: store.Store, bases: Path | None = None) -> tuple[list[Lineage], int]:
    """Return the rows of a lineage file, and how many of them concern a model that is here.

    Args:
        path: the lineage file; None: what the warehouse knows already.
        warehouse: who is here.
        bases: a file of the base that each model was trained from, which is put into the rows; a model that has no row
            there keeps what is known of it.

    Raises:
        InputError: a file is wrong, or concerns nobody.
    """
    rows = cards.read_lineage(path) if path is not None else []
    if path is not None:
        _check_here([row.model for row in rows], path, warehouse)
    if bases is not None:
        base_of = cards.read_bases(bases)
        _check_here(list(base_of), bases, warehouse)
        told = {row.model: row for row in _on_record(list(base_of), warehouse)} | {row.model: row for row in rows}
        told |= {model: replace(told.get(model, Lineage(model)), base=base) for model, base in base_of.items()}
        rows = list(told.values())
    here = set(warehouse.read_columns("core.model", ["model"])["model"])
    return rows, sum(row.model in here for row in rows)


def load(path: Path | None, warehouse: store.Store, bases: Path | None = None) -> tuple[int, int]:
    """Put the rows that `read` returns into the warehouse; return their number, and how many concern a model here."""
    rows, n_here = read(path, warehouse, bases)
    at = now()
    warehouse.append("lineage", [lineage_row(row, "file", at) for row in rows])
    return len(rows), n_here


def keep_questions(questions: Sequence[tuple[str, str]], source: str, warehouse: store.Store) -> None:
    """Put on record which pairs of target and candidate group are asked about before their verdicts are seen."""
    at = now()
    rows = [
        {"target": target, "candidate_group": group, "source": source, "asked_at": at} for target, group in questions
    ]
    warehouse.append("question", rows, key="target,candidate_group")


def _check_here(models: Sequence[str], path: Path, warehouse: store.Store) -> None:
    here = set(warehouse.read_columns("core.model", ["model"])["model"])
    if not here & set(models):
        raise InputError(
            f"none of its {len(models)} models is in the warehouse.",
            where=str(path),
            remedy=f"Here are, for example: {', '.join(sorted(here)[:5]) or 'no models at all'}.",
        )


def _on_record(models: Sequence[str], warehouse: store.Store) -> list[Lineage]:
    """Return what a card or an earlier file says of these models: a new row outranks it whole."""
    rows = warehouse.read("core.model").filter(pl.col("has_lineage") & pl.col("model").is_in(models))
    names = [field.name for field in fields(Lineage)]
    return [
        Lineage(**{name: row[name] for name in names} | {"learned_from": tuple(row["learned_from"] or ())})
        for row in rows.sort("model").to_dicts()
    ]


def check(references: Sequence[str], lineage: Path | None, home: Home, bases: Path | None = None) -> None:
    """Make sure that there is something to score, and that references and lineage fit it; changes nothing.

    Raises:
        InputError: no warehouse, no replies, a reference without replies, or a file of lineage or bases that is wrong.
    """
    if lineage is not None:
        cards.read_lineage(lineage)
    if bases is not None:
        cards.read_bases(bases)
    with store.looking(home) as warehouse:
        choose_references(known(warehouse), references)
        if lineage is not None or bases is not None:
            read(lineage, warehouse, bases)


def read_questions(texts: Sequence[str], lineage: Path | None, home: Home) -> list[tuple[str, str]]:
    """Return the pairs of target and candidate group that `TARGET=GROUP` texts ask about; changes nothing.

    Raises:
        InputError: a text has another form, or names a model or a group that is not here.
    """
    questions = []
    for text in texts:
        target, _, group = (part.strip() for part in text.partition("="))
        if not target or not group:
            raise InputError(
                f"question {text!r} is no TARGET=GROUP.",
                where="--question",
                remedy="As in: --question student-7b=gpt-4",
            )
        questions.append((target, group))
    if questions:
        with store.looking(home) as warehouse:
            rows = {row.model: row for row in known(warehouse)}
        told = {row.model: row for row in cards.read_lineage(lineage)} if lineage is not None else {}
        check_questions(questions, [told.get(model, row) for model, row in rows.items()], "--question")
    return questions
