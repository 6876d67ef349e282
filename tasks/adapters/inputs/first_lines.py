"""The beginning of a file of JSON lines, by which formats recognise it."""

import json
from pathlib import Path
from typing import Any

MOST_BYTES = 1 << 20


def first_object(path: Path) -> dict[str, Any]:
    """Return the object of the first line; an empty one where there is none, or it is longer than a megabyte."""
    try:
        with path.open("rb") as file:
            row = json.loads(file.readline(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}
