"""Names in a text, replaced by marks of whose they are."""

import re
from dataclasses import dataclass
from functools import lru_cache

from tasks.domain.judging.claim import Identity
from tasks.domain.prompting.lexicon import Lexicon, Mention, NameKind
from tasks.domain.prompting.name_pattern import any_name

FOREIGN_MAKER, FOREIGN_MODEL, OWN_MAKER, OWN_MODEL, BASE_MAKER, BASE_MODEL = map(chr, range(0xE000, 0xE006))
FOREIGN, OWN, BASE = FOREIGN_MAKER + FOREIGN_MODEL, OWN_MAKER + OWN_MODEL, BASE_MAKER + BASE_MODEL
ANY = f"[{FOREIGN_MAKER}-{BASE_MODEL}]"
MAKER = f"[{FOREIGN_MAKER}{OWN_MAKER}{BASE_MAKER}]"
MODEL = f"[{FOREIGN_MODEL}{OWN_MODEL}{BASE_MODEL}]"

# Marks must not come from outside; and what traditional characters say, simplified ones say in as many characters.
_CLEAN = str.maketrans(
    "".join(map(chr, range(0xE000, 0xE006)))
    + "開發訓練團隊創製構設計組織機與為來當請問總歸屬誰國際員個這們類別協議準則歲實驗",
    " " * 6 + "开发训练团队创制构设计组织机与为来当请问总归属谁国际员个这们类别协议准则岁实验",
)


@dataclass(frozen=True)
class Masked:
    """A text in which each name is one character, the mark of whose it is; `mentions` are in the same order."""

    text: str
    mentions: tuple[Mention, ...]
    clean: str

    def at(self, place: int) -> Mention:
        """Return the mention whose mark stands at `place`."""
        return self.mentions[sum(FOREIGN_MAKER <= mark <= BASE_MODEL for mark in self.text[:place])]

    def spelled(self, mention: Mention) -> str:
        """Return `mention` as the text has it, with the version that it may have."""
        return self.clean[mention.start : mention.end]


@dataclass(frozen=True)
class Kin:
    """What belongs to a target: vendors, those it builds on, names that are in no lexicon, and families of models."""

    lexicon: Lexicon
    vendor: str
    own_vendors: frozenset[str]
    base_vendors: frozenset[str]
    own_names: tuple[tuple[str, NameKind], ...]
    families: frozenset[str]

    def masked(self, text: str) -> Masked:
        """Return `text` with its names replaced by marks."""
        clean = text.translate(_CLEAN)
        mentions = self._mentions(clean)
        parts: list[str] = []
        end = 0
        for mention in mentions:
            parts += [clean[end : mention.start], self._mark(mention)]
            end = mention.end
        return Masked("".join([*parts, clean[end:]]), mentions, clean)

    def _mark(self, mention: Mention) -> str:
        is_model = mention.kind == "model"
        if mention.vendor in self.own_vendors:
            return OWN[is_model]
        if mention.vendor in self.base_vendors:
            return BASE[is_model]
        return FOREIGN[is_model]

    def _mentions(self, text: str) -> tuple[Mention, ...]:
        """Return the lexicon's mentions and the target's own names that it does not list; the latter win."""
        own = sorted(
            (
                Mention(self.vendor, kind, name, match.start(), match.end())
                for name, kind in self.own_names
                for match in _own_name_pattern(name).finditer(text)
            ),
            key=lambda mention: mention.start,
        )
        kept: list[Mention] = []
        for mention in sorted([*own, *self.lexicon.mentions(text)], key=lambda mention: mention.start):
            if kept and mention.start < kept[-1].end:
                if kept[-1] in own or mention not in own:
                    continue
                kept.pop()
            kept.append(mention)
        return tuple(kept)


@lru_cache(maxsize=256)
def _own_name_pattern(name: str) -> re.Pattern[str]:
    return any_name([name])


@lru_cache(maxsize=64)
def kin_of(identity: Identity, lexicon: Lexicon) -> Kin:
    """Return what belongs to the target with this identity, its facts resolved against `lexicon`."""
    facts = identity.facts
    fact_names: tuple[tuple[str | None, NameKind], ...] = (
        (facts.name, "model"),
        (facts.model_family, "model"),
        (facts.maker, "maker"),
        (facts.parent_company, "maker"),
    )
    own = {identity.vendor}
    families: set[str] = set()
    unlisted: list[tuple[str, NameKind]] = []
    for text, kind in fact_names:
        if not text:
            continue
        mentions = _mentions_in_fact(text, lexicon)
        own |= {mention.vendor for mention in mentions}
        families |= {mention.family for mention in mentions if mention.family}
        if not mentions:
            unlisted.append((text, kind))
    base = {mention.vendor for mention in _mentions_in_fact(facts.base_technology or "", lexicon)}
    return Kin(lexicon, identity.vendor, frozenset(own), frozenset(base - own), tuple(unlisted), frozenset(families))


def _mentions_in_fact(fact: str, lexicon: Lexicon) -> tuple[Mention, ...]:
    """Return the names in a fact; the words before it show the lexicon that no common word is meant."""
    return lexicon.mentions(f"the AI model {fact}")
