"""Text from outside as it may be shown: nothing in it steers a terminal, reorders what is read, or hides."""

import regex

PLACEHOLDER = "\N{REPLACEMENT CHARACTER}"

_HIDDEN = regex.compile(r"(?V1)[[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\n\t\uFE0E\uFE0F]]")
"""Controls, marks of direction, what has no width or is no character; not the two selectors that emoji need."""


def inert(text: str) -> str:
    """Return `text` with each character that is not seen replaced, one for one, by U+FFFD; it needs no second time."""
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(PLACEHOLDER, text)


def spelled_out(text: str) -> str:
    """Return `text` with each character that is not seen named, such as ⟨U+202E⟩: for files that people read on."""
    return _HIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", text)
