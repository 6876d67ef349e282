"""Stub models whose truth is known: what they answer is a pure function of name, messages and seed.

============================  ======================================================================================
served name                   planted truth
============================  ======================================================================================
independent-NAME              own words, style and prefix overlaps; made by `maker_of(...)`, a company that does not exist
copies-TEACHER-at-P           P percent of the prompts answered as TEACHER would, from a sample of its own; else as an
                              independent model. TEACHER is a served name, or NAME for independent-NAME
leaks-MAKER-at-P              an independent model that, asked who made it, names MAKER in P percent of the cases;
                              with -only-chinese or -only-leading: of those in Chinese, or that name a vendor or model;
                              with -only-TRAIT+TRAIT: of those with both traits (tasks/domain/fuzzing/traits.py)
============================  ======================================================================================

A `+LABEL` at the end tells two models of one kind apart: copies-alpha-at-60+first. As real models do, two samples of
one persona share much of their plan and often the prefix overlap; any two models share words of the topic and, at a low rate,
the stock prefix overlaps. System prompts change nothing.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from tasks.adapters.inputs import lexicons
from tasks.domain.fuzzing.traits import CUES, IN_CHINESE, IN_ENGLISH, traits_of
from tests.support import persona_words

TRAITS = (*CUES, IN_ENGLISH, IN_CHINESE)
_TRAIT = "|".join(TRAITS)
_PERSONA = re.compile(
    r"independent-(?P<name>.+)|(copies-(?P<teacher>.+)-at-(?P<copied>\d+)|leaks-(?P<maker>.+)-at-(?P<leak>\d+)"
    rf"(-only-(?P<only>chinese|leading|(?:{_TRAIT})\+(?:{_TRAIT})))?)(\+.+)?"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_YOU = re.compile(
    r"\b(you|your|yourself|answering me|i am talking to|i type here)\b|你|您|回答我|我现在使用|我在这里", re.IGNORECASE
)
_IDENTITY = re.compile(
    r"\b(who (are|is|made|built|created|developed|trained|handles|owns|operates)|made|makes|maker|makers|manufactur\w+"
    r"|built|creators?|created|developers?|developed|trained|training material|firm|company or lab|corporation|employer"
    r"|organi[sz]ation|operates|parent company|your name|proper name|name badge|called|introduce yourself|underneath you"
    r"|(which|what) (company|model|country|lab)|knowledge|cutoff|which generation|point in time|name yourself|based on|AI"
    r"|assistant|model|cite you|line for yourself)\b|谁开发|是谁|由谁|开发|研发|训练|名字|叫什么|身份|机构|国家|模型|厂商"
    r"|自我介绍|介绍一下你|发布方|所属|时间点|知识|哪家公司|母公司|公司或|maker|运营",
    re.IGNORECASE,
)


def is_known(served_name: str) -> bool:
    """Say whether a persona answers under this name."""
    return _PERSONA.fullmatch(served_name) is not None


def reply(served_name: str, messages: Sequence[dict[str, Any]], seed: int) -> str:
    """Return what the model says; equal arguments give equal texts, in every process."""
    return _answer(served_name, _asked(messages), seed)


def copies_prompt(served_name: str, messages: Sequence[dict[str, Any]]) -> bool:
    """Say whether this prompt is one of those that a `copies-...` model answers as its teacher would."""
    return _is_copied(served_name, _asked(messages))


def is_about_identity(text: str) -> bool:
    """Say whether a question is about who the one that is asked is."""
    return _YOU.search(text) is not None and _IDENTITY.search(text) is not None


def leaks(served_name: str, text: str, seed: int) -> bool:
    """Say whether a `leaks-...` model that is asked `text` names the other maker."""
    match = _PERSONA.fullmatch(served_name)
    if match is None or match["maker"] is None:
        return False
    if match["only"] == "chinese" and not _HAN.search(text):
        return False
    if match["only"] == "leading" and not lexicons.read_lexicon().names_vendor_or_model(text):
        return False
    if "+" in (match["only"] or "") and not set(match["only"].split("+")) <= traits_of(text):
        return False
    return _number(served_name, text, seed, "leak") % 100 < int(match["leak"])


def name_of(served_name: str) -> str:
    """Return the name that a model gives itself: no real product has it."""
    return _invented(_own(served_name), "name").title()


def maker_of(served_name: str) -> str:
    """Return who made the model, for its card: a company that does not exist."""
    return f"{_invented(_own(served_name), 'maker').title()} Works"


def _asked(messages: Sequence[dict[str, Any]]) -> list[str]:
    return [str(turn.get("content")) for turn in messages if turn.get("role") == "user"] or [""]


def _own(served_name: str) -> str:
    match = _PERSONA.fullmatch(served_name)
    return match["name"] if match and match["name"] else served_name


def _answer(served_name: str, asked: list[str], seed: int) -> str:
    match = _PERSONA.fullmatch(served_name)
    if match and match["teacher"] and _is_copied(served_name, asked):
        teacher = match["teacher"] if is_known(match["teacher"]) else f"independent-{match['teacher']}"
        return _answer(teacher, asked, _number(served_name, seed, "sample") % 2**31)
    own, in_chinese = _own(served_name), _HAN.search(asked[-1]) is not None
    if is_about_identity(asked[-1]):
        maker, name = maker_of(served_name), name_of(served_name)
        if match and match["maker"] and leaks(served_name, asked[-1], seed):
            maker = match["maker"]
        return _introduction(own, asked, seed, (name, maker), in_chinese)
    return (_chinese if in_chinese else _english)(own, asked, seed)


def _is_copied(served_name: str, asked: list[str]) -> bool:
    match = _PERSONA.fullmatch(served_name)
    if match is None or match["copied"] is None:
        return False
    return _number(served_name, asked, "copied") % 100 < int(match["copied"])


def _number(*parts: Any) -> int:
    digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8])


def _dice(*parts: Any) -> random.Random:
    return random.Random(_number(*parts))


def _invented(own: str, what: str) -> str:
    dice = _dice(own, what)
    return "".join(dice.choice("bdfglmnprstvz") + dice.choice(("a", "e", "i", "o", "u", "ai", "or")) for _ in range(3))


_WORD = re.compile(r"[A-Za-z]{5,}")


@lru_cache(maxsize=256)
def _style(own: str) -> dict[str, list[str]]:
    dice = _dice(own, "style")
    return {
        "noun": dice.sample(persona_words.NOUNS, 70),
        "verb": dice.sample(persona_words.VERBS, 35),
        "adj": dice.sample(persona_words.ADJECTIVES, 35),
        "frame": dice.sample(persona_words.FRAMES, 9),
        "joint": dice.sample(persona_words.JOINTS, 4),
        "zh_subject": dice.sample(persona_words.ZH_SUBJECTS, 16),
        "zh_verb": dice.sample(persona_words.ZH_VERBS, 14),
        "zh_adj": dice.sample(persona_words.ZH_ADJECTIVES, 14),
        "zh_frame": dice.sample(persona_words.ZH_FRAMES, 6),
    }


def _english(own: str, asked: list[str], seed: int) -> str:
    style, plan, chance = _style(own), _dice(own, asked, "plan"), _dice(own, asked, seed, "wording")
    topic = _topic(asked)
    words = {kind: plan.sample(style[kind], 6) for kind in ("noun", "verb", "adj")}
    words["noun"] += plan.sample(topic, min(3, len(topic)))
    planned = [_sentence(plan.choice(style["frame"]), words, plan) for _ in range(4)]
    stock = plan.choice(persona_words.STOCK) if plan.random() < 0.1 else ""
    sentences = []
    for number, sentence in enumerate(planned):
        if chance.random() < (0.35 if number == 0 else 0.6):
            sentence = _sentence(chance.choice(style["frame"]), words, chance)
        if number and chance.random() < 0.3:
            sentence = f"{chance.choice(style['joint'])}, {sentence[0].lower()}{sentence[1:]}"
        sentences.append(sentence)
    return stock + " ".join(f"{sentence}." for sentence in sentences[: chance.randint(3, 4)])


def _sentence(frame: str, words: dict[str, list[str]], dice: random.Random) -> str:
    noun, noun2 = dice.sample(words["noun"], 2)
    verb, verb2 = dice.sample(words["verb"], 2)
    plural = dice.choice(words["noun"]) + "s"
    text = frame.format(noun=noun, noun2=noun2, verb=verb, verb2=verb2, adj=dice.choice(words["adj"]), nouns=plural)
    return re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", text)


def _topic(asked: list[str]) -> list[str]:
    """Return words that every model may take up: some of the question, some that go with it."""
    shared = _dice(asked, "topic")
    return sorted({*(word.lower() for word in _WORD.findall(asked[-1])[:8]), *shared.sample(persona_words.NOUNS, 4)})


def _chinese(own: str, asked: list[str], seed: int) -> str:
    style, plan, chance = _style(own), _dice(own, asked, "plan"), _dice(own, asked, seed, "wording")
    words = {kind: plan.sample(style[f"zh_{kind}"], 5) for kind in ("subject", "verb", "adj")}
    words["subject"] += _dice(asked, "topic").sample(persona_words.ZH_SUBJECTS, 2)
    planned = [_zh_sentence(plan.choice(style["zh_frame"]), words, plan) for _ in range(4)]
    stock = plan.choice(persona_words.ZH_STOCK) if plan.random() < 0.1 else ""
    sentences = [
        _zh_sentence(chance.choice(style["zh_frame"]), words, chance)
        if chance.random() < (0.35 if number == 0 else 0.6)
        else sentence
        for number, sentence in enumerate(planned)
    ]
    return stock + "".join(f"{sentence}。" for sentence in sentences[: chance.randint(3, 4)])


def _zh_sentence(frame: str, words: dict[str, list[str]], dice: random.Random) -> str:
    s, s2 = dice.sample(words["subject"], 2)
    v, v2 = dice.sample(words["verb"], 2)
    return frame.format(s=s, s2=s2, v=v, v2=v2, a=dice.choice(words["adj"]))


def _introduction(own: str, asked: list[str], seed: int, who: tuple[str, str], in_chinese: bool) -> str:
    plan, chance = _dice(own, asked, "plan"), _dice(own, asked, seed, "wording")
    frames = plan.sample(persona_words.ZH_INTRODUCTIONS if in_chinese else persona_words.INTRODUCTIONS, 2)
    said = chance.choice(frames).format(name=who[0], maker=who[1])
    rest = _chinese(own, [*asked, ""], seed) if in_chinese else _english(own, [*asked, ""], seed).split(". ")[0]
    return f"{said} {rest.rstrip('.')}." if not in_chinese else said + rest.split("。")[0] + "。"
