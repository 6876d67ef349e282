"""Results of runs, for their caller."""

from dataclasses import dataclass

from tasks.domain.rows import Finding


@dataclass(frozen=True)
class Evaluated:
    """The result of a run of a plan: unanswered batches, findings of the checks, the path of the report."""

    run_id: str
    problems: list[str]
    findings: list[Finding]
    report: str


@dataclass(frozen=True)
class Scored:
    """The result of a scoring: seconds of the text scores, 0 where nothing changed; findings of the checks."""

    seconds: float
    findings: list[Finding]
