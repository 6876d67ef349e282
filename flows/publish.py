"""Check the warehouse, publish the snapshot and write the report from it."""

from prefect import flow

from tasks import check, publish_snapshot, render, tell
from tasks.adapters import store
from tasks.adapters.settings import home_at
from tasks.domain.rows import Finding


@flow(name="publish", flow_run_name="publish")
async def publish(home: str | None = None, with_report: bool = True) -> tuple[list[Finding], str | None]:
    """Return what the checks found, and the path of the report.

    Args:
        home: the folder of everything that is written; left out, data/out.
        with_report: write the HTML report as well.
    """
    place = home_at(home)
    with store.writing(place):
        findings = check.check(place)
        publish_snapshot.publish_snapshot(place)
    report = str(render.formed_report(place) or render.render(place)) if with_report else None
    tell.tell_leaderboard(findings, report, place)
    return findings, report
