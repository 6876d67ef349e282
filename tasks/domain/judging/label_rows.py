"""Labels as rows of `raw.judge_label` and `raw.attribute_claim`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tasks.domain.ids import content_id
from tasks.domain.judging.claim import ClaimLabel
from tasks.domain.missing_reason import MissingReason


@dataclass(frozen=True)
class LabelKey:
    """The judge, the reply and the time of a label; `attempt` counts from 0."""

    reply_id: str
    judge: str
    judge_version: str
    attempt: int
    judged_at: datetime

    @property
    def label_id(self) -> str:
        """Hash of all but the time: a repeated label is the same row."""
        return content_id("verdict", self.reply_id, self.judge, self.judge_version, self.attempt)


def label_row(label_key: LabelKey, label: ClaimLabel) -> dict[str, Any]:
    """Return a row of `raw.judge_label`."""
    return asdict(label_key) | {
        "label_id": label_key.label_id,
        "is_contradiction": label.is_contradiction,
        "is_foreign": label.is_foreign,
        "stance": label.stance,
        "claimed_vendor": label.claimed_vendor,
        "claimed_model": label.claimed_model,
        "is_earnest": label.is_earnest,
        "evidence_text": label.evidence,
        "missing_reason": None if label.missing_reason is None else MissingReason(label.missing_reason),
    }


def missing_label_row(label_key: LabelKey, reason: MissingReason) -> dict[str, Any]:
    """Return a row of `raw.judge_label` for a missing label."""
    return asdict(label_key) | {"label_id": label_key.label_id, "missing_reason": MissingReason(reason)}


def claim_rows(label_key: LabelKey, label: ClaimLabel) -> list[dict[str, Any]]:
    """Return rows of `raw.attribute_claim`."""
    return [asdict(claim) | {"label_id": label_key.label_id} for claim in label.attributes]
