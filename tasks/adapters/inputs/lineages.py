"""What is known of the models that have replies, and whether a scoring can rest on it."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import polars as pl

from tasks.adapters.inputs import cards
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.references import check_hypotheses, choose_references
from tasks.domain.rows import Lineage, lineage_row


def known(warehouse: store.Store) -> list[Lineage]:
    """Return what is known of each model that has a reply to compare; of none where there are identity probes alone.

    Raises:
        InputError: no model has one, and there are no probes either.
    """
    replied = set(warehouse.read_distinct("core.reply", ["model"])["model"])
    if not replied and not warehouse.count("raw.probe"):
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


def checked(
    references: Sequence[str], home: Home, lineage: Path | None = None, bases: Path | None = None
) -> list[Lineage]:
    """Make sure that there is something to score, and that references and files fit it; return the rows of the files.

    Each file is read once; nothing is changed.

    Args:
        references: the candidate teachers that are named.
        home: where the warehouse is.
        lineage: what is known of each model; None: what the warehouse knows already.
        bases: the base that each model was trained from, which is put into the rows; a model that has no row there
            keeps what is known of it.

    Raises:
        InputError: no warehouse, no replies, a reference without replies, or a file that is wrong or concerns nobody.
    """
    rows = cards.read_lineage(lineage) if lineage is not None else []
    base_of = cards.read_bases(bases) if bases is not None else {}
    with store.inspecting(home) as warehouse:
        choose_references(known(warehouse), references)
        if lineage is not None:
            _check_here([row.model for row in rows], lineage, warehouse)
        if bases is not None:
            _check_here(list(base_of), bases, warehouse)
        told = {row.model: row for row in _on_record(list(base_of), warehouse)} | {row.model: row for row in rows}
    told |= {model: replace(told.get(model, Lineage(model)), base=base) for model, base in base_of.items()}
    return list(told.values())


def keep(rows: Sequence[Lineage], warehouse: store.Store) -> None:
    """Put on record what files say of models."""
    at = now()
    warehouse.append("lineage", [lineage_row(row, "file", at) for row in rows])


def keep_hypotheses(hypotheses: Sequence[tuple[str, str]], source: str, warehouse: store.Store) -> None:
    """Put on record which pairs of target and candidate group are asked about before their verdicts are seen."""
    at = now()
    rows = [
        {"target": target, "candidate_group": group, "source": source, "stated_at": at} for target, group in hypotheses
    ]
    warehouse.append("hypothesis", rows)


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


def read_hypotheses(texts: Sequence[str], rows: Sequence[Lineage], home: Home) -> list[tuple[str, str]]:
    """Return the pairs of target and candidate group that `TARGET=GROUP` texts ask about; changes nothing.

    Args:
        texts: what is asked.
        rows: what files say of models, over what is on record.
        home: where the warehouse is.

    Raises:
        InputError: a text has another form, or names a model or a group that is not here.
    """
    hypotheses = []
    for text in texts:
        target, _, group = (part.strip() for part in text.partition("="))
        if not target or not group:
            raise InputError(
                f"hypothesis {text!r} is no TARGET=GROUP.",
                where="--hypothesis",
                remedy="As in: --hypothesis student-7b=gpt-4",
            )
        hypotheses.append((target, group))
    if hypotheses:
        with store.inspecting(home) as warehouse:
            here = {row.model: row for row in known(warehouse)}
        told = {row.model: row for row in rows}
        check_hypotheses(hypotheses, [told.get(model, row) for model, row in here.items()], "--hypothesis")
    return hypotheses
