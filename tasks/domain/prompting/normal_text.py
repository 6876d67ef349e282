"""The text by which a prompt is known: what sources of the same prompt write differently is made equal."""

import re
from unicodedata import is_normalized, normalize

_BLANKS_BEFORE_LINE_END = re.compile(r"[^\S\n]+\n")


def normal_text(text: str) -> str:
    r"""Return `text` in Unicode's form NFC, with line ends `\n`, without blanks at line ends, nor around the whole.

    Blanks within a line stay: they are part of code and of tables. A text that is normal already comes back as it is.
    """
    if not is_normalized("NFC", text):
        text = normalize("NFC", text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _BLANKS_BEFORE_LINE_END.sub("\n", text).strip()
