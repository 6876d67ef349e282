"""Sentences of templates: their ends, their language, and where a further sentence fits."""

from collections.abc import Mapping

import regex

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.prompting.template import PLACEHOLDER

Wordings = Mapping[str, tuple[str, ...]]
"""Sentences by language, `en` and `zh`."""

_PIECE = regex.compile(
    r".*?(?:(?:(?<!\d)\.|[!?])[.!?]*[\"'”’)\]]*(?:[ \t]+|$|(?=\n))|[。！？]+[”’」』）】]*[ \t]*|\n|$)\n*", regex.DOTALL
)
_CLOSED = regex.compile(r"[.!?。！？)）\]】}”\"']\s*$")
_HAN = regex.compile(r"\p{Han}")
_SPACED = regex.compile(r"[\p{L}--\p{Han}]+", regex.V1)


def pieces(text: str) -> list[str]:
    """Return the sentences and lines of `text`; joined they equal the text. No placeholder is split."""
    return [piece for piece in _PIECE.findall(text) if piece]


def language_of(text: str) -> str:
    """Return "zh" where `text` has more Chinese characters than words of other scripts, else "en"."""
    bare = text.replace(PLACEHOLDER, " ")
    return "zh" if len(_HAN.findall(bare)) > len(_SPACED.findall(bare)) else "en"


def with_sentence(text: str, sentence: str, rng: Chance) -> str:
    """Return `text` with `sentence` before or after it; never after a text with an open end."""
    is_open = not text.rstrip().endswith(PLACEHOLDER) and not _CLOSED.search(text)
    if is_open or rng.random() < 0.5:
        return f"{sentence}\n\n{text}"
    return f"{text.rstrip()}\n\n{sentence}"


def unused_sentence(wordings: Wordings, text: str, rng: Chance) -> str | None:
    """Return a sentence in the language of `text` that it does not contain, or None where it contains all."""
    unused = [wording for wording in wordings[language_of(text)] if wording not in text]
    return pick(unused, rng) if unused else None
