"""Lineage of the models that have replies, checked for a scoring."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import polars as pl

from tasks.adapters.inputs import cards, data_files
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.references import choose_references, require_hypotheses
from tasks.domain.rows import Lineage, lineage_row


def documented_lineages(warehouse: store.Store) -> list[Lineage]:
    """Return the lineage of each model that has a reply to compare; none where there are identity probes alone.

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


def scoring_lineages(
    references: Sequence[str], home: Home, lineage: Path | None = None, bases: Path | None = None
) -> list[Lineage]:
    """Require replies to score, and references and files that fit them; return the rows of the files.

    Each file is read once; this writes nothing.

    Args:
        references: the named candidate teachers.
        home: the home of the warehouse.
        lineage: lineage file; None: the lineage in the warehouse.
        bases: file of the base of each model, which is added to the rows; a model without a row in `lineage` keeps
            its lineage in the warehouse.

    Raises:
        InputError: no warehouse, no replies, a reference without replies, or a file that is wrong or names no model
            of the warehouse.
    """
    lineage = data_files.lineage(lineage) if lineage is not None else None
    bases = data_files.lineage(bases) if bases is not None else None
    rows = cards.read_lineage(lineage) if lineage is not None else []
    base_of = cards.read_bases(bases) if bases is not None else {}
    with store.inspecting(home) as warehouse:
        choose_references(documented_lineages(warehouse), references)
        if lineage is not None:
            _require_overlap([row.model for row in rows], lineage, warehouse)
        if bases is not None:
            _require_overlap(list(base_of), bases, warehouse)
        by_model = {row.model: row for row in _on_record(list(base_of), warehouse)} | {row.model: row for row in rows}
    by_model |= {model: replace(by_model.get(model, Lineage(model)), base=base) for model, base in base_of.items()}
    return list(by_model.values())


def record_lineages(rows: Sequence[Lineage], warehouse: store.Store) -> None:
    """Record the lineage rows of files."""
    at = now()
    warehouse.append("lineage", [lineage_row(row, "file", at) for row in rows])


def record_hypotheses(hypotheses: Sequence[tuple[str, str]], source: str, warehouse: store.Store) -> None:
    """Record the pairs of target and candidate group that are hypotheses, before their verdicts are seen."""
    at = now()
    rows = [
        {"target": target, "candidate_group": group, "source": source, "stated_at": at} for target, group in hypotheses
    ]
    warehouse.append("hypothesis", rows)


def _require_overlap(models: Sequence[str], path: Path, warehouse: store.Store) -> None:
    in_warehouse = set(warehouse.read_columns("core.model", ["model"])["model"])
    if not in_warehouse & set(models):
        raise InputError(
            f"none of its {len(models)} models is in the warehouse.",
            where=str(path),
            remedy=f"Here are, for example: {', '.join(sorted(in_warehouse)[:5]) or 'no models at all'}.",
        )


def _on_record(models: Sequence[str], warehouse: store.Store) -> list[Lineage]:
    """Return the lineage of these models from cards or earlier files: a new row replaces it whole."""
    rows = warehouse.read("core.model").filter(pl.col("has_lineage") & pl.col("model").is_in(models))
    names = [field.name for field in fields(Lineage)]
    return [
        Lineage(**{name: row[name] for name in names} | {"learned_from": tuple(row["learned_from"] or ())})
        for row in rows.sort("model").to_dicts()
    ]


def read_hypotheses(texts: Sequence[str], rows: Sequence[Lineage], home: Home) -> list[tuple[str, str]]:
    """Return the pairs of target and candidate group of `TARGET=GROUP` texts; this writes nothing.

    Args:
        texts: the hypotheses.
        rows: lineage rows of files, which outrank those in the warehouse.
        home: the home of the warehouse.

    Raises:
        InputError: a text has another form, or names an unknown model or group.
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
            documented = {row.model: row for row in documented_lineages(warehouse)}
        from_files = {row.model: row for row in rows}
        require_hypotheses(
            hypotheses, [from_files.get(model, row) for model, row in documented.items()], "--hypothesis"
        )
    return hypotheses
