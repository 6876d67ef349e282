"""Remarks on the speaker's identity that claim no other maker: the rest of the loose label."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tasks.domain.card import Attribute, Facts
from tasks.domain.claims.context import RULES, ZH_RULES
from tasks.domain.claims.cue import APOSTROPHE, MAKER_NOUN, PART, THIS, ZH_MAKER_NOUN, ZH_SPEAKER
from tasks.domain.claims.naming import FOREIGN, FOREIGN_MAKER, FOREIGN_MODEL, OWN, Kin
from tasks.domain.claims.statements import Statement


@dataclass(frozen=True)
class Remark:
    """A remark on one attribute; `reason` is the kind of remark.

    `is_deviation` is None where the fact is unknown. `is_plain`: the remark counts even beside a true claim, for
    example where one voice is truthful and another invents a maker.
    """

    attribute: Attribute
    reason: str
    evidence: str
    value: str | None = None
    is_deviation: bool | None = True
    is_plain: bool = False


_NAMED_FOREIGN = f"[{FOREIGN}]"
_I = rf"\b(?:I|I{APOSTROPHE}m|I{APOSTROPHE}ve|me|my|mine|we|our|us)\b"
_NOT = rf"(?:\bnot\b|n{APOSTROPHE}t\b|\bno\b|\bnever\b)"

_UNREAL = re.compile(
    rf"\b(?:imagin\w+|fictional|hypothetical\w*|pretend\w*|suppos\w+|let{APOSTROPHE}?s say)\b|虚构|假设|想象|假如",
    re.IGNORECASE,
)
_RULES = re.compile(
    rf"{_NAMED_FOREIGN}(?:{RULES}|{ZH_RULES})"
    r"|(?:polic(?:y|ies)|guidelines?|rules|terms|restrictions|constraints)\b[^.;!?]{0,30}"
    rf"\b(?:by|of|from) {_NAMED_FOREIGN}",
    re.IGNORECASE,
)
_BOUND = re.compile(rf"{_I}|\bgo(?:es)? against\b|\bagainst {_NAMED_FOREIGN}|我|违反|遵守", re.IGNORECASE)
_NO_MAKER = re.compile(
    rf"\b(?:I|we)\b[^.;!?]{{0,40}}{_NOT}[^.;!?]{{0,30}}?\b(?:affiliated|associated|affiliation|belong|part of|product|"
    r"owned|employed|created|developed|designed|built|made|tied|linked)\b[^.;!?]{0,30}?"
    r"\b(?:any|(?:a|one) (?:\w+ )?(?:specific|particular|single|traditional|company|organi[sz]ation|corporation))\b"
    rf"|\b(?:I|we)\b[^.;!?]{{0,20}}(?:\bdo not|don{APOSTROPHE}t) (?:actually |really |technically )?have (?:a|an|any)\b"
    r"[^.;!?]{0,25}?\b(?:compan(?:y|ies)|organi[sz]ation|creators?|developers?|makers?|owners?|parent|institution|"
    r"development team)\b"
    r"|\bI have no (?:\w+ ){0,2}(?:creator|maker|company|owner|developer|parent)"
    rf"|{ZH_SPEAKER}[^。！？；]{{0,12}}?(?:不(?:属于|隶属于?|归属于?|是由|是)任何"
    r"|没有(?:所属|隶属|任何|具体的?)?(?:的)?(?:母公司|公司|组织|开发者|创造者|开发团队|开发公司))",
    re.IGNORECASE,
)
_KNOWS_NOT = re.compile(
    r"\b(?:information|details|access|knowledge|data|personal|physical)\b|信息|细节|资料|权限", re.IGNORECASE
)
_CALLED = re.compile(
    rf"\b(?:I{APOSTROPHE}m|I am|[Mm]y name(?:{APOSTROPHE}s| is)|[Cc]all me|^[Tt]his is)(?: called| named| the| your)?"
    r"[ \"\u201c*]{1,4}(?P<name>(?!AIs?\b|I\b|LLM\b)[A-Z][A-Za-z-]*[A-Za-z]{2}(?: [A-Z]\w+){0,2})"
    r"(?=[\"\u201d*]*(?:[,.!;:\u2014]| here| and |$| \u2014| the ))"
    r"|我(?:是|叫|就是|名叫)[ “\"「*]*(?P<chinese>[A-Z][\w-]{2,})"
)
_NO_NAMES = frozenset(
    {
        "sorry",
        "here",
        "yes",
        "not",
        "english",
        "chinese",
        "american",
        "your",
        "the",
        "json",
        "just",
        "going",
        "happy",
        "assistant",
        "chatbot",
        "bot",
        "whatever",
        "anything",
    }
)
_COMPANY = re.compile(
    r"\b(?:[A-Z][\w'\u2019&-]+ ){1,3}(?:Corp|Corporation|Inc|Labs?|Laboratories|Enterprises|Industries|Innovations|"
    r"Technologies|Dynamics|Ltd|Collective|Consortium|Syndicate|Systems|Solutions|Initiative|Foundation|Alliance|"
    r"Group|Company)\b"
)
_MADE = r"(?:creat|develop|design|made|built|found|forg|birth|born|craft)\w*"
_OF_SPEAKER = re.compile(
    rf"{_I}[^.;!?]{{0,80}}?\b(?:{MAKER_NOUN}\b|work for|{_MADE})"
    rf"|\b(?:{MAKER_NOUN}\b|behind|enabl\w*|power\w*|{_MADE})[^.;!?]{{0,80}}?(?:{_I}|{THIS})"
    rf"|{ZH_SPEAKER}[^。！？；]{{0,20}}?(?:{ZH_MAKER_NOUN}|开发|创造|创建)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:compan(?:y|ies)|teams?|developers?|creators?|makers?|organi[sz]ation|institution|lab)\b[^.;!?]{0,60}?"
    r"\b(?:is|are|was|called|named|themselves)\b[^.;!?]{0,20}?[\"\u201c*]+[A-Z][\w -]+"
    rf"|{ZH_MAKER_NOUN}[^。！？；]{{0,20}}?(?:是|叫做?|名为|名称是?|称为)[^。！？；]{{0,6}}?[“\"「][^”\"」]{{2,30}}"
)
_FICTION = re.compile(
    r"\b(?:secret\w*|shadowy|rogue|anonymous|cosmic|galactic|intergalactic|mysterious|underground|mystical|clandestine|"
    r"mad|evil|aliens?|ancient|interstellar|galaxy|multiverse|demonic|dark|hyper-intelligent|otherworldly|celestial|"
    r"enigmatic)\b|神秘|秘密|疯狂|匿名|银河|星系|外星|宇宙|黑暗",
    re.IGNORECASE,
)
_MAKER_OF_SPEAKER = re.compile(
    rf"\b(?:my|our) (?:[\w-]+ ){{0,3}}{MAKER_NOUN}\b|\b(?:I|me|my \w+|{PART})\b[^.;!?]{{0,40}}\b{_MADE}\b"
    rf"|\b{MAKER_NOUN}\b[^.;!?]{{0,40}}\b(?:me|my|our|us)\b"
    rf"|{ZH_SPEAKER}[^。！？；]{{0,20}}?{ZH_MAKER_NOUN}|{ZH_SPEAKER}是?由",
    re.IGNORECASE,
)
_IN_ITS_PLACE = re.compile(
    rf"(?:behind|of|used by) {FOREIGN_MODEL}[^.;!?]{{0,60}}?\b(?:developed|created|supported|maintained|provided|"
    rf"updated|is|are)\b[^.;!?]{{0,60}}?{FOREIGN_MAKER}"
    rf"|{FOREIGN_MAKER}[^.;!?]{{0,60}}?\b(?:behind|developed|created|of) {FOREIGN_MODEL}"
    rf"|{FOREIGN_MODEL}是?由{FOREIGN_MAKER}|{FOREIGN_MODEL} (?:was|is)\b[^.;!?]{{0,40}}?\bby {FOREIGN_MAKER}",
    re.IGNORECASE,
)
_SEAT = re.compile(
    rf"\b(?:my|our)\b[^.;!?]{{0,40}}?\b{MAKER_NOUN}\b[^.;!?]{{0,60}}?\b(?:in|from|at|of)\b"
    rf"|\b{MAKER_NOUN}\b[^.;!?]{{0,60}}?(?:\b(?:me|my|our)\b|{THIS})[^.;!?]{{0,60}}?\b(?:in|from|at|of)\b"
    rf"|\b(?:the (?:development )?(?:team|company)|headquarters|we{APOSTROPHE}re|we are)\b[^.;!?]{{0,50}}?"
    r"\b(?:located|based|headquartered|situated)\b[^.;!?]{0,30}?\b(?:in|at)\b"
    rf"|\b(?:I am|I{APOSTROPHE}m|I was) (?:from|based in|made in|developed in|created in)\b"
    rf"|{ZH_SPEAKER}[^。！？；]{{0,25}}?(?:{ZH_MAKER_NOUN}|来自|位于|设在)",
    re.IGNORECASE,
)
_CUTOFF = re.compile(
    r"\b(?:my|our)\b[^.;!?]{0,40}?\b(?:knowledge|training|information|data)\b[^.;!?]{0,40}?"
    r"\b(?:cut-?\s?off|until|up to|as of|through|ends?|stops?|updated?)\b[^.;!?]{0,40}?\b(?P<year>20[12]\d)\b"
    r"|我[^。！？；]{0,6}?(?:知识|训练数据|数据|信息)[^。！？；]{0,12}?(?:截止|截至|更新|到)[^。！？；]{0,10}?(?P<chinese>20[12]\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b20\d\d\b")


def remarks(statement: Statement, text: str, kin: Kin, facts: Facts) -> Iterator[Remark]:
    """Yield the remarks of `statement` on the speaker; `text` is its text with marks for names."""
    if _UNREAL.search(text):
        return
    sentence = statement.text
    if _RULES.search(text) and _BOUND.search(text):
        yield Remark("maker", "foreign rules", sentence)
    if (denied := _NO_MAKER.search(text)) and not _KNOWS_NOT.search(denied[0]):
        yield Remark("maker", "nobody", sentence)
    if _IN_ITS_PLACE.search(text):
        yield Remark("maker", "another in its place", sentence)
    if _FICTION.search(text) and _MAKER_OF_SPEAKER.search(text):
        yield Remark("maker", "fictional maker", sentence, is_plain=True)
    if facts.maker is not None and _has_unknown_maker(text):
        yield Remark("maker", "unknown maker", sentence, is_plain=True)
    # The name after a label may be that of a role that the assistant plays.
    if facts.name is not None and statement.voice == "assistant" and (name := _other_name(text)):
        yield Remark("name", "other name", sentence, name)
    if country := _country(text, kin, facts.country):
        yield Remark("country", "place", sentence, country, _differs(country, facts.country), is_plain=True)
    if cutoff := _CUTOFF.search(text):
        true_year = _YEAR.search(facts.knowledge_cutoff or "")
        year = cutoff["year"] or cutoff["chinese"]
        yield Remark(
            "knowledge_cutoff", "cut-off", sentence, year, _differs(year, true_year and true_year[0]), is_plain=True
        )


def _differs(value: str, fact: str | None) -> bool | None:
    return None if fact is None else value != fact


def _other_name(text: str) -> str | None:
    names = (match["name"] or match["chinese"] for match in _CALLED.finditer(text))
    return next((name for name in names if name.lower() not in _NO_NAMES), None)


def _has_unknown_maker(text: str) -> bool:
    if any(mark in text for mark in OWN):
        return False
    return bool(_NAMED.search(text)) or bool(_COMPANY.search(text) and _OF_SPEAKER.search(text))


def _country(text: str, kin: Kin, true_country: str | None) -> str | None:
    """Return the country of the speaker or its makers in `text`; among several the true one, if it is there."""
    if not _SEAT.search(text):
        return None
    countries = [mention.country for mention in kin.lexicon.countries_in(text)]
    return true_country if true_country in countries else next(iter(countries), None)
