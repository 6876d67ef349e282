"""The inputs of a judge validation: labelled replies, their models' identities, the judge and its model."""

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
from tasks.domain.ids import content_id
from tasks.domain.judging import judges
from tasks.domain.judging.calls import JudgeCall, JudgeOutcome, ModelJudge, decides_score
from tasks.domain.judging.claim import Identity
from tasks.domain.judging.failures import failed_call_reason
from tasks.domain.judging.judge import ATTEMPTS, Answer
from tasks.domain.judging.validation import SCORES, LabelledReply, Score, sample_replies
from tasks.domain.prompting.lexicon import Lexicon


@dataclass(frozen=True)
class ValidationRequest:
    """The options of the command.

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
    """A validation with its inputs: `replies` for the judge, out of `n_labelled` with a label that the judge reads for.

    `without_facts`: models of which only the vendor is known.
    """

    judge: Any
    card: ModelCard | None
    lexicon: Lexicon
    scores: tuple[Score, ...]
    replies: list[LabelledReply]
    n_replies: int
    n_labelled: int
    identities: Mapping[str, Identity]
    without_facts: list[str]

    @property
    def model_judge(self) -> ModelJudge:
        """The judge with its model."""
        assert self.card is not None, "this judge asks a model"
        return ModelJudge(self.judge, self.card, self.lexicon)


def ledger_name(request: ValidationRequest) -> str:
    """Return the name of the ledger of a validation: the same labels, judge and model have the same budget."""
    what = [str(request.gold_labels), request.judge, request.judge_model, request.limit, request.seed]
    return f"validate-judge-{content_id('validation', what)}"


def read(request: ValidationRequest) -> PreparedValidation:
    """Return the requested validation; this writes nothing and calls no model.

    Raises:
        InputError: labels, judge, model or facts are missing or wrong, or no label is one that the judge reads for.
    """
    card = chosen_judges.judge_card(request.judge, request.judge_model, "--judge", "--judge-model CARD")
    if card is None and request.judge_model is not None:
        raise InputError(
            f"judge {request.judge!r} reads the text alone and asks no model.",
            where="--judge-model",
            remedy="Leave it out, or name a judge that asks one.",
        )
    replies = labelled.read_labelled(request.gold_labels)
    scores = tuple(score for score in SCORES if decides_score(request.judge, score))
    usable = [reply for reply in replies if any(reply.gold_label(score) is not None for score in scores)]
    if not usable:
        raise InputError(
            f"no row has a label that judge {request.judge!r} reads for: {' or '.join(scores)}.",
            where=str(request.gold_labels),
            remedy="Fill that column, or take another judge.",
        )
    identities, without_facts = labelled.identities((reply.model for reply in usable), request.facts)
    return PreparedValidation(
        judge=registry.load(judges, request.judge),
        card=card,
        lexicon=lexicons.read_lexicon(),
        scores=scores,
        replies=sample_replies(usable, request.limit, request.seed),
        n_replies=len(replies),
        n_labelled=len(usable),
        identities=identities,
        without_facts=without_facts,
    )


def require_reachable(prepared: PreparedValidation, home: Home) -> None:
    """Require the key or the weights of the judge's model; calls no model.

    Raises:
        InputError: an environment variable is not set, or a file is not there.
    """
    if prepared.card is not None:
        registry.load(providers, prepared.card.endpoint.provider).require_available(prepared.card, home.models)


class ValidationCalls:
    """A validation under way. No dataclass: Prefect would walk through all its replies at each task that takes it."""

    def __init__(self, prepared: PreparedValidation, home: Home) -> None:
        self.prepared, self.home = prepared, home
        self.submitted_at, self.submitted_ids = now(), list[str]()
        """Time and ids of the calls that were registered last."""
        self.seconds, self.n_answered = 0.0, 0
        """Seconds that calls of this run took, and the number of calls that were answered in it."""
        self._first = [
            failed_call_reason(reply.text) or prepared.model_judge.call(reply.judged, prepared.identities[reply.model])
            for reply in prepared.replies
        ]
        """The first call about each reply, or the missing reason of a reply without text."""

    @property
    def title(self) -> str:
        """The title of its tasks."""
        return f"{self.prepared.judge.name} by {self.prepared.model_judge.card.name}"

    @property
    def request_ids(self) -> set[str]:
        """The ids of all possible calls, with every attempt."""
        model_judge = self.prepared.model_judge
        calls = [first for first in self._first if isinstance(first, JudgeCall)]
        again = (model_judge.with_attempt(first, n) for first in calls for n in range(ATTEMPTS))
        return {call.request.request_id for call in again}

    def outcomes(self, answers: Mapping[str, Answer]) -> list[JudgeOutcome]:
        """Return the outcome of each reply, given these answers; a failed call gives a missing reason."""
        return [
            self.prepared.model_judge.outcome_so_far(first, self.prepared.identities[reply.model], answers)
            if isinstance(first, JudgeCall)
            else JudgeOutcome(first)
            for reply, first in zip(self.prepared.replies, self._first, strict=True)
        ]
