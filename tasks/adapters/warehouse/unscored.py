"""Labels and grades without scores: a migration drops scores, and a run may have ended before it scored."""

import tomllib
from contextlib import suppress
from typing import Any

from tasks.adapters.warehouse.store import Store
from tasks.domain.plan import Plan


def identity(warehouse: Store) -> int | None:
    """Return the seed where probes have no scores; else None."""
    if warehouse.count("score.identity_score") or not warehouse.count("raw.probe"):
        return None
    return _seed(_last_plan_with({"identity"}, warehouse))


def grades(warehouse: Store) -> list[tuple[str, int]]:
    """Return the judges of pairs whose grades have no scores, each with the seed."""
    chosen, scored = (
        set(warehouse.read_columns(table, ["judge"])["judge"].unique())
        for table in ("raw.sampled_pair", "score.rse_grade")
    )
    plan = _last_plan_with({"rse", "similarity"}, warehouse) if chosen - scored else {}
    return [(judge, _seed(plan)) for judge in sorted(chosen - scored)]


def _last_plan_with(sections: set[str], warehouse: Store) -> dict[str, Any]:
    """Return the last plan with one of these sections that was run, as it was written; empty where there was none.

    It is not validated: a plan of an older version may have keys that plans have no longer.
    """
    runs = warehouse.read_columns("raw.run", ["plan_text", "happened_at"]).sort("happened_at", descending=True)
    for text in runs["plan_text"]:
        with suppress(tomllib.TOMLDecodeError):
            if sections & (plan := tomllib.loads(text)).keys():
                return plan
    return {}


def _seed(plan: dict[str, Any]) -> int:
    return int(plan.get("seed", Plan.model_fields["seed"].default))
