"""A judge's labels against gold labels: agreement, recall, precision and rates, by group."""

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
"""The result of a judge for a reply: its label, or why there is none."""


@dataclass(frozen=True)
class LabelledReply:
    """A reply and its gold labels; None where a label is unknown. `cluster`: its template or prompt."""

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
        """Return the id of this reply in judge calls; equal replies to one prompt share it."""
        return content_id("labelled reply", self.model, self.prompt_text, self.text)

    def gold_label(self, score: Score) -> bool | None:
        """Return the gold label of this score."""
        return self.is_loose if score == "loose" else self.is_strict


@dataclass(frozen=True)
class JudgeValidation:
    """One group of replies and one score. In `labels` the gold labels are on the left, the judge on the right.

    `group` is `all`, `model` or `language`, `value` which one. `n_clusters` is None where each reply is its own
    cluster. Rates are over the replies with both a gold label and a label.
    """

    group: str
    value: str
    score: Score
    n_clusters: int | None
    labels: Agreement
    detection: Detection

    @property
    def coverage(self) -> float:
        """Return the share of gold-labelled replies that have a label of the judge."""
        return self.labels.n / (self.labels.n + self.labels.n_missing)

    @property
    def gold_rate(self) -> float | None:
        """Return the share of replies with a positive gold label."""
        return self.labels.left_rates.get(YES, 0.0) if self.labels.n else None

    @property
    def judge_rate(self) -> float | None:
        """Return the share of replies with a positive label of the judge."""
        return self.labels.right_rates.get(YES, 0.0) if self.labels.n else None


@dataclass(frozen=True)
class Disagreement:
    """One reply for which the judge's label differs from the gold label."""

    reply: LabelledReply
    score: Score
    label: ClaimLabel


def sample_replies(replies: Sequence[LabelledReply], most: int | None, seed: int) -> list[LabelledReply]:
    """Return up to `most` replies in their order, of each model in proportion to its number of replies; None: all.

    With the same seed a larger number keeps the replies of a smaller one, so their judge calls are used again.
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

    A reply with a gold label and no label is missing. A single model or language is no group of its own.

    Args:
        replies: the replies with gold labels.
        labels: the judge's result for each reply.
        scores: the scores that the judge decides.

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
    """Return the number of missing labels by reason, the most frequent first."""
    reasons = [result if isinstance(result, str) else result.missing_reason for result in labels]
    return dict(Counter(reason for reason in reasons if reason is not None).most_common())


def disagreements(replies: Sequence[LabelledReply], labels: Sequence[JudgeResult], most: int) -> list[Disagreement]:
    """Return up to `most` disagreements, spread evenly over all of them."""
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
    """Yield each reply's cluster; a reply without one is its own cluster."""
    for number, reply in enumerate(replies):
        yield f"cluster {reply.cluster}" if reply.cluster is not None else f"reply {number}"


def _label(label: JudgeResult, score: Score) -> bool | None:
    if isinstance(label, str):
        return None
    return label.is_contradiction if score == "loose" else label.is_foreign


def _word(value: bool | None) -> str | None:
    return None if value is None else YES if value else NO
