"""Weights of the distillation index, of a plan or by default -> the warehouse."""

import polars as pl

from tasks.adapters.prefect.engine import NO_CACHE, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.plan import INDEX_VERSION, IndexPlan


@task(name="set index weights", task_run_name="set index weights", cache_policy=NO_CACHE)
def set_index_weights(index: IndexPlan | None, home: Home) -> None:
    """Store the weights of `index`; None: the defaults, unless a plan has stored others."""
    with store.writing(home) as warehouse:
        if index is None and warehouse.count("score.index_weight"):
            return
        weights = (index or IndexPlan()).model_dump()
        rows = {"part": list(weights), "weight": list(weights.values())}
        warehouse.replace("index_weight", pl.DataFrame(rows).with_columns(index_version=pl.lit(INDEX_VERSION)))
