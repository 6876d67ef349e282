"""Names and other texts of one line, as a table, a file's name and a terminal can hold them."""

import re

MOST_CHARACTERS = 500

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line separators, marks that turn the direction of text, and halves of surrogate pairs."""


def one_line(text: str) -> str:
    """Return `text` as it is.

    Raises:
        ValueError: it is blank, longer than `MOST_CHARACTERS`, or holds a character that steers what shows it.
    """
    if not text.strip():
        raise ValueError("it is empty")
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"it has {len(text)} characters, and at most {MOST_CHARACTERS} are allowed")
    if steering := _STEERING.search(text):
        raise ValueError(f"it holds the control character U+{ord(steering[0]):04X}")
    return text


def is_one_line(text: str) -> bool:
    """Return whether `one_line` accepts a text."""
    try:
        one_line(text)
    except ValueError:
        return False
    return True
