"""Labelled replies -> how well a judge reads them. Its labels are not kept, only what its model answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from tasks.adapters.planning.judge_validations import PreparedValidation, ValidationCalls
from tasks.adapters.prefect import progress
from tasks.adapters.warehouse import judge_calls, store
from tasks.domain.judging.calls import JudgeOutcome
from tasks.domain.judging.validation import Disagreement, JudgeValidation, Read, checks, disagreements, missing_reasons
from tasks.domain.pricing import call_usd, expected_usd
from tasks.domain.rows import Request

ANSWER_TOKENS = 200
"""About what an answer takes, by which calls that are not made yet are priced."""


@dataclass(frozen=True)
class Ahead:
    """What a check will ask: calls to be made and answered already; about what it costs, None without a price."""

    n_calls: int
    n_answered: int
    usd: float | None


@dataclass(frozen=True)
class Spent:
    """What label took: `n_calls` in all, `n_answered` of them answered in this run; none for a judge of the text alone.

    `seconds_per_1000` replies is None where no call was answered in this run, `usd_per_1000` where the card has no
    price or the endpoint told no tokens.
    """

    n_calls: int = 0
    n_answered: int = 0
    seconds_per_1000: float | None = None
    usd_per_1000: float | None = None


@dataclass(frozen=True)
class JudgeMeasurement:
    """How a judge reads labelled replies, what that took, and why labels are missing."""

    spent: Spent
    checks: list[JudgeValidation]
    disagreements: list[Disagreement]
    missing_reasons: dict[str, int]


def ahead(checking: ValidationCalls) -> Ahead:
    """Return what a check will ask, before anything starts; each answer that can't be read costs one more call."""
    told = checking.outcomes(judge_calls.kept(checking.home, checking.request_ids))
    requests = _requests(told)
    waiting = {one.calls[-1].request.request_id for one in told if one.is_waiting}
    todo = [request for name, request in requests.items() if name in waiting]
    price = checking.prepared.model_judge.card.price
    usd = None if price is None else expected_usd(todo, ANSWER_TOKENS, price)
    return Ahead(len(todo), len(requests) - len(todo), usd)


def measure(checking: ValidationCalls, n_errors: int) -> JudgeMeasurement:
    """Return how the judge's labels compare with the gold labels, as far as its model has answered.

    Args:
        checking: a check whose calls were put.
        n_errors: how many replies to return that were read otherwise than labelled.
    """
    with store.writing(checking.home) as warehouse:
        answers = judge_calls.answers(warehouse, checking.request_ids)
    told = checking.outcomes(answers)
    requests = _requests(told)
    each = 1000 * len(requests) / len(told)
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
        [one.label for one in told],
        Spent(
            n_calls=len(requests),
            n_answered=checking.n_answered,
            seconds_per_1000=each * checking.seconds / checking.n_answered if checking.n_answered else None,
            usd_per_1000=each * sum(usd) / len(usd) if usd else None,
        ),
        n_errors,
    )


def measure_text(prepared: PreparedValidation, n_errors: int) -> JudgeMeasurement:
    """Let a judge that reads the text alone read the replies, and return how that compares with their gold labels.

    Args:
        prepared: what is checked.
        n_errors: how many replies to return that were read otherwise than labelled.
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


def _requests(told: Sequence[JudgeOutcome]) -> dict[str, Request]:
    """Return the calls that labels took so far, each once: equal replies of one model are one call."""
    return {call.request.request_id: call.request for one in told for call in one.calls}


def _measured(prepared: PreparedValidation, labels: Sequence[Read], spent: Spent, n_errors: int) -> JudgeMeasurement:
    return JudgeMeasurement(
        spent=spent,
        checks=checks(prepared.replies, labels, prepared.scores),
        disagreements=disagreements(prepared.replies, labels, n_errors),
        missing_reasons=missing_reasons(labels),
    )
