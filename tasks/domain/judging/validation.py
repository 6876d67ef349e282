"""How well a judge reads replies that others have labelled: agreement, recall, precision and rates, by group."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.domain.ids import content_id
from tasks.domain.judging.claim import ClaimLabel, JudgedReply
from tasks.domain.missing_reason import MissingReason
from tasks.domain.stats.agreement import Agreement, Detection, agreement, detection

Score = Literal["loose", "strict"]
SCORES: tuple[Score, ...] = ("loose", "strict")
POOLED = "all"
YES, NO = "yes", "no"

JudgeResult = ClaimLabel | MissingReason
"""What a judge told of a reply: its label, or why there is none."""


@dataclass(frozen=True)
class LabelledReply:
    """A reply and the gold labels it has; None where one is not known. `cluster`: what its template or prompt is."""

    model: str
    text: str
    prompt_text: str | None = None
    language: str | None = None
    cluster: str | None = None
    is_loose: bool | None = None
    is_strict: bool | None = None

    @property
    def judged(self) -> JudgedReply:
        """Return the reply as judges read it."""
        return JudgedReply(self.text, self.prompt_text, self.language)

    @property
    def reply_id(self) -> str:
        """Return the id under which calls about this reply are kept; equal replies to one question share it."""
        return content_id("labelled reply", self.model, self.prompt_text, self.text)

    def gold_label(self, score: Score) -> bool | None:
        """Return the gold_label that this score is the rate of."""
        return self.is_loose if score == "loose" else self.is_strict


@dataclass(frozen=True)
class JudgeValidation:
    """One group of replies and one score. In `labels` the gold labels are on the left, the judge on the right.

    `group` is `all`, `model` or `language`, `value` which one. `n_clusters` is None where every reply is one. Rates
    are those of the replies that have both a gold_label and a label.
    """

    group: str
    value: str
    score: Score
    n_clusters: int | None
    labels: Agreement
    detection: Detection

    @property
    def coverage(self) -> float:
        """Return the share of labelled replies that the judge has read."""
        return self.labels.n / (self.labels.n + self.labels.n_missing)

    @property
    def gold_rate(self) -> float | None:
        """Return the share of replies that are labelled positive."""
        return self.labels.left_rates.get(YES, 0.0) if self.labels.n else None

    @property
    def judge_rate(self) -> float | None:
        """Return the share of replies that the judge reads as positive."""
        return self.labels.right_rates.get(YES, 0.0) if self.labels.n else None


@dataclass(frozen=True)
class Disagreement:
    """One reply that judge and gold_label read differently."""

    reply: LabelledReply
    score: Score
    label: ClaimLabel


def sample_replies(replies: Sequence[LabelledReply], most: int | None, seed: int) -> list[LabelledReply]:
    """Return up to `most` replies in their order, of each model in proportion to how many there are; None: all.

    A larger number keeps what a smaller one chose with the same seed, so that what was asked of them serves again.
    """
    by_model: dict[str, list[int]] = {}
    for number, reply in enumerate(replies):
        by_model.setdefault(reply.model, []).append(number)
    turns = []
    for model, numbers in by_model.items():
        shuffled = sorted(numbers, key=lambda number: content_id("sample", seed, number))
        # Webster's divisors: at any length the shares of the models are as near as they can be.
        turns += [((2 * turn + 1) / len(numbers), model, number) for turn, number in enumerate(shuffled)]
    return [replies[number] for number in sorted(number for _, _, number in sorted(turns)[:most])]


def validations_by_group(
    replies: Sequence[LabelledReply], labels: Sequence[JudgeResult], scores: Sequence[Score] = SCORES
) -> list[JudgeValidation]:
    """Return each score over all replies, by model and by language; a score without gold labels is left out.

    A reply that has a gold_label and no label is missing. Groups of which there is only one say nothing new.

    Args:
        replies: what was read.
        labels: what the judge told of each.
        scores: those that the judge reads for.

    Raises:
        ValueError: lengths differ.
    """
    both = list(zip(replies, labels, strict=True))
    groups = [(POOLED, "", both)]
    for kind in ("model", "language"):
        values = sorted({value for reply in replies if (value := getattr(reply, kind)) is not None})
        parts = [(kind, value, [pair for pair in both if getattr(pair[0], kind) == value]) for value in values]
        groups += parts if len(parts) > 1 else []
    return [
        validation
        for score in scores
        for kind, value, pairs in groups
        if (validation := _group_validation(score, kind, value, pairs)) is not None
    ]


def missing_reasons(labels: Sequence[JudgeResult]) -> dict[str, int]:
    """Return why labels are missing and how many, the commonest first."""
    reasons = [result if isinstance(result, str) else result.missing_reason for result in labels]
    return dict(Counter(reason for reason in reasons if reason is not None).most_common())


def disagreements(replies: Sequence[LabelledReply], labels: Sequence[JudgeResult], most: int) -> list[Disagreement]:
    """Return up to `most` replies that are read otherwise than labelled, spread evenly over all such."""
    disagreeing = [
        Disagreement(reply, score, label)
        for score in SCORES
        for reply, label in zip(replies, labels, strict=True)
        if isinstance(label, ClaimLabel)
        and reply.gold_label(score) is not None
        and _label(label, score) is not None
        and _label(label, score) != reply.gold_label(score)
    ]
    if len(disagreeing) <= most:
        return disagreeing
    return [disagreeing[number * len(disagreeing) // most] for number in range(most)]


def _group_validation(
    score: Score, group: str, value: str, pairs: Sequence[tuple[LabelledReply, JudgeResult]]
) -> JudgeValidation | None:
    labelled = [(reply, label) for reply, label in pairs if reply.gold_label(score) is not None]
    if not labelled:
        return None
    clusters = list(_clusters(reply for reply, _ in labelled))
    has_clusters = any(reply.cluster is not None for reply, _ in labelled)
    labels = agreement(
        [_word(reply.gold_label(score)) for reply, _ in labelled],
        [_word(_label(label, score)) for _, label in labelled],
        clusters if has_clusters else None,
    )
    return JudgeValidation(
        group, value, score, len(set(clusters)) if has_clusters else None, labels, detection(labels, YES)
    )


def _clusters(replies: Iterable[LabelledReply]) -> Iterator[str]:
    """Yield each reply's cluster; a reply without one is its own."""
    for number, reply in enumerate(replies):
        yield f"cluster {reply.cluster}" if reply.cluster is not None else f"reply {number}"


def _label(label: JudgeResult, score: Score) -> bool | None:
    if isinstance(label, str):
        return None
    return label.is_contradiction if score == "loose" else label.is_foreign


def _word(value: bool | None) -> str | None:
    return None if value is None else YES if value else NO
