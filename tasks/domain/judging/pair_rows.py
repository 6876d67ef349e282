"""Grades of pairs as rows of `raw.pair_verdict`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from tasks.domain.ids import content_id
from tasks.domain.judging.pair_judge import PairGrades


@dataclass(frozen=True)
class PairReading:
    """Who read which two replies, in which order, and when; `is_target_first` is None where there is no order."""

    target_reply_id: str
    reference_reply_id: str
    judge: str
    judge_version: str
    judged_at: datetime
    is_target_first: bool | None = None
    attempt: int = 0
    n_cut_characters: int = 0

    @property
    def verdict_id(self) -> str:
        """Hash of all that makes it another reading: the same again is the same row."""
        replies = (self.target_reply_id, self.reference_reply_id)
        return content_id("pair verdict", *replies, self.judge, self.judge_version, self.is_target_first, self.attempt)


def graded_row(reading: PairReading, found: PairGrades) -> dict[str, Any]:
    """Return a row of `raw.pair_verdict`."""
    return asdict(reading) | {
        "verdict_id": reading.verdict_id,
        "style_grade": found.style,
        "structure_grade": found.structure,
        "content_grade": found.content,
        "note_text": found.note,
    }


def ungraded_row(reading: PairReading, reason: str) -> dict[str, Any]:
    """Return a row of `raw.pair_verdict` for a reading that gave no grades."""
    return asdict(reading) | {"verdict_id": reading.verdict_id, "missing_reason": reason}
