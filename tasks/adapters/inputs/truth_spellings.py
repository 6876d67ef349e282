"""How truth is spelled in tables that people and programs write."""

SPELLINGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
NOTHING = frozenset({"", "none"})


def truth(value: object) -> bool | None:
    """Return what a cell says; None where nothing is in it.

    Raises:
        ValueError: it says neither.
    """
    spelled = "" if value is None else str(value).strip().lower()
    if spelled in NOTHING:
        return None
    if spelled not in SPELLINGS:
        raise ValueError(f"{spelled[:60]!r} is neither true nor false.")
    return SPELLINGS[spelled]
