"""What to say where somebody gave a name that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches

from tasks.domain.errors import InputError

MOST_NAMED, MOST_NEAR = 12, 5


def suggestions(name: str, known: Iterable[str]) -> list[str]:
    """Return what of `known` is near to `name`, the nearest first, whatever the case; then what `name` is a part of."""
    by_lower = {each.lower(): each for each in sorted(set(known))}
    near = [by_lower[match] for match in get_close_matches(name.lower(), by_lower, n=MOST_NEAR)]
    return near + [each for lower, each in by_lower.items() if name and name.lower() in lower and each not in near]


def unknown_name(what: str, name: str, known: Iterable[str], where: str = "") -> InputError:
    """Return the error that names what is near to `name`, or some of what is known where nothing is.

    Args:
        what: the kind of thing, such as `model`.
        name: what was given.
        known: all names that there are.
        where: file or option at which it was given.
    """
    names = sorted(set(known))
    if near := suggestions(name, names):
        remedy = f"Near to it: {', '.join(near[:MOST_NAMED])}."
    elif names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        remedy = f"Known: {', '.join(names[:MOST_NAMED])}{more}."
    else:
        remedy = "None is known yet."
    return InputError(f"there is no {what} {name!r}.", where=where, remedy=remedy)
