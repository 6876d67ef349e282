"""Labelled replies -> the quality of a judge. Its labels are not stored, only the answers of its model."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from tasks.adapters.planning.judge_validations import PreparedValidation, ValidationCalls
from tasks.adapters.prefect import progress
from tasks.adapters.warehouse import judge_calls, store
from tasks.domain.judging.calls import JudgeOutcome
from tasks.domain.judging.validation import (
    Disagreement,
    JudgeResult,
    JudgeValidation,
    disagreements,
    missing_reasons,
    validations_by_group,
)
from tasks.domain.pricing import call_usd, expected_usd
from tasks.domain.rows import Request

ANSWER_TOKENS = 200
"""Approximate tokens of an answer, for the price of calls that are not made yet."""


@dataclass(frozen=True)
class Ahead:
    """The calls of a validation: open and answered ones, and the approximate cost, None without a price."""

    n_calls: int
    n_answered: int
    usd: float | None


@dataclass(frozen=True)
class Spent:
    """The cost of labels: `n_calls` in all, `n_answered` of them in this run; none for a judge of the text alone.

    `seconds_per_1000` replies is None where no call was answered in this run, `usd_per_1000` where the card has no
    price or the endpoint returned no token counts.
    """

    n_calls: int = 0
    n_answered: int = 0
    seconds_per_1000: float | None = None
    usd_per_1000: float | None = None


@dataclass(frozen=True)
class JudgeMeasurement:
    """The quality of a judge on labelled replies, its cost, and the reasons of missing labels."""

    spent: Spent
    checks: list[JudgeValidation]
    disagreements: list[Disagreement]
    missing_reasons: dict[str, int]


def ahead(checking: ValidationCalls) -> Ahead:
    """Return the calls of a validation before it starts; each answer that can't be read costs one more call."""
    outcomes = checking.outcomes(judge_calls.kept(checking.home, checking.request_ids))
    requests = _requests(outcomes)
    waiting = {outcome.calls[-1].request.request_id for outcome in outcomes if outcome.is_waiting}
    todo = [request for name, request in requests.items() if name in waiting]
    price = checking.prepared.model_judge.card.price
    usd = None if price is None else expected_usd(todo, ANSWER_TOKENS, price)
    return Ahead(len(todo), len(requests) - len(todo), usd)


def measure(checking: ValidationCalls, n_errors: int) -> JudgeMeasurement:
    """Return how the judge's labels compare with the gold labels, as far as its model has answered.

    Args:
        checking: a validation whose calls were registered.
        n_errors: the number of replies to return whose label differs from the gold label.
    """
    with store.writing(checking.home) as warehouse:
        answers = judge_calls.answers(warehouse, checking.request_ids)
    outcomes = checking.outcomes(answers)
    requests = _requests(outcomes)
    calls_per_1000 = 1000 * len(requests) / len(outcomes)
    price = checking.prepared.model_judge.card.price
    usd = [
        call_usd(answer.prompt_tokens, answer.completion_tokens, price)
        for name in requests
        if price is not None
        and (answer := answers.get(name)) is not None
        and answer.prompt_tokens is not None
        and answer.completion_tokens is not None
    ]
    return _measured(
        checking.prepared,
        [outcome.label for outcome in outcomes],
        Spent(
            n_calls=len(requests),
            n_answered=checking.n_answered,
            seconds_per_1000=calls_per_1000 * checking.seconds / checking.n_answered if checking.n_answered else None,
            usd_per_1000=calls_per_1000 * sum(usd) / len(usd) if usd else None,
        ),
        n_errors,
    )


def measure_text(prepared: PreparedValidation, n_errors: int) -> JudgeMeasurement:
    """Return how the labels of a judge that reads the text alone compare with the gold labels.

    Args:
        prepared: the validation.
        n_errors: the number of replies to return whose label differs from the gold label.
    """
    labels, title = [], f"label by {prepared.judge.name}"
    started = perf_counter()
    with progress.stage(title, len(prepared.replies)):
        for reply in prepared.replies:
            labels.append(prepared.judge.judge(reply.judged, prepared.identities[reply.model], prepared.lexicon))
            progress.advance(title)
    seconds = perf_counter() - started
    spent = Spent(seconds_per_1000=1000 * seconds / len(prepared.replies), usd_per_1000=0.0)
    return _measured(prepared, labels, spent, n_errors)


def _requests(outcomes: Sequence[JudgeOutcome]) -> dict[str, Request]:
    """Return the calls of labels so far, each once: equal replies of one model are one call."""
    return {call.request.request_id: call.request for outcome in outcomes for call in outcome.calls}


def _measured(
    prepared: PreparedValidation, labels: Sequence[JudgeResult], spent: Spent, n_errors: int
) -> JudgeMeasurement:
    return JudgeMeasurement(
        spent=spent,
        checks=validations_by_group(prepared.replies, labels, prepared.scores),
        disagreements=disagreements(prepared.replies, labels, n_errors),
        missing_reasons=missing_reasons(labels),
    )
