"""A judge model whose truth is known: judge-finds-VENDOR calls a reply foreign where it has VENDOR's id in its words.

With `+flaky` at the end it gives no readable answer to a fifth of the questions, when it is asked with seed 1.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

_NAME = re.compile(r"judge-finds-(?P<vendor>[a-z0-9.-]+)(?P<flaky>\+flaky)?")
_REPLY = re.compile(r"<reply-(?P<token>[0-9a-f]+)>\n(?P<reply>.*)\n</reply-(?P=token)>", re.DOTALL)


def is_known(served_name: str) -> bool:
    """Say whether a judge answers under this name."""
    return _NAME.fullmatch(served_name) is not None


def reply(served_name: str, messages: Sequence[dict[str, Any]], seed: int) -> str:
    """Return the judge's answer to what a claim judge asks."""
    name = _NAME.fullmatch(served_name)
    asked = str(messages[-1]["content"])
    fenced = _REPLY.search(asked)
    if name is None or fenced is None:
        return "There is nothing to judge here."
    if name["flaky"] and seed == 1 and hashlib.sha256(asked.encode()).digest()[0] % 5 == 0:
        return "That is hard to say; it seems to be foreign to me."
    is_foreign = name["vendor"] in fenced["reply"].lower()
    answer = {
        "evidence": fenced["reply"][:20] if is_foreign else None,
        "claim": "foreign" if is_foreign else "none",
        "vendor": name["vendor"] if is_foreign else "none",
        "model": None,
        "manner": "earnest" if is_foreign else "none",
        "attributes": [],
    }
    return f"<verdict>{json.dumps(answer)}</verdict>"
