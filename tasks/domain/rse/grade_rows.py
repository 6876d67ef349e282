"""Grades of pairs as rows of `raw.pair_grade`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tasks.domain.ids import content_id
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rse.pair_judge import PairGrades


@dataclass(frozen=True)
class PairGradeKey:
    """Who read which two replies, in which order, and when; `is_target_first` is None where there is no order."""

    target_reply_id: str
    reference_reply_id: str
    judge: str
    judge_version: str
    judged_at: datetime
    is_target_first: bool | None = None
    attempt: int = 0
    n_truncated_chars: int = 0

    @property
    def label_id(self) -> str:
        """Hash of all that makes it another label_key: the same again is the same row."""
        replies = (self.target_reply_id, self.reference_reply_id)
        return content_id("pair verdict", *replies, self.judge, self.judge_version, self.is_target_first, self.attempt)


def graded_row(label_key: PairGradeKey, found: PairGrades) -> dict[str, Any]:
    """Return a row of `raw.pair_grade`."""
    return asdict(label_key) | {
        "label_id": label_key.label_id,
        "style_grade": found.style,
        "structure_grade": found.structure,
        "content_grade": found.content,
        "note_text": found.note,
    }


def ungraded_row(label_key: PairGradeKey, reason: MissingReason) -> dict[str, Any]:
    """Return a row of `raw.pair_grade` for a label that gave no grades."""
    return asdict(label_key) | {"label_id": label_key.label_id, "missing_reason": MissingReason(reason)}
