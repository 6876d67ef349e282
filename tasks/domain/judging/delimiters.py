"""Quotes hostile text for a judge: no text can end its quotation, hide in it or exceed the limit."""

import unicodedata
from dataclasses import dataclass
from functools import cache

from tasks.domain.ids import content_id

MOST_CHARACTERS = 12_000
"""A judge sees the beginning and the end of a longer text, this many characters in all, and how many are missing."""

TOKEN_LENGTH = 16

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_PLAIN = "\n\t"
_HIDDEN_SELECTORS = ((0xFE00, 0xFE0D), (0xE0100, 0xE01EF))
"""Variation selectors that no emoji needs and that can carry invisible text."""


@dataclass(frozen=True)
class Excerpt:
    """A text as a judge sees it: whole, or without `n_truncated` characters in the middle."""

    parts: tuple[str, ...]
    n_truncated: int = 0


def visible(text: str) -> str:
    """Return `text` with each invisible character, such as a bidi mark, written as ⟨U+202E⟩."""
    return text if text.isascii() and text.isprintable() else "".join(map(_visible_character, text))


def excerpt(text: str, most: int = MOST_CHARACTERS) -> Excerpt:
    """Return the excerpt of `text`: at most `most` characters, invisible ones written out, the middle omitted."""
    if len(text) <= most:
        whole = visible(text)
        if len(whole) <= most:
            return Excerpt((whole,))
    half = most // 2
    head = _first_pieces([_visible_character(char) for char in text[:half]], half)
    tail = _first_pieces([_visible_character(char) for char in reversed(text[-half:])], half)
    return Excerpt(("".join(head), "".join(reversed(tail))), len(text) - len(head) - len(tail))


def fence_token(*texts: str) -> str:
    """Return a token that depends on `texts` alone and that none of them contains in any width or case."""
    haystack = "\n".join(unicodedata.normalize("NFKC", text).casefold() for text in texts)
    attempt = 0
    while (token := content_id("fence", list(texts), attempt)[:TOKEN_LENGTH]) in haystack:
        attempt += 1
    return token


def fenced(label: str, text: Excerpt, token: str) -> str:
    """Return `text` between fences with `token`, which also marks the omitted middle."""
    gap = f"\n[{token}: {text.n_truncated} characters are left out here]\n"
    return f"<{label}-{token}>\n{gap.join(text.parts)}\n</{label}-{token}>"


@cache
def _visible_character(char: str) -> str:
    code = ord(char)
    is_selector = any(low <= code <= high for low, high in _HIDDEN_SELECTORS)
    if char not in _PLAIN and (is_selector or unicodedata.category(char) in _HIDDEN_CATEGORIES):
        return f"⟨U+{code:04X}⟩"
    return char


def _first_pieces(pieces: list[str], most: int) -> list[str]:
    """Return the first of `pieces` that together have at most `most` characters."""
    length = 0
    for number, piece in enumerate(pieces):
        length += len(piece)
        if length > most:
            return pieces[:number]
    return pieces
