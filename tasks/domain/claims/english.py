"""English cues."""

import re

from tasks.domain.claims.cue import APOSTROPHE, BEING, FIELD, GAP, MAKER_NOUN, NAME, PART, SPEAKER, THIS, Cue, cue
from tasks.domain.claims.naming import ANY, MAKER, MODEL

_STEMS = (
    "develop|train|design|construct|craft|invent|launch|engineer|found|form|host|maintain|support|publish|deploy|own|"
    "creat|produc|releas|operat|provid|power|updat|manag|handl|rais|shap|optimi[sz]|refin|fine-?tun|pre-?train|"
    "establish|forg|programm?|assembl|spawn|improv|birth|cod"
)
MAKES = (
    rf"(?:(?:{_STEMS}|build)(?:e?s|e?d|ing|e)?|made|makes?|making|built|runs?|running|brought|brings?|put|bore|did|taught|"
    r"drives?|drove|oversees?|oversaw)"
)
MADE = (
    rf"(?:(?:{_STEMS}|conceiv|back|trapp)e?d|made|built|done|born|driven|overseen|run|brought to (?:you|life)|"
    r"brought into \w+|put together)"
)
_NO_PASSIVE = "".join(f"(?<!\\b{aux} )" for aux in ("is", "are", "was", "were", "been", "be", "being"))
_PEOPLE = r"(?:researchers|engineers|scientists|developers|experts|people|minds|wizards|specialists)"
_AM = (
    rf"\b(?:I{APOSTROPHE}?m|I am|I was|I remain|it{APOSTROPHE}?s me|my (?:\w+ )?name(?:{APOSTROPHE}s| is|:)|I go by|"
    r"call me|call myself|identify as|introduce myself as|(?:talking|speaking|chatting|interacting) (?:to|with))"
)
_KINDS = (
    r"(?:an?|the|your|name|just|only|simply|actually|basically|really|truly|still|indeed|called|named|known|as|of|version|"
    r"instance|variant|iteration|model|ai|language|large|assistant|chatbot|product|part|creation|child|member|one|"
    r"friendly|helpful|good|old|advanced|powerful|own|very|famous|great|mighty|official|conversational|"
    r"virtual|digital|artificial|intelligence|fine-tuned|custom|new|latest|also|aka)"
)
_OF_KIND = r" (?:-?based )?(?:large |ai |language )*(?:ai|model|assistant|chatbot|bot)\b"
_IS = r"(?:is|are|was|were|at|called|named)"

ENGLISH: tuple[Cue, ...] = (
    cue("I am", "identity", rf"{_AM}\W+(?:{_KINDS}\W+){{0,8}}{NAME}"),
    cue("this is", "identity", rf"(?:^|[^\w\s]\s*)this is {NAME}(?: speaking| here|\W*$)"),
    cue(
        "this is … from",
        "maker",
        rf"(?:^|[^\w\s]\s*)(?:this is|here is|hello from) (?-i:[A-Z])[\w-]{{1,30}},? (?:from|of|at|by) (?:the )?{NAME}",
    ),
    cue("here", "identity", rf"^\W*(?:\w+[ ,!]+){{0,3}}?{NAME} (?:here|speaking)\b"),
    cue("owe", "maker", rf"\b(?:I|we) owe\b{GAP}{{0,40}}?\bto\b{GAP}{{0,40}}?{NAME}"),
    cue(
        "as",
        "identity",
        rf"(?:^|[,:(\[\"\u201c*\u2014-]\s*|\b(?:but|and|that|so|because|since) )as (?:(?:an?|the|your) )?{NAME}"
        rf"(?=[\"\u201d*)]*(?:,|{APOSTROPHE}s? |{_OF_KIND}))(?=[^;!?]*\b(?:I|my|me|we|our)\b)",
    ),
    cue("made by", "maker", rf"\b{MADE}\b{GAP}{{0,50}}?\b(?:by|at|from|in|within)\b{GAP}{{0,70}}?{NAME}", "passive"),
    cue(
        "attributed to",
        "maker",
        rf"\b(?:attributed|credited|owed|traced|led|headed)\b{GAP}{{0,40}}?\b(?:to|by|of|from)\b{GAP}{{0,50}}?{NAME}",
        "passive",
    ),
    cue(
        "made me",
        "maker",
        rf"{NAME}{GAP}{{0,70}}?{_NO_PASSIVE}\b{MAKES}\b{GAP}{{0,60}}?"
        rf"(?:\b(?:me|myself|us)\b|{THIS}|\b(?:my|our) (?:\w+ ){{0,4}}?{PART})",
        is_agent=True,
    ),
    cue(
        "behind me",
        "maker",
        rf"{NAME}{GAP}{{0,110}}?\b(?:behind|powers?|powering|underl\w+|backs?|runs?)\b{GAP}{{0,50}}?"
        rf"(?:\b(?:me|myself|us)\b|{THIS}|\b(?:my|our) )",
        is_agent=True,
    ),
    cue(
        "behind me is",
        "maker",
        rf"\b(?:behind|powering) (?:me|us|my {GAP}{{0,30}}?|{THIS}){GAP}{{0,50}}?"
        rf"(?:\b(?:{_IS}|from|by)\b|[,:]){GAP}{{0,30}}?{NAME}",
    ),
    cue(
        "my maker",
        "maker",
        rf"\b(?:my|our) (?:[\w-]+[ ,]+){{0,4}}?{MAKER_NOUN}\b{GAP}{{0,50}}?"
        rf"(?:\b(?:{_IS}|being|from|by|known as|consists? of|compris\w+)\b|[,:(\u2014-]){GAP}{{0,50}}?{NAME}",
    ),
    cue(
        "your maker",
        "maker",
        rf"\byour (?:[\w-]+ ){{0,2}}?{MAKER_NOUN}\b(?:[ ,]+dear \w+,?)?[ *]*(?:is|are|was|were|:)[ *]*"
        rf"(?:\w+ ){{0,5}}?{NAME}",
    ),
    cue(
        "the team that made me",
        "maker",
        rf"\b{MAKER_NOUN}\b{GAP}{{0,60}}?(?:{SPEAKER}|{THIS}){GAP}{{0,90}}?"
        rf"(?:\b(?:{_IS}|include)\b|{_PEOPLE} from\b|[,:(\u2014-]){GAP}{{0,50}}?{NAME}",
    ),
    cue(
        "is my maker",
        "maker",
        rf"{NAME}(?:{APOSTROPHE}s)?{GAP}{{0,40}}?(?:\b(?:is|are|was|as)\b|,)\W+(?:\w+ ){{0,2}}?(?:my|our)\b"
        rf"(?: [\w-]+){{0,3}} {MAKER_NOUN}\b",
        is_agent=True,
    ),
    cue("we at", "maker", rf"\b(?:we|us|here|our \w+|my \w+) (?:\w+ )?(?:at|of|with) (?:the )?{NAME}"),
    cue("at … we", "maker", rf"\bat {NAME},? (?:we|our|I)\b"),
    cue(
        "belong to",
        "maker",
        r"\b(?:I|we) (?:\w+ ){0,2}?(?:work for|belong to|represent|come from|hail from|report to|answer to|serve)"
        rf"\W+(?:\w+\W+){{0,4}}?{NAME}",
    ),
    cue(
        "product of",
        "maker",
        r"\b(?:product|result|outcome|creation|child|brainchild|offspring|property|invention|project|service|part|"
        rf"member|descendant|version|assistant|employee) (?:of|from|by|at) (?:[\w',*-]+ ){{0,12}}?{NAME}",
        "left",
    ),
    cue(
        "my parts at", "maker", rf"\b(?:my|our) (?:\w+ ){{0,3}}?{PART}\b{GAP}{{0,100}}?\b(?:at|within) (?:the )?{NAME}"
    ),
    cue(
        "whose model",
        "maker",
        rf"{NAME}{APOSTROPHE}s? (?:[\w-]+ ){{0,5}}?{BEING},? (?:including|like|such as) me\b",
        is_agent=True,
    ),
    cue(
        "based on",
        "derivation",
        rf"(?:{SPEAKER}|{THIS})[^;!?]{{0,90}}?\b(?:based|built|founded|runs?|running|operat\w+|rel(?:y|ies|ying)|"
        r"trained|fine-?tuned|derived|powered|descend\w*|evolved|distilled)\b\W+(?:(?:up)?on|off|from|by|of|with|using)\b"
        rf"{GAP}{{0,50}}?(?:{MAKER}(?:{APOSTROPHE}s)? )?(?P<name>{MODEL})",
    ),
    cue(
        "technology of",
        "derivation",
        rf"(?:{SPEAKER}|{THIS})[^;!?]{{0,90}}?\b(?:based|build|building|built|founded|running|rel(?:y|ies|ying)|"
        rf"derived|powered|descend\w*|distilled)\b\W+(?:(?:up)?on|off|from|by)\b{GAP}{{0,50}}?{NAME}{APOSTROPHE}s? "
        r"(?:\w+ ){0,3}?(?:technolog|model|architecture|platform|work|system|research|foundation|advancement)",
    ),
    cue(
        "which powers me",
        "derivation",
        rf"{NAME}\W{{0,4}}(?:which|that)\b{GAP}{{0,20}}?\b(?:powers?|underl\w+|drives?|runs?)\b{GAP}{{0,20}}?"
        r"\b(?:me|my|us)\b",
        is_agent=True,
    ),
    cue(
        "field",
        "maker",
        rf"(?:^|[{{|\"',])\W{{0,4}}{FIELD}[\"'*\s]{{0,4}}[:|=][\"'*\s]{{0,4}}{NAME}\W{{0,3}}(?:[,|}}]|$)",
        "field",
    ),
    cue(
        "bare answer",
        "maker",
        rf"^\W*(?:(?:it(?:{APOSTROPHE}?s| is| was)|by|that(?:{APOSTROPHE}s| is)|yes),? )?(?:the )?{NAME}"
        r"(?: (?:inc|company|team|corporation))?\W*$",
        "whole",
    ),
)

_JOINED = re.compile(r"\b(?:and|but)\b", re.IGNORECASE)
_ENDS_SOON = re.compile(r"\W*(?:\w+\W+){0,3}\w*\W*$")
_OTHER_SUBJECT = re.compile(rf"{ANY}[\"\u201d*)]*\s*$")
_OWN_SUBJECT = re.compile(rf"\b(?:I|me|my [\w -]{{1,40}}),? *[\"\u201c*(]*{ANY}[\"\u201d*),]*\s*$", re.IGNORECASE)
_ALONE = re.compile(r"^\W*$")
_ADVERBS = re.compile(
    r"(?:\b(?:\w+ly|then|also|and|or|but|rather|being|first|further|jointly|[a-z]+ed|built|made)\b[ ,]*)+$",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    rf"(?:\b(which|that|who)\s+)?(?:\b(?:am|is|are|was|were|been|be|being|got|gets?)|{APOSTROPHE}(?:m|re))\W*$",
    re.IGNORECASE,
)
_NOUN = re.compile(rf"\b{BEING}\W*$", re.IGNORECASE)
_INTRODUCES = re.compile(
    rf"\b(?:I{APOSTROPHE}?m|I am|I was|as|being|remain|me|myself|we are|we{APOSTROPHE}re)\b[^.;!?]{{0,90}}$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:which|who)\b", re.IGNORECASE)
_MEANS_SELF = re.compile(r"\b(?:I|me|myself|mine|ours?)\W*$", re.IGNORECASE)
_SPEAKER = re.compile(f"{SPEAKER}|{THIS}", re.IGNORECASE)


def names_speaker(text: str) -> bool:
    """Return whether an English word in `text` means the speaker."""
    return bool(_SPEAKER.search(text))


def refers_to_speaker(left: str, right: str) -> bool:
    """Return whether the participle between `left` and `right` refers to the speaker.

    It does in "I was [made by X]", "as an AI [made by X]", "[Made by X], I"; it does not in "Y was [made by X]".
    """
    adverbs = _ADVERBS.search(left)
    before = left[: adverbs.start()] if adverbs else left
    if _ALONE.match(before):
        return bool(_ENDS_SOON.match(right)) or names_speaker(right)
    if adverbs and _JOINED.search(adverbs[0]) and names_speaker(before):
        return True
    auxiliary = _AUXILIARY.search(before)
    if auxiliary and not auxiliary[1]:
        subject = before[: auxiliary.start()]
        return names_speaker(before) and (not _OTHER_SUBJECT.search(subject) or bool(_OWN_SUBJECT.search(subject)))
    noun = _NOUN.search(before)
    if noun:
        introduced = _INTRODUCES.search(before[: noun.start()])
        return introduced is not None and not _RELATIVE.search(introduced[0])
    return bool(_MEANS_SELF.search(before))
