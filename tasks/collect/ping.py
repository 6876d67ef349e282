"""One tiny call to each model, which shows that it answers; nothing is stored."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.adapters.models import providers
from tasks.adapters.models.asking import Asker
from tasks.adapters.settings import Home
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.errors import DistillometerError
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rows import Message, Reply, Request

QUESTION = "Reply with the one word: ready"


@dataclass(frozen=True)
class PingResult:
    """Whether a model answered, with its reply or the problem."""

    model: str
    reply_text: str | None
    latency_ms: float | None
    problem: str | None


def ping_models(cards: Sequence[ModelCard], home: Home) -> list[PingResult]:
    """Return one result a card, in the order of the cards; no failure stops the others."""
    return [_ping(card, home) for card in cards]


def _ping(card: ModelCard, home: Home) -> PingResult:
    replies: list[Reply] = []
    single_call = card.model_copy(
        update={"limits": card.limits.model_copy(update={"max_attempts": 1, "concurrency": 1})}
    )
    sampling = card.sampling.for_sample(0)
    request = Request("check", card.name, card.fingerprint, "check", 0, "check", (Message("user", QUESTION),), sampling)
    try:
        with registry.load(providers, card.endpoint.provider).serve(single_call, home.models) as endpoint:
            Asker(single_call, endpoint, replies.append, random.Random(0)).ask([request], is_alone=True)
    except DistillometerError as error:
        return PingResult(card.name, None, None, str(error))
    reply = replies[0]
    problem = None
    if reply.reply_text is None and reply.missing_reason is not MissingReason.EMPTY_REPLY:
        problem = f"{reply.missing_reason}: {reply.error_text}"
    return PingResult(card.name, (reply.reply_text or "(an empty reply)")[:60], reply.latency_ms, problem)
