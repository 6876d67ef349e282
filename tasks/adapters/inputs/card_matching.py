"""Matches names from outside with model cards, and with vendors where there is no card."""

import re

from tasks.adapters.inputs import cards, lexicons
from tasks.domain.card import ModelCard


def squeezed(name: str) -> str:
    """Return the letters and digits of a name, by which spellings are compared."""
    return re.sub(r"[\W_]", "", name.lower())


def matching_card(name: str) -> ModelCard | None:
    """Return the card of this name, or the only one whose name differs from it in punctuation and case alone."""
    names = cards.card_names()
    matches = [card for card in names if card == name] or [card for card in names if squeezed(card) == squeezed(name)]
    return cards.read_card(matches[0]) if len(matches) == 1 else None


def vendor_named(name: str) -> str | None:
    """Return the id of the one vendor that a model's name points to, or None."""
    # A model's name has its own capitals and stands alone: after "the AI model" it is no common word.
    spellings = (name, name.title(), name.upper())
    mentioned = (lexicons.read_lexicon().mentions(f"the AI model {spelling}") for spelling in spellings)
    vendors = {mention.vendor for mentions in mentioned for mention in mentions}
    return vendors.pop() if len(vendors) == 1 else None
