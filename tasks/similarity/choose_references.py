"""The choice of references, and the stored relations of `sql/core`, which are computed from replies alone."""

from collections.abc import Sequence

import polars as pl

from tasks.adapters.inputs import lineages
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import pair_sums, store
from tasks.domain.references import choose_references


@task(name="register hypotheses", task_run_name="register hypotheses of {source}", cache_policy=NO_CACHE)
def register_hypotheses(hypotheses: Sequence[tuple[str, str]], source: str, home: Home) -> None:
    """Record the pairs of target and candidate group that are hypotheses, before their verdicts are seen."""
    with store.writing(home) as warehouse:
        lineages.record_hypotheses(hypotheses, source, warehouse)


@task(name="score", task_run_name="score", cache_policy=NO_CACHE)
def score(references: Sequence[str], home: Home) -> int:
    """Choose the references, count the words of new replies, compute stored relations again; return the models' number.

    Args:
        references: candidate teachers; empty: those of the lineage, or every model where it names none.
        home: the home of the warehouse.

    Raises:
        InputError: a reference has no reply here, or there is nothing to score.
    """
    with store.writing(home) as warehouse:
        documented = lineages.documented_lineages(warehouse)
        chosen = choose_references(documented, references)
        schema = {"model": pl.String, "is_background": pl.Boolean, "chosen_by": pl.String}
        warehouse.replace("reference", pl.DataFrame([vars(row) for row in chosen], schema=schema))
        n_background = sum(row.is_background for row in chosen)
        get_run_logger().info("%d candidate teachers, %d of them in the centring background", len(chosen), n_background)
        pair_sums.store_shapes(warehouse)
        warehouse.refresh()
        return len(documented)
