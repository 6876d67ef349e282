"""Audits of the warehouse before it is published: the relations of `sql/audit` select rows that violate a rule."""

from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import audits, store
from tasks.domain.errors import WorldError
from tasks.domain.rows import Finding


@task(name="audit", task_run_name="audit", cache_policy=NO_CACHE)
def audit(home: Home) -> list[Finding]:
    """Return the findings of audits of level warn.

    Raises:
        WorldError: an audit of level fail found rows: the warehouse is damaged and must not be published.
    """
    with store.writing(home) as warehouse:
        findings = audits.findings(warehouse)
    for finding in findings:
        if finding.level == "fail":
            raise WorldError(
                f"check {finding.check} found {finding.n_rows} rows: {finding.comment} First: {finding.first[0]}",
                where=str(home.warehouse),
                remedy="Nothing was published; look at the rows with the duckdb shell.",
            )
        get_run_logger().warning("%s: %d rows (%s)", finding.check, finding.n_rows, finding.comment)
    return findings
