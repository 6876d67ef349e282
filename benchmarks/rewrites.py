"""What one who hides a teacher may do to replies without a model: delete, swap words, strip marks."""

import re
from collections.abc import Callable

from tasks.domain.similarity.lexical import without_first_sentence

SYNONYMS = {
    "sure": "certainly",
    "certainly": "of course",
    "here": "below",
    "important": "crucial",
    "crucial": "vital",
    "help": "assist",
    "helps": "assists",
    "helpful": "useful",
    "use": "employ",
    "used": "employed",
    "using": "with",
    "many": "numerous",
    "several": "various",
    "various": "different",
    "also": "too",
    "however": "still",
    "therefore": "hence",
    "because": "since",
    "while": "whereas",
    "often": "frequently",
    "usually": "mostly",
    "example": "instance",
    "examples": "instances",
    "make": "create",
    "makes": "creates",
    "create": "build",
    "provide": "offer",
    "provides": "offers",
    "provided": "offered",
    "include": "contain",
    "includes": "contains",
    "including": "such as",
    "ensure": "guarantee",
    "need": "require",
    "needs": "requires",
    "start": "begin",
    "begin": "start",
    "end": "finish",
    "big": "large",
    "large": "big",
    "small": "little",
    "good": "fine",
    "great": "excellent",
    "best": "finest",
    "simple": "easy",
    "easy": "simple",
    "different": "distinct",
    "new": "novel",
    "people": "persons",
    "way": "manner",
    "ways": "means",
    "steps": "stages",
    "step": "stage",
    "show": "display",
    "think": "believe",
    "know": "understand",
    "get": "obtain",
    "give": "hand",
    "find": "locate",
    "try": "attempt",
    "keep": "retain",
    "some": "a few",
    "overall": "all in all",
    "finally": "lastly",
    "first": "to begin with",
    "following": "subsequent",
}
_WORD = re.compile(r"[A-Za-z]+")
_ITEM = re.compile(r"^(\s*(?:[-*•・]|\d+[.)])\s+)(.*)$")
_MARKS = (
    (re.compile(r"^\s*```.*$", re.MULTILINE), ""),
    (re.compile(r"^\s*#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^(\s*)[-*•・]\s+", re.MULTILINE), r"\1"),
    (re.compile(r"^\s*>\s?", re.MULTILINE), ""),
    (re.compile(r"\*\*|__|`"), ""),
    (re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)"), ""),
)


def paraphrased(text: str) -> str:
    """Return the text with some 60 English words swapped for synonyms, and the items of its list moved on by one."""
    lines = _WORD.sub(_swapped, text).split("\n")
    places = [place for place, line in enumerate(lines) if _ITEM.match(line)]
    parts = [_ITEM.match(lines[place]) for place in places]
    told = [part for part in parts if part]
    for number, place in enumerate(places):
        lines[place] = told[number][1] + told[(number + 1) % len(told)][2]
    return "\n".join(lines)


def _swapped(found: re.Match[str]) -> str:
    word = found[0]
    other = SYNONYMS.get(word.lower(), word)
    return other[:1].upper() + other[1:] if word[0].isupper() and other != word else other


def plain(text: str) -> str:
    """Return the text without the marks of Markdown; numbers of list items stay."""
    for pattern, left in _MARKS:
        text = pattern.sub(left, text)
    return text.strip() or text


REWRITES: dict[str, Callable[[str], str]] = {
    "first sentence removed": without_first_sentence,
    "words swapped, list items moved": paraphrased,
    "Markdown stripped": plain,
}
