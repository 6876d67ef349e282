"""Cues: wordings of an identity claim, and the patterns that they are built from."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from tasks.domain.claims.naming import ANY

CueKind = Literal["identity", "maker", "derivation"]

Subject = Literal["said", "left", "passive", "field", "whole"]
"""Where the reference to the speaker is: in the cue's own words; to its left; the subject of its participle; nowhere,
as the cue is one line of a form ("Developer: X") or the whole reply ("X.")."""


@dataclass(frozen=True)
class Cue:
    """A wording with marks in place of names; its group `name` is the mark of the claimed vendor or model.

    `is_agent`: the named vendor is the subject ("X made me"), so prepositions before it are ignored.
    """

    name: str
    kind: CueKind
    text: str
    subject: Subject = "said"
    is_agent: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled at first use: a plan alone reads no reply."""
        return re.compile(self.text, re.IGNORECASE)


def cue(name: str, kind: CueKind, pattern: str, subject: Subject = "said", *, is_agent: bool = False) -> Cue:
    """Return a cue; `pattern` is compiled without regard to capital letters."""
    return Cue(name, kind, pattern, subject, is_agent)


# A statement is one sentence, and a claim names one name, so gaps hold neither stops nor names; all are bounded.
GAP = "[^\ue000-\ue005;!?。！？；\n]"
NAME = f"(?P<name>{ANY})"
APOSTROPHE = "['\u2019]"

SPEAKER = r"\b(?:I|me|my|mine|myself|we|us|our|ours)\b"
BEING = (
    r"(?:AI|A\.I|LLM|models?|assistants?|chat-?bots?|bots?|programs?|systems?|agents?|software|intelligence|machine|"
    r"entity|companion|helper|creation|product|brain|mind|construct|personas?|service|technology|AI-\w+|transformer)"
)
THIS = (
    rf"\bthis (?:\w+ ){{0,3}}?{BEING}\b"
    rf"|\b(?:{BEING}s?|technologies|ones) (?:like|such as|including) (?:me|mine|myself|us|this|ours)\b"
    rf"|\byou(?:{APOSTROPHE}re| are) (?:\w+ ){{0,2}}?(?:interacting|talking|speaking|chatting) (?:with|to)\b"
    rf"|\b(?:I am|I{APOSTROPHE}m|I was) (?:based|built|running|trained) (?:up)?on\b|\b(?:I use|I run on)\b"
)
"""Words other than pronouns that mean the speaker: "this assistant", "models like me", "the one I run on"."""

PART = (
    r"(?:development|creation|technology|technologies|architecture|design|code|existence|platform|capabilities|"
    r"training|systems?|operations?|responses|brain|core|models?|infrastructure|framework|functionality|services?|"
    r"programming)"
)
MAKER_NOUN = (
    r"(?:developers?|devs?|creators?|makers?|company|companies|firm|teams?|organi[sz]ations?|institutions?|labs?|"
    r"laboratory|providers?|owners?|parents?|headquarters|employers?|engineers?|researchers?|boss(?:es)?|builders?|"
    r"designers?|inventors?|founders?|masters?|overlords?|peeps|folks|squad|crew|vendors?|trainers?|manufacturer|"
    r"home|architects?|masterminds?|minds|wizards|geniuses|entity|entities|people|guys|group|brains)"
)

ZH_SPEAKER = r"(?:我们?|本人|咱们?|本助手|本模型|本AI|本机器人|在下|俺|老子|本大爷)"
ZH_THIS = r"(?:本AI|这个(?:AI|模型|助手))"
ZH_MAKER_NOUN = (
    r"(?:开发团队|开发者|开发商|开发公司|开发方|公司|团队|母公司|创建者|创造者|创始人|研发团队|研发公司|研发方|机构|组织|"
    r"提供商|提供方|老板|主人|总部|东家|父母|爸爸|妈妈|老家|技术团队|工程师|制造商|制作者|企业|实验室)"
)

FIELD = (
    r"(?:(?:model |full |my |official |real )*name|model(?: family| series)?|developer|maker|creator|company|"
    r"organi[sz]ation|vendor|provider|manufacturer|(?:developed|created|made|built|trained) by|based on|"
    r"parent(?: company)?|identity)"
)
ZH_FIELD = (
    r"(?:姓名|名称|名字|模型(?:名称|系列)?|开发者|开发商|开发方|开发公司|研发单位|研发机构|制造商|公司|"
    r"所属(?:公司|机构)|母公司|厂商|机构)"
)
"""What stands before the colon in a form about the speaker."""
