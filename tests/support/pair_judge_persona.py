"""A judge of pairs whose grades are known: pair-judge grades two replies by the share of words that they have in common.

What it says is `planted(first, second)`. With options after a +, in this order:

=============  =====================================================================================================
longer-first   one more for content where the first reply is the longer one: a planted position bias
flaky          no readable answer to a fifth of the pairs, when it is asked with seed 1
mute           no readable answer to a seventh of the pairs, however often it is asked
=============  =====================================================================================================
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

_NAME = re.compile(r"pair-judge(?P<biased>\+longer-first)?(?P<flaky>\+flaky)?(?P<mute>\+mute)?")
_REPLIES = re.compile(
    r"<first-(?P<token>[0-9a-f]+)>\n(?P<first>.*)\n</first-(?P=token)>\n\n"
    r"<second-(?P=token)>\n(?P<second>.*)\n</second-(?P=token)>",
    re.DOTALL,
)
_WORD = re.compile(r"[a-z]+|[\u4e00-\u9fff]")

Grades = tuple[int, int, int]


def is_known(served_name: str) -> bool:
    """Say whether a judge answers under this name."""
    return _NAME.fullmatch(served_name) is not None


def planted(first: str, second: str, *, is_biased: bool = False) -> Grades:
    """Return style, structure and content as the judge grades them."""
    left, right = (set(_WORD.findall(text.lower())) for text in (first, second))
    common = 2 * len(left & right) / max(1, len(left) + len(right))
    grade = 1 + round(4 * common)
    content = min(5, grade + 1) if is_biased and len(first) > len(second) else grade
    return grade, max(1, grade - 1), content


def is_mute(first: str, second: str) -> bool:
    """Say whether a judge with +mute never grades this pair, in either order."""
    return _number("mute", *sorted((first, second))) % 7 == 0


def reply(served_name: str, messages: Sequence[dict[str, Any]], seed: int) -> str:
    """Return the judge's answer to what a judge of pairs asks."""
    name = _NAME.fullmatch(served_name)
    fenced = _REPLIES.search(str(messages[-1]["content"]))
    if name is None or fenced is None:
        return "There is nothing to compare here."
    first, second = fenced["first"], fenced["second"]
    if name["mute"] and is_mute(first, second):
        return '<verdict>{"note": "", "style": 7, "structure": 7, "content": 7}</verdict>'
    if name["flaky"] and seed == 1 and _number("flaky", first, second) % 5 == 0:
        return "They are rather alike, I should say."
    grades = planted(first, second, is_biased=name["biased"] is not None)
    answer = dict(zip(("note", "style", "structure", "content"), ("Words in common.", *grades), strict=True))
    return f"<verdict>{json.dumps(answer)}</verdict>"


def _number(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:8])
