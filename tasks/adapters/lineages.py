"""What is known of the models that have replies, and whether a scoring can rest on it."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tasks.adapters import cards, store
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError
from tasks.domain.references import check_questions, choose_references
from tasks.domain.rows import Lineage


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


def read(path: Path, warehouse: store.Store) -> tuple[list[Lineage], int]:
    """Return the rows of a lineage file, and how many of them concern a model that is here.

    Raises:
        InputError: the file is wrong, or concerns nobody.
    """
    rows = cards.read_lineage(path)
    here = set(warehouse.read_columns("core.model", ["model"])["model"])
    n_here = sum(row.model in here for row in rows)
    if not n_here:
        raise InputError(
            f"none of its {len(rows)} models is in the warehouse.",
            where=str(path),
            remedy=f"Here are, for example: {', '.join(sorted(here)[:5]) or 'no models at all'}.",
        )
    return rows, n_here


def check(references: Sequence[str], lineage: Path | None, home: Home) -> None:
    """Make sure that there is something to score, and that references and lineage fit it; changes nothing.

    Raises:
        InputError: no warehouse, no replies, a reference without replies, or a lineage file that is wrong.
    """
    if lineage is not None:
        cards.read_lineage(lineage)
    with store.looking(home) as warehouse:
        choose_references(known(warehouse), references)
        if lineage is not None:
            read(lineage, warehouse)


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
