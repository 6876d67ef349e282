"""Published snapshot -> one HTML file."""

from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters.settings import Home


@task(name="render", task_run_name="render", cache_policy=NO_CACHE)
def render(home: Home) -> Path:
    """Write the report and return its path."""
    home.reports.mkdir(parents=True, exist_ok=True)
    path = home.reports / "latest.html"
    path.write_text("")
    return path
