"""Who is a reference; what the stored relations of `sql/core` are formed from replies alone."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import lineages, pair_sums, store
from tasks.adapters.settings import Home
from tasks.domain.references import choose_references


@task(name="load lineage", task_run_name="lineage from {path}", cache_policy=NO_CACHE)
def load_lineage(path: str | None, home: Home, bases: str | None = None) -> tuple[int, int]:
    """Put the rows of a lineage file into the warehouse; return how many there are, and how many concern a model here.

    Args:
        path: the lineage file; None: what is on record stays.
        home: where the warehouse is.
        bases: a CSV of the base that each model was trained from, by which siblings are known.
    """
    with store.writing(home) as warehouse:
        return lineages.load(Path(path) if path else None, warehouse, Path(bases) if bases else None)


@task(name="ask about pairs", task_run_name="{source} asks about pairs", cache_policy=NO_CACHE)
def ask_about(questions: Sequence[tuple[str, str]], source: str, home: Home) -> None:
    """Put on record which pairs of target and candidate group are asked about before their verdicts are seen."""
    with store.writing(home) as warehouse:
        lineages.keep_questions(questions, source, warehouse)


@task(name="score", task_run_name="score", cache_policy=NO_CACHE)
def score(references: Sequence[str], home: Home) -> int:
    """Choose the references, count the words of new replies, form every stored relation anew; return how many models.

    Args:
        references: candidate teachers; empty: as the lineage says, or every model where it says nothing.
        home: where the warehouse is.

    Raises:
        InputError: a reference has no reply here, or there is nothing to score.
    """
    with store.writing(home) as warehouse:
        known = lineages.known(warehouse)
        chosen = choose_references(known, references)
        schema = {"model": pl.String, "is_panel": pl.Boolean, "chosen_by": pl.String}
        warehouse.replace("reference", pl.DataFrame([vars(row) for row in chosen], schema=schema))
        n_panel = sum(row.is_panel for row in chosen)
        get_run_logger().info("%d candidate teachers, %d of them in the centring panel", len(chosen), n_panel)
        pair_sums.keep_shapes(warehouse)
        warehouse.refresh()
        return len(known)
