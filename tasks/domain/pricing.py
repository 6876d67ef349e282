"""What calls cost at the price of a model's card, and about what calls will cost that are not made yet."""

from collections.abc import Iterable

from tasks.domain.card import Price
from tasks.domain.rows import Message, Request

BYTES_PER_TOKEN = 4
"""About right for English (one byte a letter) and for Chinese (three bytes a character) alike."""


def call_usd(prompt_tokens: int, completion_tokens: int, price: Price) -> float:
    """Return what one call cost."""
    return (prompt_tokens * price.input_usd + completion_tokens * price.output_usd) / 1e6


def expected_usd(requests: Iterable[Request], answer_tokens: int, price: Price) -> float:
    """Return about what calls will cost, each answered in `answer_tokens`."""
    return sum(call_usd(_about_tokens(request.messages), answer_tokens, price) for request in requests)


def most_usd(n_calls: int, longest: Iterable[Message], answer_tokens: int, price: Price) -> float:
    """Return about what so many calls cost at most, if none says more than `longest`."""
    return n_calls * call_usd(_about_tokens(longest), answer_tokens, price)


def _about_tokens(messages: Iterable[Message]) -> int:
    texts = (turn.content or "" for turn in messages)
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) // BYTES_PER_TOKEN
