"""Take in replies that were recorded elsewhere."""

from pathlib import Path

from prefect import flow

from flows.publish import publish
from tasks import ingest as step
from tasks import score_identity
from tasks.adapters import store
from tasks.adapters.settings import home_at
from tasks.adapters.taking_in import MEMORY


@flow(name="ingest", flow_run_name="ingest {path}")
async def ingest(
    path: str, format_name: str, home: str, model: str | None = None, prompt_set: str | None = None
) -> step.Ingested:
    """Return what was read and what of it was new; labels that came with it are scored at once."""
    place = home_at(home)
    done = step.ingest(Path(path), format_name, (model, prompt_set), place)
    with store.writing(place) as warehouse, warehouse.limited(MEMORY):
        if done.labels:
            score_identity.score_identity([], 0, place)
        await publish(home, with_report=False)
    return done
