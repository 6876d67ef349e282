"""Ingest replies that were recorded elsewhere."""

from pathlib import Path

from flows.publish import publish
from tasks import ingest as step
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.ingest_rows import MEMORY
from tasks.identity import score_identity


@flow(name="ingest", flow_run_name="ingest {path}")
async def ingest(
    path: str,
    format_name: str,
    home: str,
    model: str | None = None,
    prompt_set: str | None = None,
    *,
    skip_bad: bool = False,
) -> step.Ingested:
    """Return the counts of read and of new rows; labels of the file are scored at once."""
    place = home_at(home)
    done = step.ingest(Path(path), format_name, place, model, prompt_set, skip_bad=skip_bad)
    with store.writing(place) as warehouse, warehouse.limited(MEMORY):
        if done.labels:
            score_identity.score_identity(0, place)
        await publish(home, with_report=False)
    return done
