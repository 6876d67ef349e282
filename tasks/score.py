"""Replies -> likeness: who is a reference, then the stored relations of `sql/core` formed anew."""

from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import cards, store
from tasks.adapters.settings import Home, now
from tasks.domain.errors import InputError
from tasks.domain.references import choose_references
from tasks.domain.rows import Lineage, lineage_row


def known_lineage(warehouse: store.Store) -> list[Lineage]:
    """Return what is known of each model that has a reply."""
    replied = set(warehouse.read_columns("core.reply", ["distinct model"])["model"])
    rows = warehouse.read("core.model").filter(pl.col("model").is_in(sorted(replied))).sort("model")
    return [
        Lineage(row["model"], row["vendor"], row["candidate_group"], row["family"], row["role"])
        for row in rows.to_dicts()
    ]


@task(name="load lineage", task_run_name="lineage from {path}", cache_policy=NO_CACHE)
def load_lineage(path: str, home: Home) -> tuple[int, int]:
    """Put the rows of a lineage file into the warehouse; return how many it has, and how many concern a model here."""
    rows = cards.read_lineage(Path(path))
    at = now()
    with store.writing(home) as warehouse:
        here = set(warehouse.read_columns("core.model", ["model"])["model"])
        if not here & {row.model for row in rows}:
            raise InputError(
                f"none of its {len(rows)} models is in the warehouse.",
                where=path,
                remedy=f"Here are, for example: {', '.join(sorted(here)[:5]) or 'no models at all'}.",
            )
        warehouse.append("lineage", [lineage_row(row, "file", at) for row in rows])
        return len(rows), sum(row.model in here for row in rows)


@task(name="score", task_run_name="score", cache_policy=NO_CACHE)
def score(references: Sequence[str], home: Home) -> float:
    """Choose the references, form every stored relation anew and return how many seconds that took.

    Args:
        references: candidate teachers; empty: as the lineage says, or every model where it says nothing.
        home: where the warehouse is.

    Raises:
        InputError: a reference has no reply here, or there is nothing to score.
    """
    with store.writing(home) as warehouse:
        known = known_lineage(warehouse)
        if not known:
            raise InputError(
                "the warehouse has no replies.",
                where=str(home.warehouse),
                remedy="Run `distillometer evaluate` or `distillometer ingest` first.",
            )
        chosen = choose_references(known, references)
        schema = {"model": pl.String, "is_panel": pl.Boolean, "chosen_by": pl.String}
        warehouse.replace("reference", pl.DataFrame([vars(row) for row in chosen], schema=schema))
        n_panel = sum(row.is_panel for row in chosen)
        get_run_logger().info("%d candidate teachers, %d of them in the centring panel", len(chosen), n_panel)
        started = monotonic()
        warehouse.refresh()
        seconds = monotonic() - started
        get_run_logger().info("every pair of %d models compared in %.1f s", len(known), seconds)
        return seconds
