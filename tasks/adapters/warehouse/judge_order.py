"""The order of judges in the warehouse: whose label of an identity probe counts."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from tasks.adapters.warehouse.store import Store

PREFERRED = ("published", "llm_claim", "text_claim")
"""Whose label counts after those of the judges that are named."""


def register_judges(warehouse: Store, judges: Sequence[str], at: datetime) -> None:
    """Register `judges`, the first of which counts, with those of PREFERRED behind; nothing where that order holds."""
    order = [*judges, *(name for name in PREFERRED if name not in judges)]
    known = warehouse.read("raw.judge_priority")
    last = known.filter(pl.col("registered_at") == pl.col("registered_at").max()).sort("priority")
    if last["judge"].to_list() != order:
        rows = [{"judge": judge, "priority": place, "registered_at": at} for place, judge in enumerate(order)]
        warehouse.append("judge_priority", rows)
