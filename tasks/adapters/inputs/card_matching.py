"""Which model card a name from outside means, and who made a model that has none."""

import re

from tasks.adapters.inputs import cards, lexicons
from tasks.domain.card import ModelCard


def squeezed(name: str) -> str:
    """Return the letters and digits of a name: all that counts when spellings differ."""
    return re.sub(r"[\W_]", "", name.lower())


def matching_card(name: str) -> ModelCard | None:
    """Return the card of this name, or the only one whose name differs from it in punctuation and case alone."""
    known = cards.card_names()
    found = [card for card in known if card == name] or [card for card in known if squeezed(card) == squeezed(name)]
    return cards.read_card(found[0]) if len(found) == 1 else None


def vendor_named(name: str) -> str | None:
    """Return the id of the one vendor that a model's name points to, or None."""
    # A model's name has its own capitals, and stands alone: said of a model, it is no common word.
    spellings = (name, name.title(), name.upper())
    mentioned = (lexicons.read_lexicon().mentions(f"the AI model {spelling}") for spelling in spellings)
    found = {mention.vendor for mentions in mentioned for mention in mentions}
    return found.pop() if len(found) == 1 else None
