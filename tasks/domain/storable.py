"""Text that UTF-8 can hold: a reply that was cut within an emoji holds half of a surrogate pair, which it can't."""

from typing import Any


def storable_text(text: str) -> str:
    r"""Return `text` with each lone half of a surrogate pair written out in six characters, such as `\ud83d`."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def storable(value: Any) -> Any:
    """Return a value of JSON with all its texts storable, those of keys included."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable_text(key): storable(item) for key, item in value.items()}
    return value
