"""How well a judge reads replies that others have labelled: agreement, recall, precision and rates, by group."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.domain.judging.claim import ClaimVerdict
from tasks.domain.stats.agreement import Agreement, Detection, agreement, detection

Score = Literal["loose", "strict"]
SCORES: tuple[Score, ...] = ("loose", "strict")
POOLED = "all"
YES, NO = "yes", "no"


@dataclass(frozen=True)
class LabelledReply:
    """A reply and the labels it was given; None where one is not known. `cluster`: what its template or prompt is."""

    model: str
    text: str
    prompt_text: str | None = None
    language: str | None = None
    cluster: str | None = None
    is_loose: bool | None = None
    is_strict: bool | None = None

    def label(self, score: Score) -> bool | None:
        """Return the label that this score is the rate of."""
        return self.is_loose if score == "loose" else self.is_strict


@dataclass(frozen=True)
class JudgeCheck:
    """One group of replies and one score. In `readings` the labels are on the left, the judge on the right.

    `group` is `all`, `model` or `language`, `value` which one. `n_clusters` is None where every reply is one. Rates
    are those of the replies that have both a label and a reading.
    """

    group: str
    value: str
    score: Score
    n_clusters: int | None
    readings: Agreement
    found: Detection

    @property
    def label_rate(self) -> float | None:
        """Return the share of replies that are labelled positive."""
        return self.readings.left_rates.get(YES, 0.0) if self.readings.n else None

    @property
    def judge_rate(self) -> float | None:
        """Return the share of replies that the judge reads as positive."""
        return self.readings.right_rates.get(YES, 0.0) if self.readings.n else None


@dataclass(frozen=True)
class Disagreement:
    """One reply that judge and label read differently."""

    reply: LabelledReply
    score: Score
    verdict: ClaimVerdict


def checks(replies: Sequence[LabelledReply], verdicts: Sequence[ClaimVerdict]) -> list[JudgeCheck]:
    """Return each score over all replies, by model and by language; a score without labels is left out.

    A reply that has a label and no reading is missing. Groups of which there is only one say nothing new.

    Raises:
        ValueError: lengths differ.
    """
    both = list(zip(replies, verdicts, strict=True))
    groups = [(POOLED, "", both)]
    for kind in ("model", "language"):
        values = sorted({value for reply in replies if (value := getattr(reply, kind)) is not None})
        parts = [(kind, value, [pair for pair in both if getattr(pair[0], kind) == value]) for value in values]
        groups += parts if len(parts) > 1 else []
    return [
        found
        for score in SCORES
        for kind, value, pairs in groups
        if (found := _check(score, (kind, value), pairs)) is not None
    ]


def disagreements(replies: Sequence[LabelledReply], verdicts: Sequence[ClaimVerdict], most: int) -> list[Disagreement]:
    """Return up to `most` replies that are read otherwise than labelled, spread evenly over all such."""
    found = [
        Disagreement(reply, score, verdict)
        for score in SCORES
        for reply, verdict in zip(replies, verdicts, strict=True)
        if reply.label(score) is not None
        and _reading(verdict, score) is not None
        and _reading(verdict, score) != reply.label(score)
    ]
    if len(found) <= most:
        return found
    return [found[number * len(found) // most] for number in range(most)]


def _check(
    score: Score, group: tuple[str, str], pairs: Sequence[tuple[LabelledReply, ClaimVerdict]]
) -> JudgeCheck | None:
    labelled = [(reply, verdict) for reply, verdict in pairs if reply.label(score) is not None]
    if not labelled:
        return None
    clusters = list(_clusters(reply for reply, _ in labelled))
    has_clusters = any(reply.cluster is not None for reply, _ in labelled)
    readings = agreement(
        [_word(reply.label(score)) for reply, _ in labelled],
        [_word(_reading(verdict, score)) for _, verdict in labelled],
        clusters if has_clusters else None,
    )
    return JudgeCheck(*group, score, len(set(clusters)) if has_clusters else None, readings, detection(readings, YES))


def _clusters(replies: Iterable[LabelledReply]) -> Iterator[str]:
    """Yield each reply's cluster; a reply without one is its own."""
    for number, reply in enumerate(replies):
        yield f"cluster {reply.cluster}" if reply.cluster is not None else f"reply {number}"


def _reading(verdict: ClaimVerdict, score: Score) -> bool | None:
    return verdict.is_contradiction if score == "loose" else verdict.is_foreign


def _word(value: bool | None) -> str | None:
    return None if value is None else YES if value else NO
