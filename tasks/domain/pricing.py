"""Costs of calls at the price of a model's card, and estimated costs of planned calls."""

from collections.abc import Iterable

from tasks.domain.card import Price
from tasks.domain.rows import Message, Request

BYTES_PER_TOKEN = 4
"""Approximately right for English (one byte a letter) and for Chinese (three bytes a character)."""


def call_usd(prompt_tokens: int, completion_tokens: int, price: Price) -> float:
    """Return the cost of one call in US dollars."""
    return (prompt_tokens * price.input_usd + completion_tokens * price.output_usd) / 1e6


def expected_usd(requests: Iterable[Request], answer_tokens: int, price: Price) -> float:
    """Return the estimated cost of calls in US dollars, each with an answer of `answer_tokens`."""
    return sum(call_usd(_about_tokens(request.messages), answer_tokens, price) for request in requests)


def most_usd(n_calls: int, longest: Iterable[Message], answer_tokens: int, price: Price) -> float:
    """Return the estimated maximum cost of `n_calls` calls in US dollars, if none is longer than `longest`."""
    return n_calls * call_usd(_about_tokens(longest), answer_tokens, price)


def _about_tokens(messages: Iterable[Message]) -> int:
    texts = (turn.content or "" for turn in messages)
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) // BYTES_PER_TOKEN
