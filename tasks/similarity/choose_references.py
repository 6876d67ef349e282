"""Who is a reference; what the stored relations of `sql/core` are formed from replies alone."""

from collections.abc import Sequence

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters.inputs import lineages
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import pair_sums, store
from tasks.domain.references import choose_references


@task(name="state hypotheses", task_run_name="{source} asks about pairs", cache_policy=NO_CACHE)
def register_hypotheses(hypotheses: Sequence[tuple[str, str]], source: str, home: Home) -> None:
    """Put on record which pairs of target and candidate group are asked about before their verdicts are seen."""
    with store.writing(home) as warehouse:
        lineages.keep_hypotheses(hypotheses, source, warehouse)


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
        known = lineages.documented_lineages(warehouse)
        chosen = choose_references(known, references)
        schema = {"model": pl.String, "is_background": pl.Boolean, "chosen_by": pl.String}
        warehouse.replace("reference", pl.DataFrame([vars(row) for row in chosen], schema=schema))
        n_background = sum(row.is_background for row in chosen)
        get_run_logger().info("%d candidate teachers, %d of them in the centring background", len(chosen), n_background)
        pair_sums.keep_shapes(warehouse)
        warehouse.refresh()
        return len(known)
