"""A check of a judge with all that it names: labelled replies, who their models are, the judge and whom it asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.adapters.inputs import labelled, lexicons
from tasks.adapters.models import providers
from tasks.adapters.planning import chosen_judges
from tasks.adapters.settings import Home, now
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.errors import InputError
from tasks.domain.judging import judges
from tasks.domain.judging.calls import ATTEMPTS, Answer, JudgeCall, JudgeOutcome, ModelJudge, decides_score
from tasks.domain.judging.claim import Identity
from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.judging.validation import SCORES, LabelledReply, Score, sample_replies
from tasks.domain.prompting.lexicon import Lexicon


@dataclass(frozen=True)
class ValidationRequest:
    """What the command says.

    Args:
        gold_labels: attack logs, or a table of labelled replies.
        judge: its name.
        judge_model: card of the model that the judge asks.
        facts: TOML file of who the models are, where they have no card.
        limit: how many labelled replies are read, of each model in proportion; None: all.
        seed: chooses them.
    """

    gold_labels: Path
    judge: str = "text_claim"
    judge_model: str | None = None
    facts: Path | None = None
    limit: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class PreparedValidation:
    """A check, read. `replies` are those to be read, of the `n_labelled` that have a label the judge reads for.

    `without_facts`: models of which only the vendor is known.
    """

    judge: Any
    card: ModelCard | None
    lexicon: Lexicon
    scores: tuple[Score, ...]
    replies: list[LabelledReply]
    n_replies: int
    n_labelled: int
    known: Mapping[str, Identity]
    without_facts: list[str]

    @property
    def asked(self) -> ModelJudge:
        """The judge with the model that it asks."""
        assert self.card is not None, "this judge asks a model"
        return ModelJudge(self.judge, self.card, self.lexicon)


def read(wanted: ValidationRequest) -> PreparedValidation:
    """Return the check that is wanted; nothing is written or asked.

    Raises:
        InputError: labels, judge, model or facts are missing or wrong, or no label is one that the judge reads for.
    """
    card = chosen_judges.judge_card(wanted.judge, wanted.judge_model, "--judge", "--judge-model CARD")
    if card is None and wanted.judge_model is not None:
        raise InputError(
            f"judge {wanted.judge!r} reads the text alone and asks no model.",
            where="--judge-model",
            remedy="Leave it out, or name a judge that asks one.",
        )
    every = labelled.read_labelled(wanted.gold_labels)
    scores = tuple(score for score in SCORES if decides_score(wanted.judge, score))
    usable = [reply for reply in every if any(reply.gold_label(score) is not None for score in scores)]
    if not usable:
        raise InputError(
            f"no row has a label that judge {wanted.judge!r} reads for: {' or '.join(scores)}.",
            where=str(wanted.gold_labels),
            remedy="Fill that column, or take another judge.",
        )
    known, without_facts = labelled.identities((reply.model for reply in usable), wanted.facts)
    return PreparedValidation(
        judge=registry.load(judges, wanted.judge),
        card=card,
        lexicon=lexicons.read_lexicon(),
        scores=scores,
        replies=sample_replies(usable, wanted.limit, wanted.seed),
        n_replies=len(every),
        n_labelled=len(usable),
        known=known,
        without_facts=without_facts,
    )


def require_reachable(prepared: PreparedValidation, home: Home) -> None:
    """Make sure that the judge's model has its key or weights; asks nothing.

    Raises:
        InputError: an environment variable is not set, or a file is not there.
    """
    if prepared.card is not None:
        registry.load(providers, prepared.card.endpoint.provider).require_available(prepared.card, home.models)


class ValidationCalls:
    """A check under way. No dataclass: Prefect would walk through all its replies at each task that is given it."""

    def __init__(self, prepared: PreparedValidation, home: Home) -> None:
        self.prepared, self.home = prepared, home
        self.put_at, self.put_ids = now(), list[str]()
        """When calls were put last, and which."""
        self.seconds, self.n_made = 0.0, 0
        """How long calls of this run were under way, and how many have been answered in it."""
        self._first = [
            failed_call_reason(reply.text) or prepared.asked.call(reply.judged, prepared.known[reply.model])
            for reply in prepared.replies
        ]
        """The first call about each reply, or why there is nothing to read in it."""

    @property
    def title(self) -> str:
        """What its tasks are called after."""
        return f"{self.prepared.judge.name} by {self.prepared.asked.card.name}"

    @property
    def request_ids(self) -> set[str]:
        """The ids of all calls that it may come to."""
        asked = self.prepared.asked
        calls = [first for first in self._first if isinstance(first, JudgeCall)]
        again = (asked.with_attempt(first, n) for first in calls for n in range(ATTEMPTS))
        return {call.request.request_id for call in again}

    def told(self, answers: Mapping[str, Answer]) -> list[JudgeOutcome]:
        """Return what is known of each reply when these answers are there; a failed call is nothing to read."""
        return [
            self.prepared.asked.outcome_so_far(first, self.prepared.known[reply.model], answers)
            if isinstance(first, JudgeCall)
            else JudgeOutcome(first)
            for reply, first in zip(self.prepared.replies, self._first, strict=True)
        ]
