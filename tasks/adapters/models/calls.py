"""Calls whichever way they are sent: the body of a call, and the outcome of a request as a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tasks.adapters import secrets, settings
from tasks.adapters.models.failures import Failure, part
from tasks.domain.card import ModelCard
from tasks.domain.errors import DistillometerError, WorldError
from tasks.domain.ids import reply_id
from tasks.domain.missing_reason import MissingReason
from tasks.domain.ports import Endpoint
from tasks.domain.pricing import asks_for_cost, cost_of
from tasks.domain.rows import Reply, Request
from tasks.domain.storable import storable_text

BUDGET = Failure(
    MissingReason.STOPPED_BY_BUDGET, "what is left of the budget is less than the greatest possible cost of a call"
)


@dataclass(frozen=True)
class Answer:
    """A text that an endpoint returned, its finish reason, and what was counted; `usage` may have any shape."""

    text: str
    finish: str | None
    usage: Any


def body_of(request: Request, card: ModelCard, endpoint: Endpoint) -> dict[str, Any]:
    """Return the body of the call that `request` stands for."""
    messages: list[Any] = [{"role": turn.role, "content": turn.content} for turn in request.messages]
    if card.system_prompt and messages[0]["role"] != "system":
        messages.insert(0, {"role": "system", "content": card.system_prompt})
    sampling = {name: value for name, value in request.sampling.items() if name != "extra_body"}
    body = {"model": endpoint.served_name, "messages": messages, **sampling, **request.sampling.get("extra_body", {})}
    if asks_for_cost(endpoint.base_url):
        body.setdefault("usage", {"include": True})
    return body


def unsendable_key(endpoint: Endpoint) -> Failure | None:
    """Return the failure of calls whose key no HTTP header can hold; None where it can be sent."""
    key = endpoint.key or ""
    if key.isascii() and key.isprintable():
        return None
    text = "the key holds a line break or another character that can't be sent"
    return Failure(MissingReason.WRONG_KEY, text, is_unbilled=True)


@contextmanager
def no_key_in_errors(card: ModelCard) -> Iterator[None]:
    """Raise a WorldError without the key in the place of an unforeseen error that holds it."""
    try:
        yield
    except DistillometerError:
        raise
    except Exception as error:
        if secrets.holds_secret(error):  # What Prefect stores of a run that has failed is no log record.
            text = secrets.without_secrets(f"{type(error).__name__}: {error}")
            raise WorldError(text, where=f"model {card.name}") from None
        raise


def without_key(failure: Failure, endpoint: Endpoint) -> Failure:
    """Return `failure` with the key removed from its text, and the text cut to 500 characters."""
    text = failure.text.replace(endpoint.key, "(key)") if endpoint.key else failure.text
    return replace(failure, text=text[:500])


def billed_usd(result: Answer | Failure, card: ModelCard) -> float | None:
    """Return what a call cost in US dollars; None: not known, so that its greatest cost counts."""
    if isinstance(result, Failure) and result.is_unbilled:
        return 0.0
    cost = cost_of(result.usage, card.call_price)
    return cost.usd if cost else None


def reply_of(
    request: Request,
    card: ModelCard,
    endpoint: Endpoint,
    result: Answer | Failure,
    *,
    latency_ms: float | None,
    n_attempts: int,
) -> Reply:
    """Return the outcome of a request as a row, without the key that an endpoint may repeat."""
    at, failure = settings.now(), result if isinstance(result, Failure) else None
    answer = None if isinstance(result, Failure) else result
    text = None if answer is None else storable_text(secrets.reply_without_secrets(answer.text, endpoint.key))
    finish = None if answer is None else answer.finish
    cost = None if failure is not None and failure.usage is None else cost_of(result.usage, card.call_price)
    return Reply(
        reply_id=reply_id(request.request_id, text, at.isoformat()),
        request_id=request.request_id,
        reply_text=text,
        missing_reason=failure.reason if failure else None,
        error_text=storable_text(failure.text) if failure else None,
        finish_reason=None if finish is None else storable_text(secrets.reply_without_secrets(finish, endpoint.key)),
        prompt_tokens=_count(result.usage, "prompt_tokens"),
        completion_tokens=_count(result.usage, "completion_tokens"),
        latency_ms=None if latency_ms is None else round(latency_ms, 1),
        n_attempts=n_attempts,
        replied_at=at,
        source="asked",
        cost_usd=cost.usd if cost else None,
        cost_source=cost.source if cost else None,
    )


def _count(usage: Any, name: str) -> int | None:
    value = part(usage, name)
    return value if isinstance(value, int) and 0 <= value < 2**63 else None
