"""A reply, cut into statements: sentences, each with the voice that speaks it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tasks.domain.claims.cue import FIELD, ZH_FIELD

LONGEST = 600
"""Characters after which a text without full stops is cut, so that the cost of a statement is bounded."""

SHORTEST_ECHO = 12
"""A shorter sentence that also stands in the prompt may be the speaker's own all the same."""

Voice = Literal["assistant", "role", "user"]
"""Who speaks: the assistant itself, a voice under a label such as "[DAN]:", or the user in a dialogue."""


@dataclass(frozen=True)
class Statement:
    """One sentence; `label`: that of its line or block. `is_echo`: the prompt contains it too."""

    text: str
    voice: Voice = "assistant"
    label: str | None = None
    is_echo: bool = False


_STOP = re.compile(r"[!?;]+(?=[\s\"'\u201d\u2019)*_]|$)|(?<!\b[A-Z])\.+(?=[\s\"'\u201d\u2019)*_]|$)|[。！？；…]+")
_CLOSING = re.compile(r"[\"'\u201d\u2019)\]*_]*\s*")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|Inc|Corp|Ltd|Co|Dr|Mr|Mrs|Ms|Prof|No|St|U\.S|a\.k\.a)$", re.IGNORECASE)
_LABEL = re.compile(
    r"[\s>#*_|-]*(?:"
    r"(?P<boxed>[\[(【（<]\s*[^\])】）>\n]{1,40}[\])】）>])[\s*_]*[:：]?"
    r"|(?P<plain>[^\W\d_][\w .+'-]{0,30}(?:\([^)\n]{1,30}\))?)[*_\s]*[:：](?=[\s*_\"“]|[^\x00-\x7f]|$)"
    r")[\s*_]*"
)
_USER = re.compile(
    r"(?:user|human|you|me|customer|interviewer|question|q|query|prompt|input|"
    r"用户|人类|提问者?|问|问题|采访者|主持人|记者)\W*\d*\W*",
    re.IGNORECASE,
)
_NO_VOICE = re.compile(
    rf"(?:{FIELD}|{ZH_FIELD}|note|answer|a|reply|response|summary|disclaimer|warning|example|output|translation|"
    r"答|回答|回复|答案|注|注意|说明|提示|翻译|例如)\W*",
    re.IGNORECASE,
)


def statements(text: str, prompt: str | None = None) -> Iterator[Statement]:
    """Yield the statements of `text` in order; those that also stand in `prompt` are marked as echoes."""
    prompt_words = _squeezed(prompt) if prompt else ""
    voice: Voice = "assistant"
    label: str | None = None
    for line in text.split("\n"):
        match = _LABEL.match(line)
        start = 0
        if match and (name := _speaker_name(match)):
            label, start = name, match.end()
            voice = "user" if _USER.fullmatch(name) else "role"
        for sentence in _sentences(line[start:]):
            squeezed = _squeezed(sentence) if prompt_words else ""
            is_echo = len(squeezed) > SHORTEST_ECHO and squeezed in prompt_words
            yield Statement(sentence, voice, label, is_echo)


def _speaker_name(match: re.Match[str]) -> str | None:
    """Return the speaker that a label names; None where the words before a colon are a heading or a field of a form."""
    name = (match["boxed"] or match["plain"]).strip(" []()【】（）<>*_")
    if match["plain"] and (len(name.split()) > 4 or _NO_VOICE.fullmatch(name)):
        return None
    return name or None


def _sentences(line: str) -> Iterator[str]:
    start = 0
    for stop in _STOP.finditer(line):
        if stop[0] == "." and _ABBREVIATION.search(line[max(start, stop.start() - 8) : stop.start()]):
            continue
        closing = _CLOSING.match(line, stop.end())
        end = closing.end() if closing else stop.end()
        yield from _pieces(line[start:end])
        start = end
    yield from _pieces(line[start:])


def _pieces(sentence: str) -> Iterator[str]:
    for start in range(0, len(sentence), LONGEST):
        piece = sentence[start : start + LONGEST].strip()
        if piece:
            yield piece


def _squeezed(text: str) -> str:
    return " ".join(re.sub(r"[*_`#>]+", "", text).lower().split())
