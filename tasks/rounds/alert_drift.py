"""Alarms of a round -> an event for each model, and one call of the plan's webhook."""

from typing import Any

import polars as pl

from tasks.adapters.planning.plans import Prepared
from tasks.adapters.prefect import alerts
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store

FIELDS = ("measure", "reference", "value_before", "value_after", "change", "low", "high", "p", "p_holm", "n")


@task(name="alert drift", task_run_name="alert drift of {prepared.round}", cache_policy=NO_CACHE)
def alert_drift(prepared: Prepared, home: Home) -> int:
    """Alert about the plan's models that changed in its round; return their number. No failure here stops a run."""
    with store.writing(home) as warehouse:
        rows = warehouse.read("mart.drift", round=prepared.round, is_alarm=True, target=list(prepared.plan.models))
    payloads = [
        _payload(str(target), rows_of_target)
        for (target,), rows_of_target in rows.sort("target", "measure").group_by("target", maintain_order=True)
    ]
    for payload in payloads:
        get_run_logger().warning("%s has changed since %s", payload["target"], payload["earlier_round"])
        alerts.emit(payload["target"], payload)
    variable = prepared.plan.drift.webhook_env
    if payloads and variable is not None and (problem := alerts.post(variable, payloads)):
        get_run_logger().warning("the drift alert was not sent: %s", problem)
    return len(payloads)


def _payload(target: str, rows: pl.DataFrame) -> dict[str, Any]:
    first = rows.row(0, named=True)
    details = {key: first[key] for key in ("round", "earlier_round", "is_card_changed")}
    return {"target": target, **details, "measures": rows.select(FIELDS).to_dicts()}
