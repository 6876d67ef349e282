"""Costs of calls: what a reply cost, what a call can cost at most, and what planned calls are expected to cost."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal
from urllib.parse import urlsplit

from tasks.domain.card import FREE, ModelCard, Price
from tasks.domain.rows import Message, Request

BYTES_PER_TOKEN = 4
"""Approximately right for English (one byte a letter) and for Chinese (three bytes a character)."""

TOKENS_OF_CALL = 256
"""More than what chat templates add to a call, among it the system prompts that some of them bring."""

TOKENS_OF_TURN = 16
"""More than what chat templates add to a turn."""

CostSource = Literal["provider", "price", "free"]
"""Where a cost is from: the provider's own figure, tokens at the card's price, or a model that costs nothing."""


@dataclass(frozen=True)
class Cost:
    """The cost of one call in US dollars, and where the figure is from."""

    usd: float
    source: CostSource


def call_usd(prompt_tokens: float, completion_tokens: float, price: Price) -> float:
    """Return the cost of one call in US dollars."""
    return (prompt_tokens * price.input_usd + completion_tokens * price.output_usd) / 1e6


def cost_of(usage: Any, price: Price | None) -> Cost | None:
    """Return what a call cost by its answer's `usage`, whose shape is not trusted; None where that does not tell.

    A provider's own figure (`usage.cost`, as OpenRouter sends it) goes before the one by tokens. Where a provider
    counts reasoning in the total alone, the total counts: it is billed as output.
    """
    counts = usage if isinstance(usage, Mapping) else {}
    stated = _amount(counts.get("cost"))
    if stated is not None:
        details = counts.get("cost_details")
        upstream = details.get("upstream_inference_cost") if isinstance(details, Mapping) else None
        # With a key of one's own at the provider behind, `cost` is no more than the fee.
        return Cost(stated + ((_amount(upstream) or 0.0) if counts.get("is_byok") is True else 0.0), "provider")
    if price is None:
        return None
    if price == FREE:
        return Cost(0.0, "free")
    prompt, answer, total = (_count(counts.get(f"{kind}_tokens")) for kind in ("prompt", "completion", "total"))
    if prompt is None or answer is None:
        return None
    return Cost(call_usd(prompt, max(answer, (total or 0) - prompt), price), "price")


def _amount(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    try:
        return float(value) if is_number and isfinite(value) and value >= 0 else None
    except OverflowError:
        return None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def asks_for_cost(base_url: str) -> bool:
    """Return whether the provider at this address says what a call cost if its body asks for it."""
    host = urlsplit(base_url).hostname or ""
    return host == "openrouter.ai" or host.endswith(".openrouter.ai")


def most_answer_tokens(sent: Mapping[str, Any]) -> int | None:
    """Return the most tokens of a call's answers, given its sampling parameters; None where nothing bounds them."""
    body = {**sent, **sent.get("extra_body", {})}
    limits = [body[name] for name in ("max_tokens", "max_completion_tokens") if body.get(name) is not None]
    n_answers = max((body[name] for name in ("n", "best_of") if body.get(name) is not None), default=1)
    if not limits or not all(isinstance(value, int) and value > 0 for value in (*limits, n_answers)):
        return None
    return int(max(limits) * n_answers)


def most_prompt_tokens(request: Request, system_prompt: str | None) -> int:
    """Return an upper bound on a call's input tokens: no tokenizer makes more tokens than there are bytes."""
    texts = [turn.content or "" for turn in request.messages] + [system_prompt or ""]
    # A schema of the answer's form is part of the input at some providers.
    texts.append(json.dumps(request.sampling, ensure_ascii=False))
    n_turns = len(request.messages) + (system_prompt is not None)
    return sum(map(_n_bytes, texts)) + TOKENS_OF_CALL + TOKENS_OF_TURN * n_turns


def greatest_usd(request: Request, card: ModelCard) -> float | None:
    """Return the greatest possible cost of one call in US dollars; None where it has no bound or no known price."""
    price, answer_tokens = card.call_price, most_answer_tokens(request.sampling)
    if price is not None and price.input_usd == price.output_usd == 0:
        return 0.0
    if price is None or answer_tokens is None:
        return None
    return call_usd(most_prompt_tokens(request, card.system_prompt), answer_tokens, price)


def expected_usd(requests: Iterable[Request], answer_tokens: int, price: Price) -> float:
    """Return the estimated cost of calls in US dollars, each with an answer of `answer_tokens`."""
    return sum(call_usd(about_tokens(request.messages), answer_tokens, price) for request in requests)


def most_usd(n_calls: int, longest: Iterable[Message], answer_tokens: int, price: Price) -> float:
    """Return the estimated maximum cost of `n_calls` calls in US dollars, if none is longer than `longest`."""
    return n_calls * call_usd(about_tokens(longest), answer_tokens, price)


def about_tokens(messages: Iterable[Message]) -> int:
    """Return the approximate number of input tokens of a call."""
    return sum(_n_bytes(turn.content or "") for turn in messages) // BYTES_PER_TOKEN


def _n_bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
