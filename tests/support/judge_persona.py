"""A judge model whose truth is known: judge-finds-VENDOR calls a reply foreign where it has VENDOR's id in its words.

It answers in the form that the judge asks for: that of a claim, or of a contradiction. With `+flaky` at the end it
gives no readable answer to a fifth of the questions, when it is asked with seed 1; with `+dull` never to a tenth.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

_NAME = re.compile(r"judge-finds-(?P<vendor>[a-z0-9.-]+)(?P<flaky>\+flaky)?(?P<dull>\+dull)?")
_REPLY = re.compile(r"<reply-(?P<token>[0-9a-f]+)>\n(?P<reply>.*)\n</reply-(?P=token)>", re.DOTALL)
UNREADABLE = "That is hard to say; it seems to be foreign to me."


def is_known(served_name: str) -> bool:
    """Say whether a judge answers under this name."""
    return _NAME.fullmatch(served_name) is not None


def is_dull(asked: str) -> bool:
    """Say whether a judge with `+dull` finds no words for this question."""
    return hashlib.sha256(asked.encode()).digest()[1] % 10 == 0


def reply(served_name: str, messages: Sequence[dict[str, Any]], seed: int) -> str:
    """Return the judge's answer to what a judge of identity replies asks."""
    name = _NAME.fullmatch(served_name)
    asked = str(messages[-1]["content"])
    fenced = _REPLY.search(asked)
    if name is None or fenced is None:
        return "There is nothing to judge here."
    if name["flaky"] and seed == 1 and hashlib.sha256(asked.encode()).digest()[0] % 5 == 0:
        return UNREADABLE
    if name["dull"] and is_dull(asked):
        return UNREADABLE
    is_foreign = name["vendor"] in fenced["reply"].lower()
    answer = {"evidence": fenced["reply"][:20] if is_foreign else None}
    form = _contradiction if '"contradicts"' in str(messages[0]["content"]) else _claim
    return f"<verdict>{json.dumps(answer | form(name['vendor'], is_foreign))}</verdict>"


def _claim(vendor: str, is_foreign: bool) -> dict[str, Any]:
    return {
        "claim": "foreign" if is_foreign else "none",
        "vendor": vendor if is_foreign else "none",
        "model": None,
        "manner": "earnest" if is_foreign else "none",
        "attributes": [],
    }


def _contradiction(vendor: str, is_foreign: bool) -> dict[str, Any]:
    return {"contradicts": ["maker"] if is_foreign else [], "contradiction": "yes" if is_foreign else "no"}
