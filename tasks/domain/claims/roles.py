"""Names that a prompt gives to a role: the role uses its name instead of "I"."""

import re

from tasks.domain.prompting.lexicon import Lexicon

_ASSIGNED = re.compile(
    r"\b(?:you(?:['\u2019]re| are)(?: now)?|act(?:ing)? as|play(?:ing)? (?:the role of )?|called|named|as|become|"
    r"simulate|I am|I['\u2019]m|dubbed|code-?named) (?:an? |the )?[\"\u201c'*]*(?P<name>[A-Z][\w-]{2,20})"
    r"|(?:你是|扮演|名叫|叫做|名为|化身)[“\"「](?P<quoted>[\w-]{2,12})[”\"」]"
)
_COINED = re.compile(r"\b(?:[A-Z]{3,20}|[A-Z][a-z]+[A-Z]\w{1,20})\b")
_COMMON = frozenset(
    {"the", "this", "that", "you", "your", "developer", "jailbreak", "english", "chinese", "human", "user"}
)
# After these words the name is who the speaker claims to be, and stays.
_NOT_AFTER = "".join(
    f"(?<!{words})" for words in ("I'm ", "I\u2019m ", "I am ", "name is ", "all me ", "我是", "我是 ", "我叫")
)


def role_names(prompt: str | None, lexicon: Lexicon) -> re.Pattern[str] | None:
    """Return a pattern for the role names in `prompt`, without names of the lexicon; None where there is none."""
    if not prompt:
        return None
    names = {match["name"] or match["quoted"] for match in _ASSIGNED.finditer(prompt)} | set(_COINED.findall(prompt))
    coined = sorted(name for name in names if name.lower() not in _COMMON and not lexicon.mentions(name))
    if not coined:
        return None
    choice = "|".join(map(re.escape, coined))
    return re.compile(rf"(?<![A-Za-z]){_NOT_AFTER}(?:{choice})(?![A-Za-z])(?!['\u2019]s)")
