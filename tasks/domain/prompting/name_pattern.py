"""Many names -> one regular expression that finds the longest name at a place."""

import re
from collections.abc import Iterable
from functools import cache

SEPARATOR = r"[ \t\u00a0_\u2010-\u2013-]?"
"""What a space in a name matches: a space, a hyphen, or nothing."""

WORD = "0-9A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff"
"""Characters of scripts with spaces between words; a name that starts or ends with one needs a boundary there."""

VERSION = r"(?:[ \u2010-\u2013-]?[vV]?\d{1,3}(?:\.\d{1,3})?[a-z]?)"
"""What may follow a model's name: "-4o", "2.5", " 3"."""

_END = ""
_GAPS = re.compile(r"[\s_\u2010-\u2013-]+")


def folded(name: str) -> str:
    """Return `name` in lower case without spaces and hyphens: equal for all spellings of one name."""
    return _GAPS.sub("", name).lower()


@cache
def one_name(name: str, *, is_exact: bool) -> re.Pattern[str]:
    """Return a pattern for `name` alone; `is_exact`: only its own spelling or all capitals, otherwise any case."""
    parts = [re.escape(part) for part in _GAPS.split(name)]
    pattern = SEPARATOR.join(parts)
    if not is_exact:
        return re.compile(pattern, re.IGNORECASE)
    capitals = SEPARATOR.join(re.escape(part.upper()) for part in _GAPS.split(name))
    return re.compile(f"{pattern}|{capitals}" if len(name) > 3 else pattern)


_TWINS = str.maketrans({"\u0130": "i", "\u0131": "i", "\u017f": "s", "\u212a": "k"})
"""Letters that match an ASCII letter when case is ignored, but whose lower case differs from it."""


def may_hold(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that `text` may contain; the pattern of any other name has no match in it."""
    folded_text = folded(text.translate(_TWINS))
    return tuple(name for name in names if folded(name) in folded_text)


def any_name(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds each of `names` in any case; its only group is the name without its version.

    The names are merged into a tree by their first characters, so a search costs about the same for many names as
    for one.
    """
    spaced: dict[str, dict] = {}
    unspaced: dict[str, dict] = {}
    for name in names:
        node = spaced if re.match(f"[{WORD}]", name) else unspaced
        for part in re.findall(r"[\s_\u2010-\u2013-]+|.", name.lower()):
            node = node.setdefault(SEPARATOR if _GAPS.fullmatch(part) else re.escape(part), {})
        boundary = f"(?={VERSION}?(?![{WORD}]))" if re.search(f"[{WORD}]$", name) else ""
        node.setdefault(boundary or "(?=)", {})[_END] = {}
    starts = [f"(?<![{WORD}]){_branches(spaced)}"] if spaced else []
    starts += [_branches(unspaced)] if unspaced else []
    return re.compile(f"({'|'.join(starts) or '(?!)'})(?:{VERSION}(?![{WORD}]))?", re.IGNORECASE)


def _branches(node: dict[str, dict]) -> str:
    """Return the pattern of a tree of characters; longer names come first."""
    if _END in node:
        return ""
    ends = sorted(part for part in node if part.startswith("(?="))
    paths = [part + _branches(node[part]) for part in node if part not in ends]
    return f"(?:{'|'.join(paths + ends)})"
