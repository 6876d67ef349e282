"""What the calls of one stage to one model will cost and how long they will take, as ranges."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pvariance

from tasks.domain.card import FREE, ModelCard
from tasks.domain.pricing import call_usd

WINDOW_S = 24 * 3600.0
"""Within which a batch endpoint answers."""

SPREAD = 1.96
"""Half a 95 % interval in standard errors."""


@dataclass(frozen=True)
class StageCalls:
    """Calls of a stage to one model that are to be made, from `n_least` to `n_most`, besides `n_answered`.

    `prompt_tokens`: of an average call, at least and at most; `answer_tokens`: the most of an answer, None: no limit.
    """

    stage: str
    card: ModelCard
    n_least: int
    n_most: int
    n_answered: int
    prompt_tokens: tuple[float, float]
    answer_tokens: int | None


@dataclass(frozen=True)
class Recorded:
    """Answers of one model that are here: input and output tokens, and milliseconds of each."""

    prompt_tokens: Sequence[float] = ()
    answer_tokens: Sequence[float] = ()
    latency_ms: Sequence[float] = ()


@dataclass(frozen=True)
class StageRange:
    """The cost in US dollars and the time in seconds of a stage's calls, least and most; None: not known.

    `basis`: what the range is from, in words.
    """

    calls: StageCalls
    usd: tuple[float, float | None] | None
    seconds: tuple[float, float]
    basis: str


def total_range(values: Sequence[float], n_least: int, n_most: int) -> tuple[float, float]:
    """Return the range of the sum of `n_least` to `n_most` new values, as like those as another sample is.

    The 95 % prediction interval of a sum: it widens with the new values and with the doubt of the mean.
    """
    mean, variance, n = fmean(values), pvariance(values), len(values)
    low, high = (SPREAD * sqrt(variance * (new + new * new / n)) for new in (n_least, n_most))
    return max(0.0, n_least * mean - low), n_most * mean + high


def stage_range(calls: StageCalls, recorded: Recorded) -> StageRange:
    """Return what the calls cost and how long they take, by recorded answers of their model where there are any."""
    price, limits = calls.card.call_price, calls.card.limits
    n_least, n_most = calls.n_least, calls.n_most
    pauses = [n / limits.requests_per_minute * 60 if limits.requests_per_minute else 0.0 for n in (n_least, n_most)]
    times = (0.0, n_most * limits.timeout_s)
    if recorded.latency_ms:
        low, high = total_range(recorded.latency_ms, n_least, n_most)
        times = low / 1000, high / 1000
    seconds = (
        max(times[0] / limits.concurrency, pauses[0]),
        max(times[1] / limits.concurrency, pauses[1]),
    )
    if calls.card.is_batched:
        seconds = 0.0, WINDOW_S if n_most else 0.0
    if price == FREE:
        return StageRange(calls, (0.0, 0.0), seconds, "served by this machine")
    answers, basis = _answer_range(calls, recorded)
    prompts = (n_least * calls.prompt_tokens[0], n_most * calls.prompt_tokens[1])
    if price is None:
        return StageRange(calls, None, seconds, "the card has no price")
    low_usd = call_usd(prompts[0], answers[0], price)
    return StageRange(
        calls, (low_usd, None if answers[1] is None else call_usd(prompts[1], answers[1], price)), seconds, basis
    )


def _answer_range(calls: StageCalls, recorded: Recorded) -> tuple[tuple[float, float | None], str]:
    most = None if calls.answer_tokens is None else float(calls.n_most * calls.answer_tokens)
    if recorded.answer_tokens:
        low, high = total_range(recorded.answer_tokens, calls.n_least, calls.n_most)
        bounded = high if most is None else min(high, most)
        return (min(low, bounded), bounded), f"{len(recorded.answer_tokens)} recorded answers"
    if most is None:
        return (float(calls.n_least), None), "no limit on the length of answers"
    return (float(calls.n_least), most), f"at most {calls.answer_tokens} tokens an answer"
