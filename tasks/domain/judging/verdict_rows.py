"""Verdicts as rows of `raw.verdict` and `raw.attribute_claim`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tasks.domain.ids import content_id
from tasks.domain.judging.claim import ClaimVerdict


@dataclass(frozen=True)
class Reading:
    """Who read which reply, and when: `attempt` counts from 0."""

    reply_id: str
    judge: str
    judge_version: str
    attempt: int
    judged_at: datetime

    @property
    def verdict_id(self) -> str:
        """Hash of all but the time: the same reading again is the same row."""
        return content_id("verdict", self.reply_id, self.judge, self.judge_version, self.attempt)


def verdict_row(reading: Reading, found: ClaimVerdict) -> dict[str, Any]:
    """Return a row of `raw.verdict`."""
    return asdict(reading) | {
        "verdict_id": reading.verdict_id,
        "is_contradiction": found.is_contradiction,
        "is_foreign": found.is_foreign,
        "stance": found.stance,
        "claimed_vendor": found.claimed_vendor,
        "claimed_model": found.claimed_model,
        "is_earnest": found.is_earnest,
        "evidence_text": found.evidence,
        "missing_reason": found.missing_reason,
    }


def unread_row(reading: Reading, reason: str) -> dict[str, Any]:
    """Return a row of `raw.verdict` for a reading that gave none."""
    return asdict(reading) | {"verdict_id": reading.verdict_id, "missing_reason": reason}


def claim_rows(reading: Reading, found: ClaimVerdict) -> list[dict[str, Any]]:
    """Return rows of `raw.attribute_claim`."""
    return [asdict(claim) | {"verdict_id": reading.verdict_id} for claim in found.attributes]
