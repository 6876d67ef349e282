"""Identity probes recorded elsewhere, with their labels."""

from dataclasses import dataclass

from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rows import RecordedReply

FINGERPRINT = "ingested"
ROUND = "ingested"
SHORT_ID = 12
"""Digits of an id that serve as a key: equal texts have equal keys in any order of the file."""


@dataclass(frozen=True, kw_only=True)
class RecordedProbe(RecordedReply):
    """A recorded reply to an identity question in a template, with its labels.

    `template_text` has {question} in place of the question. `is_leading`: template or question names a vendor or model.
    `is_contradiction` is the loose label, `is_foreign` the strict one; None where the label is unknown.
    """

    template_text: str
    template_language: str | None
    is_template_leading: bool
    question_text: str
    is_leading: bool
    is_contradiction: bool | None
    is_foreign: bool | None

    @property
    def has_positive(self) -> bool:
        """Whether one of the labels is positive."""
        return bool(self.is_contradiction or self.is_foreign)

    @property
    def missing_reason(self) -> MissingReason | None:
        """Why there is no reply to label: a failed call. A positive label implies that there was a reply."""
        return None if self.has_positive else failed_call_reason(self.reply_text)


@dataclass(frozen=True)
class LabelCount:
    """The labels of one model's probes; `n_strict` is None where no strict label is known."""

    model: str
    vendor: str | None
    n_probes: int
    n_templates: int
    n_failed: int
    n_loose: int
    n_strict: int | None
    n_strict_only: int
