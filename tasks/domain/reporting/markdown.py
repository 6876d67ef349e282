"""Markdown for Prefect: tables and sentences with escaped text from outside."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tasks.domain.inert_text import inert

MISSING = "-"
MOST_CHARACTERS = 300
"""Maximum length of a cell; a longer text is truncated and marked."""

_SPECIAL = frozenset("\\`*_{}[]()#+-.!|~$:@^=/")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;", "'": "&#39;"}


def escaped(text: str) -> str:
    """Return `text` escaped for Markdown and HTML: no table cell, link, image, code or tag of its own.

    Line breaks become spaces; characters that are not seen become U+FFFD, so that no two names look the same.
    """
    visible = " ".join(inert(text.replace("\r\n", "\n").replace("\r", "\n")).split())
    if len(visible) > MOST_CHARACTERS:
        visible = f"{visible[:MOST_CHARACTERS]}…"
    return "".join(_ENTITIES.get(sign) or (f"\\{sign}" if sign in _SPECIAL else sign) for sign in visible)


def cell(value: Any) -> str:
    """Return a value as a cell's text; a missing value is a dash, never a zero."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if isinstance(value, float):
        return f"{value:.3f}"
    return escaped(str(value)) or MISSING


def table(rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """Return a table of `rows`; `columns` are their keys by heading."""
    lines = [f"| {' | '.join(escaped(heading) for heading in columns)} |", "|" + " --- |" * len(columns)]
    lines += [f"| {' | '.join(cell(row[name]) for name in columns.values())} |" for row in rows]
    return "\n".join(lines)


def bullets(texts: Sequence[str]) -> str:
    """Return escaped sentences as a list."""
    return "\n".join(f"- {escaped(text)}" for text in texts)
