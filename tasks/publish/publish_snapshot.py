"""Warehouse -> the snapshot that analysts and the report read."""

from tasks.adapters.prefect.engine import NO_CACHE, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store

MEMORY = "1GB"
"""More makes it no faster."""


@task(name="publish snapshot", task_run_name="publish snapshot", cache_policy=NO_CACHE)
def publish_snapshot(home: Home) -> None:
    """Swap in a new copy of the warehouse; readers of the old one keep it."""
    with store.writing(home) as warehouse, warehouse.limited(MEMORY):
        warehouse.publish(home.published)
