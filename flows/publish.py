"""Check the warehouse, publish the snapshot and write the report from it."""

from prefect import flow

from tasks import check, publish_snapshot, render
from tasks.adapters import store
from tasks.adapters.settings import home_at
from tasks.domain.rows import Finding


@flow(name="publish", flow_run_name="publish")
async def publish(home: str, with_report: bool = True) -> tuple[list[Finding], str | None]:
    """Return what the checks found, and the path of the report."""
    place = home_at(home)
    with store.writing(place):
        findings = check.check(place)
        publish_snapshot.publish_snapshot(place)
    return findings, str(render.render(place)) if with_report else None
