"""How deep lists and objects of a file may lie within each other: what walks through them has to come to an end."""

from typing import Any

MOST_LEVELS = 100


def is_too_deep(value: Any) -> bool:
    """Return whether lists and dicts lie within each other more than `MOST_LEVELS` deep."""
    level = [value]
    for _ in range(MOST_LEVELS + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, list | tuple | dict)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True
