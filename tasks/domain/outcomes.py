"""What runs come to, for whoever started them."""

from dataclasses import dataclass

from tasks.domain.rows import Finding


@dataclass(frozen=True)
class Evaluated:
    """What a run of a plan came to: unanswered batches, findings of the checks, the path of the report."""

    run_id: str
    problems: list[str]
    findings: list[Finding]
    report: str


@dataclass(frozen=True)
class Scored:
    """What a scoring came to: the seconds that the text took, 0 where it had not changed; findings of the checks."""

    seconds: float
    findings: list[Finding]
