"""Audit the warehouse, publish the snapshot and write the report from it."""

from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tasks.domain.rows import Finding
from tasks.publish import audit, publish_artifacts, publish_snapshot, render


@flow(name="publish", flow_run_name="publish")
async def publish(
    home: str | None = None, with_report: bool = True, with_artifact: bool = True
) -> tuple[list[Finding], str | None]:
    """Return the findings of audits, and the path of the report.

    Args:
        home: the folder of all written files; left out, data/out.
        with_report: write the HTML report as well.
        with_artifact: show the leaderboard in this flow; a flow that calls it may show it in its own run.
    """
    place = home_at(home)
    with store.writing(place):
        findings = audit.audit(place)
        publish_snapshot.publish_snapshot(place)
    report = str(render.formed_report(place) or render.render(place)) if with_report else None
    if with_artifact:
        publish_artifacts.publish_leaderboard(findings, report, place)
    return findings, report
