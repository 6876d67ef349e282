"""Grades of pairs as rows of `raw.pair_label`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tasks.domain.ids import content_id
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rse.pair_judge import PairGrades


@dataclass(frozen=True)
class PairGradeKey:
    """The key of a label: replies, judge, order and time; `is_target_first` is None where there is no order."""

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
        """Return a hash of the fields that identify the label: an equal key is the same row."""
        replies = (self.target_reply_id, self.reference_reply_id)
        return content_id("pair verdict", *replies, self.judge, self.judge_version, self.is_target_first, self.attempt)


def graded_row(label_key: PairGradeKey, grades: PairGrades) -> dict[str, Any]:
    """Return a row of `raw.pair_label`."""
    return asdict(label_key) | {
        "label_id": label_key.label_id,
        "style_grade": grades.style,
        "structure_grade": grades.structure,
        "content_grade": grades.content,
        "note_text": grades.note,
    }


def ungraded_row(label_key: PairGradeKey, reason: MissingReason) -> dict[str, Any]:
    """Return a row of `raw.pair_label` for a label that gave no grades."""
    return asdict(label_key) | {"label_id": label_key.label_id, "missing_reason": MissingReason(reason)}
