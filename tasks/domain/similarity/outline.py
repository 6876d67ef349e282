"""How a reply is laid out: its headings, steps, bullets, paragraphs, code, tables and formulas in their order."""

from dataclasses import dataclass

import regex

_CODE = regex.compile(r"\s*(?:```|~~~)")
_FORMULA_OPEN, _FORMULA_CLOSE = regex.compile(r"\s*(?:\$\$|\\\[)"), regex.compile(r"\$\$|\\\]")
_LEAD = regex.compile(
    r"(?P<indent>\s*)(?:(?P<heading>\#{1,6}\s+)"
    r"|(?P<step>(?:\*\*)?(?:\d{1,3}[.)、．](?!\d)|[(（](?:\d{1,2}|[一二三四五六七八九十])[)）]|[一二三四五六七八九十]{1,3}[、．.]"
    r"|第[一二三四五六七八九十\d]{1,3}[步点條条章，、：:]|(?:step|Step)\s+\d{1,2}[:.)])\s*)"
    r"|(?P<bullet>[-*+•·–—]\s+)"
    r"|(?P<table>\|)"
    r"|(?P<quote>>))"
)
_BOLD_LINE = regex.compile(r"\s*(\*\*|__)[^*_]+\1\s*[:：]?\s*")
_RULE = regex.compile(r"\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*")
DEEP = 2
"""From so many leading spaces on, an item of a list belongs to another item."""

_ONE_UNIT = frozenset({"paragraph", "table", "quote"})
"""Kinds of which lines that follow each other are one unit."""


@dataclass(frozen=True)
class Outline:
    """`kinds`: the kind of each unit in order. `prose`: the lines outside code, without the marks that begin them."""

    kinds: tuple[str, ...]
    prose: tuple[str, ...]


def outline(text: str) -> Outline:
    """Return how `text` is laid out, from Markdown and from numbering as it is written in English and Chinese."""
    kinds: list[str] = []
    prose: list[str] = []
    inside, before = "", ""
    for line in text.splitlines():
        if inside:
            inside = "" if _ends(inside, line) else inside
            continue
        kind, rest = _kind_and_rest(line)
        if kind in ("code", "formula"):
            kinds.append(kind)
            inside = "" if kind == "formula" and _FORMULA_CLOSE.search(line, pos=_end_of_opening_mark(line)) else kind
        elif kind:
            prose.append(rest)
            if kind not in _ONE_UNIT or kind != before:
                kinds.append(kind)
        before = kind
    return Outline(tuple(kinds), tuple(prose))


def _ends(inside: str, line: str) -> bool:
    if inside == "code":
        return bool(_CODE.match(line))
    # No formula goes over an empty line: where one is left open, what follows is not lost.
    return bool(_FORMULA_CLOSE.search(line)) or not line.strip()


def _end_of_opening_mark(line: str) -> int:
    match = _FORMULA_OPEN.match(line)
    return match.end() if match else 0


def _kind_and_rest(line: str) -> tuple[str, str]:
    """Return a line's kind ("" for an empty one) and its text behind the leading mark."""
    if not line.strip():
        return "", ""
    if _CODE.match(line):
        return "code", ""
    if _FORMULA_OPEN.match(line):
        return "formula", ""
    if _RULE.fullmatch(line):
        return "rule", ""
    lead = _LEAD.match(line)
    if lead is None:
        return ("heading", line) if _BOLD_LINE.fullmatch(line) else ("paragraph", line)
    kind = str(lead.lastgroup)
    is_deep = kind in ("step", "bullet") and len(lead["indent"].expandtabs(4)) >= DEEP
    return (f"deep {kind}" if is_deep else kind), line[lead.end() :]
