"""Spellings of true and false in tables."""

SPELLINGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
NOTHING = frozenset({"", "none"})


def truth(value: object) -> bool | None:
    """Return the truth value of a cell; None where it is empty.

    Raises:
        ValueError: it is neither true nor false.
    """
    spelled = "" if value is None else str(value).strip().lower()
    if spelled in NOTHING:
        return None
    if spelled not in SPELLINGS:
        raise ValueError(f"{spelled[:60]!r} is neither true nor false.")
    return SPELLINGS[spelled]
