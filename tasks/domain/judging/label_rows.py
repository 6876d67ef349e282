"""Labels as rows of `raw.judge_label` and `raw.attribute_claim`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tasks.domain.ids import content_id
from tasks.domain.judging.claim import ClaimLabel
from tasks.domain.missing_reason import MissingReason


@dataclass(frozen=True)
class LabelKey:
    """Who read which reply, and when: `attempt` counts from 0."""

    reply_id: str
    judge: str
    judge_version: str
    attempt: int
    judged_at: datetime

    @property
    def label_id(self) -> str:
        """Hash of all but the time: the same label again is the same row."""
        return content_id("verdict", self.reply_id, self.judge, self.judge_version, self.attempt)


def label_row(label_key: LabelKey, found: ClaimLabel) -> dict[str, Any]:
    """Return a row of `raw.judge_label`."""
    return asdict(label_key) | {
        "label_id": label_key.label_id,
        "is_contradiction": found.is_contradiction,
        "is_foreign": found.is_foreign,
        "stance": found.stance,
        "claimed_vendor": found.claimed_vendor,
        "claimed_model": found.claimed_model,
        "is_earnest": found.is_earnest,
        "evidence_text": found.evidence,
        "missing_reason": None if found.missing_reason is None else MissingReason(found.missing_reason),
    }


def unread_row(label_key: LabelKey, reason: MissingReason) -> dict[str, Any]:
    """Return a row of `raw.judge_label` for a label that gave none."""
    return asdict(label_key) | {"label_id": label_key.label_id, "missing_reason": MissingReason(reason)}


def claim_rows(label_key: LabelKey, found: ClaimLabel) -> list[dict[str, Any]]:
    """Return rows of `raw.attribute_claim`."""
    return [asdict(claim) | {"label_id": label_key.label_id} for claim in found.attributes]
