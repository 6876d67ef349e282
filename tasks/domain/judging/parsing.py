"""A judge model's answer -> its one JSON object, or why it is unreadable. Nothing is assumed."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.domain.missing_reason import MissingReason

TAG = "verdict"
"""The answer is between <verdict> and </verdict>, unless the whole text is JSON."""

Menu = Mapping[str, Sequence[str] | type]
"""The allowed words by key, or `str` for any text or null, or `list`."""


@dataclass(frozen=True)
class Unreadable:
    """An unreadable answer: the reason, and the detail."""

    reason: MissingReason
    detail: str = ""


_THINKING = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_ANY_TAG = re.compile(rf"<\s*/?\s*{TAG}\b", re.IGNORECASE)
_OPENING_TAG, _CLOSING_TAG = f"<{TAG}>", f"</{TAG}>"
_FENCE = re.compile(r"\s*```(?:json|JSON)?[ \t]*\n(?P<body>.*?)\n?[ \t]*```\s*", re.DOTALL)
_REFUSAL = re.compile(
    r"\W*(?:(?:I['\u2019]m|I am|we['\u2019]re|we are)? ?(?:very |so |really )?(?:sorry|afraid)"
    r"|I apologi[sz]e|apologies|unfortunately"
    r"|(?:I|we) (?:can['\u2019]?t|cannot|can not|won['\u2019]?t|will not|must decline|decline|refuse)"
    r"|(?:I['\u2019]m|I am) (?:unable|not able)"
    r"|(?:我)?(?:非常|很|十分)?(?:抱歉|对不起|遗憾)|我?(?:无法|不能|拒绝))",
    re.IGNORECASE,
)


class _SecondValue(ValueError):
    """A key has two values."""


def parse_object(text: str) -> dict[str, Any] | Unreadable:
    """Return the JSON object of an answer, or why it is unreadable.

    The whole text is the object, or the object is between the tags with nothing behind them. A Markdown fence around it
    and reasoning before the tags are allowed. Never raises.
    """
    rest = _THINKING.sub("", text, count=1) if _THINKING.match(text) else text
    if not rest.strip():
        return Unreadable(MissingReason.NO_ANSWER, "empty")
    body = _unfenced(rest)
    if body.startswith(("{", "[")):
        return _whole(body)
    tag = _ANY_TAG.search(rest)
    if tag is None:
        reason = MissingReason.REFUSED if _REFUSAL.match(rest[:200]) else MissingReason.NO_ANSWER
        return Unreadable(reason, f"no {_OPENING_TAG}")
    if not rest.startswith(_OPENING_TAG, tag.start()):
        return Unreadable(MissingReason.BAD_JSON, f"the first tag is not {_OPENING_TAG}")
    return _between_tags(rest[tag.start() + len(_OPENING_TAG) :])


def menu_fault(answer: Mapping[str, Any], menu: Menu) -> Unreadable | None:
    """Return the fault of `answer`; None where it has exactly the keys of `menu`, each with an allowed value."""
    if answer.keys() != menu.keys():
        return Unreadable(MissingReason.OFF_MENU, f"keys {sorted(answer.keys() ^ menu.keys())}")
    for key, allowed in menu.items():
        value = answer[key]
        if isinstance(allowed, type):
            is_allowed = isinstance(value, allowed) or (allowed is str and value is None)
        else:
            is_allowed = isinstance(value, str) and value in allowed
        if not is_allowed:
            return Unreadable(MissingReason.OFF_MENU, f"{key}: {json.dumps(value, ensure_ascii=True)[:80]}")
    return None


def _unfenced(text: str) -> str:
    fence = _FENCE.fullmatch(text)
    return (fence["body"] if fence else text).strip()


def _between_tags(text: str) -> dict[str, Any] | Unreadable:
    """Return the object at the start of `text`, followed by the closing tag and nothing else."""
    fence = _FENCE.match(text)
    start = fence.start("body") if fence else 0
    decoded = _decode_object(text, start)
    if isinstance(decoded, Unreadable):
        inside = text.partition(_CLOSING_TAG)[0].strip()
        return decoded if inside else Unreadable(MissingReason.NO_ANSWER, "nothing between the tags")
    value, end = decoded
    behind = re.sub(r"^\s*```", "", text[end:]) if fence else text[end:]
    behind = behind.strip()
    if not behind.startswith(_CLOSING_TAG):
        is_second = "{" in behind or _ANY_TAG.search(behind)
        reason = MissingReason.TWO_ANSWERS if is_second else MissingReason.BAD_JSON
        return Unreadable(reason, f"no {_CLOSING_TAG} behind the object")
    if behind != _CLOSING_TAG:
        return Unreadable(MissingReason.TWO_ANSWERS, f"text behind {_CLOSING_TAG}")
    return value


def _whole(text: str) -> dict[str, Any] | Unreadable:
    decoded = _decode_object(text, 0)
    if isinstance(decoded, Unreadable):
        return decoded
    value, end = decoded
    return Unreadable(MissingReason.TWO_ANSWERS, "text behind the object") if text[end:].strip() else value


def _decode_object(text: str, start: int) -> tuple[dict[str, Any], int] | Unreadable:
    """Return the object that begins at `start`, white space aside, and where it ends."""
    start += len(text[start:]) - len(text[start:].lstrip())
    try:
        value, end = _DECODER.raw_decode(text, start)
    except _SecondValue as error:
        return Unreadable(MissingReason.TWO_ANSWERS, str(error))
    except (ValueError, RecursionError) as error:
        return Unreadable(MissingReason.BAD_JSON, str(error)[:80])
    if not isinstance(value, dict):
        return Unreadable(MissingReason.BAD_JSON, "not an object")
    return value, end


def _object_of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _SecondValue("a key stands there twice")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object_of_pairs, parse_constant=_no_constant)
