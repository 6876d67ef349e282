"""Rows that should not be: runs every relation of `sql/check` and says what it found."""

from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import sqlfiles, store
from tasks.adapters.settings import Home
from tasks.domain.errors import WorldError


@dataclass(frozen=True)
class Finding:
    """One check that found rows: its name, what its rows are, how many, and the first ones."""

    check: str
    comment: str
    n_rows: int
    first: list[dict[str, object]]


@task(name="check", task_run_name="check", cache_policy=NO_CACHE)
def check(home: Home) -> list[Finding]:
    """Return what the checks of level warn found.

    Raises:
        WorldError: a check of level fail found rows: the warehouse is damaged and must not be published.
    """
    findings = []
    with store.writing(home) as warehouse:
        for relation in sqlfiles.relations():
            if relation.schema != "check":
                continue
            rows = warehouse.read(relation.quoted)
            if rows.is_empty():
                continue
            finding = Finding(relation.name, relation.comment, rows.height, rows.head(5).to_dicts())
            if relation.level == "fail":
                raise WorldError(
                    f"check {relation.name} found {rows.height} rows: {relation.comment} First: {finding.first[0]}",
                    where=str(home.warehouse),
                    remedy="Nothing was published; look at the rows with the duckdb shell.",
                )
            get_run_logger().warning("%s: %d rows (%s)", relation.name, rows.height, relation.comment)
            findings.append(finding)
    return findings
