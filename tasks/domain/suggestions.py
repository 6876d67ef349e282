"""Error messages for names that do not exist."""

from collections.abc import Iterable
from difflib import get_close_matches

from tasks.domain.errors import InputError

MOST_NAMED, MOST_NEAR, MOST_SHOWN = 12, 5, 120


def suggestions(name: str, valid_names: Iterable[str]) -> list[str]:
    """Return the valid names near to `name`, the nearest first, in any case; then those that contain `name`."""
    by_lower = {each.lower(): each for each in sorted(set(valid_names))}
    near = [by_lower[match] for match in get_close_matches(name.lower(), by_lower, n=MOST_NEAR)]
    return near + [each for lower, each in by_lower.items() if name and name.lower() in lower and each not in near]


def unknown_name(what: str, name: str, valid_names: Iterable[str], where: str = "") -> InputError:
    """Return the error that lists the valid names near to `name`, or the first valid names where none is near.

    Args:
        what: the kind of thing, such as `model`.
        name: what the user gave.
        valid_names: all names that exist.
        where: file or option where the user gave it.
    """
    names = sorted(set(valid_names))
    if near := suggestions(name, names):
        remedy = f"Near to it: {', '.join(near[:MOST_NAMED])}."
    elif names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        remedy = f"Known: {', '.join(names[:MOST_NAMED])}{more}."
    else:
        remedy = "None is known yet."
    shown = repr(name if len(name) <= MOST_SHOWN else f"{name[:MOST_SHOWN]}...")
    return InputError(f"there is no {what} {shown}.", where=where, remedy=remedy)
