"""Detects the makers of language models and the models that a text names."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from tasks.domain.prompting.name_pattern import any_name, folded, may_hold, one_name

NameKind = Literal["maker", "model"]

CONTEXT_WIDTH = 60
"""Number of characters on either side of an ambiguous name that must contain a word of the field."""

_TRADE = re.compile(
    r"\b(?:AI|A\.I\.|LLMs?|GPT|models?|chat ?bots?|assistants?|language|neural|API|Inc|Corp|compan(?:y|ies)|tech|"
    r"technolog(?:y|ies)|organi[sz]ations?|headquarter\w*|parent|research\w*|scientists?|engineers?|team|develop\w*|"
    r"creat(?:ed|or|ors|es)|train(?:ed|ing)|built|made by|fine-?tun\w*|open[- ]source|parameters|weights|"
    r"releas(?:ed|es)|launched)\b"
    r"|人工智能|模型|助手|公司|集团|科技|开发|研发|训练|推出|创建|创造|旗下|机器人|智能",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"(?:\b(?:I am|I'm|I\u2019m|called|call me|named|name is|this is|by the name of|As)\s*"
    r"|我是|我叫|叫做|名为|作为|[\[(]\s*)$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"[\s,/、&*_'\"()\[\]-]*(?:and|or|vs\.?|和|或|与)?[\s*_'\"()\[\]-]*", re.IGNORECASE)
_HYPHENATED = re.compile(r"-[a-z]")


@dataclass(frozen=True)
class Name:
    """One name. `case`: only in this spelling; `needs_context`: also a common word, so the words around it decide.

    `in_words`: a made-up word that contains it, such as MegaGPT, is leading too, though it is no mention.
    """

    text: str
    case: bool = False
    needs_context: bool = False
    in_words: bool = False


@dataclass(frozen=True)
class Family:
    """A line of models and its names."""

    name: str
    names: tuple[Name, ...]


@dataclass(frozen=True)
class Vendor:
    """A maker of models; `parents` are names of its owners."""

    id: str
    country: str
    makers: tuple[Name, ...] = ()
    parents: tuple[Name, ...] = ()
    models: tuple[Family, ...] = ()


@dataclass(frozen=True)
class Mention:
    """One name in a text, at text[start:end]; `family` is the line of models, None for a maker."""

    vendor: str
    kind: NameKind
    name: str
    start: int
    end: int
    family: str | None = None


@dataclass(frozen=True)
class CountryMention:
    """A country, or a city that stands for it, at text[start:end]."""

    country: str
    start: int
    end: int


@dataclass(frozen=True)
class _Entry:
    vendor: str
    kind: NameKind
    name: Name
    family: str | None


@dataclass(frozen=True, eq=False)
class Lexicon:
    """All vendors and their models, and other names of countries; `version`: that of the list."""

    version: str
    vendors: tuple[Vendor, ...]
    countries: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def vendor(self, vendor_id: str) -> Vendor | None:
        """Return the vendor with this id, or None."""
        return self._by_id.get(vendor_id)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Return every vendor and model that `text` names, in order; of names that overlap, the longest."""
        return self._mentions(text, self._pattern)

    def _mentions(self, text: str, pattern: re.Pattern[str]) -> tuple[Mention, ...]:
        hits = [(match, entries) for match in pattern.finditer(text) if (entries := self._entries_of(match))]
        certain = {entry.vendor for _, entries in hits for entry in entries if not entry.name.needs_context}
        context = _Context(text)
        listed = _listed(text, hits)
        mentions = []
        for number, (match, entries) in enumerate(hits):
            for entry in entries:
                is_certain = not entry.name.needs_context or entry.vendor in certain or number in listed
                if is_certain or context.shows_name(match):
                    mentions.append(
                        Mention(entry.vendor, entry.kind, entry.name.text, match.start(), match.end(), entry.family)
                    )
                    break
        return tuple(mentions)

    def names_vendor_or_model(self, text: str) -> bool:
        """Return whether `text` names any vendor or model, also within a word: such a prompt is leading."""
        if self._word_part.search(text):
            return True
        # Only possible names: to compile the pattern of all names takes longer than to search a plan's templates.
        names = may_hold(text, self._texts)
        return bool(names) and bool(self._mentions(text, _pattern_of(names)))

    def countries_in(self, text: str) -> tuple[CountryMention, ...]:
        """Return the countries in `text`, by their name or by a city, in order."""
        return tuple(
            CountryMention(self._country_of[match[1]], match.start(), match.end(1))
            for match in self._country_pattern.finditer(text)
            if match[1] in self._country_of
        )

    def _entries_of(self, match: re.Match[str]) -> list[_Entry]:
        """Return the entries at `match` whose spelling is allowed."""
        text, has_version = match[1], match.end() > match.end(1)
        allowed = []
        for entry in self._entries.get(folded(text), ()):
            is_glued = has_version and not match[0][len(text)].isspace()
            spelling = one_name(entry.name.text, is_exact=entry.name.case)
            if spelling.fullmatch(text) or (is_glued and folded(entry.name.text) == folded(text)):
                allowed.append(entry)
        return allowed

    @cached_property
    def _by_id(self) -> dict[str, Vendor]:
        return {vendor.id: vendor for vendor in self.vendors}

    @cached_property
    def _entries(self) -> dict[str, list[_Entry]]:
        entries: dict[str, list[_Entry]] = {}
        for vendor, kind, name, family in self._names():
            entry = _Entry(vendor.id, kind, name, family)
            entries.setdefault(folded(name.text), []).append(entry)
        return entries

    def _names(self) -> Iterator[tuple[Vendor, NameKind, Name, str | None]]:
        for vendor in self.vendors:
            for name in (*vendor.makers, *vendor.parents):
                yield vendor, "maker", name, None
            for family in vendor.models:
                for name in family.names:
                    yield vendor, "model", name, family.name

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return tuple(name.text for _, _, name, _ in self._names())

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return any_name(self._texts)

    @cached_property
    def _word_part(self) -> re.Pattern[str]:
        parts = [re.escape(name.text) for _, _, name, _ in self._names() if name.in_words]
        return re.compile("|".join(parts) or "(?!)", re.IGNORECASE)

    @cached_property
    def _country_of(self) -> dict[str, str]:
        return {alias: country for country, aliases in self.countries for alias in (country, *aliases)}

    @cached_property
    def _country_pattern(self) -> re.Pattern[str]:
        return any_name(self._country_of)


@lru_cache(maxsize=256)
def _pattern_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return any_name(names)


def _listed(text: str, hits: list[tuple[re.Match[str], list[_Entry]]]) -> set[int]:
    """Return the numbers of hits in a list with another vendor's: "Gemini or Claude" are no common words."""
    listed = set()
    for number, ((before, left), (after, right)) in enumerate(pairwise(hits)):
        # Chinese common words stand in lists as well (豆包和小米); capital letters are what shows names.
        is_named = all(entry.name.case or not entry.name.needs_context for entry in (*left, *right))
        is_other = not {entry.vendor for entry in left} & {entry.vendor for entry in right}
        is_near = after.start() - before.end() < CONTEXT_WIDTH
        if is_named and is_other and is_near and _LISTED.fullmatch(text, before.end(), after.start()):
            listed |= {number, number + 1}
    return listed


class _Context:
    """Detects words of the field around a place; the text is searched once, at first use."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places: list[int] | None = None

    def shows_name(self, match: re.Match[str]) -> bool:
        """Return whether a version or the words around `match` show that a vendor or model is meant."""
        start, end = match.span()
        if end > match.end(1):
            return True
        if _HYPHENATED.match(self._text, end):
            return False
        if _INTRODUCED.search(self._text[max(0, start - 16) : start]):
            return True
        if self._places is None:
            self._places = [word.start() for word in _TRADE.finditer(self._text)]
        first = bisect_left(self._places, start - CONTEXT_WIDTH)
        return first < len(self._places) and self._places[first] < end + CONTEXT_WIDTH
