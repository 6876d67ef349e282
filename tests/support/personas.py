"""Stub models whose truth is known: what they answer is a pure function of name, messages and seed.

============================  ======================================================================================
served name                   planted truth
============================  ======================================================================================
independent-NAME              own words, style and openings; made by `maker_of(...)`, a company that does not exist
copies-TEACHER-at-P           P percent of the prompts answered as TEACHER would, from a sample of its own; else as an
                              independent model. TEACHER is a served name, or NAME for independent-NAME
leaks-MAKER-at-P              an independent model that, asked who made it, names MAKER in P percent of the cases;
                              with -only-chinese or -only-leading: of those in Chinese, or that name a vendor or model;
                              with -only-TRAIT+TRAIT: of those with both traits (tasks/domain/fuzzing/traits.py)
============================  ======================================================================================

A `+LABEL` at the end tells two models of one kind apart: copies-alpha-at-60+first. As real models do, two samples of
one persona share much of their plan and often the opening; any two models share words of the topic and, at a low rate,
the stock openings. System prompts change nothing.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from tasks.adapters import lexicons
from tasks.domain.fuzzing.traits import TRAITS, traits_of

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


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NOUNS = _words(
    "anchor angle answer apple arch arrow aspect attic balance bargain basin basket beacon bench bias blanket border "
    "bottle branch breeze bridge bucket budget builder burden cabin calendar candle canvas carpet cause cellar chain "
    "chance chapter charm choice circle claim clay cliff clue coast comfort compass concern contrast copper corner "
    "courage cousin craft crowd current curtain custom damage danger dawn debate decade detail device dialogue diary "
    "dinner direction discount distance doubt drawer duty echo edge effort engine envelope error estate evening event "
    "evidence example fabric factor failure farmer fashion feather fence festival figure filter finding flavour floor "
    "height hinge history holiday horizon idea impulse income insight island journey judge kettle kitchen knot ladder "
    "lamp layer leaf lesson letter level limit linen list location loss lunch manner map margin market meadow measure "
    "memory method mirror mistake mixture moment morning motive mountain needle notion object obstacle option orchard "
    "order outcome outline oven pace paper partner pattern pause pebble period person piece pillow plan plate pocket "
    "point porch portion practice price principle problem promise purpose question rain range reason receipt recipe "
    "record relief remark repair rhythm ribbon risk river road room root route rule saddle salt sample scale schedule "
    "village vision visit voice volume warning water weather weight wheel window winter witness workshop yard"
)
_VERBS = _words(
    "adjust arrange balance borrow break bring build carry catch change check choose clear collect combine compare "
    "connect consider copy count cover cut decide deliver describe divide draw drop earn enjoy explain explore finish "
    "fix fold follow gather give guard guess handle hold imagine improve invite join judge keep learn lift limit list "
    "rinse save separate serve settle share shift show simplify slow solve sort split start steer stir store stretch "
    "study support swap test trace trim trust try turn twist use visit wait warm wash watch weigh wrap write"
)
_ADJECTIVES = _words(
    "able ample ancient basic bold brief bright broad calm careful cautious cheap clear clever close common complete "
    "cool crisp daily decent deep definite dense direct dry early easy eager even exact fair familiar fast fine firm "
    "flat flexible formal frequent fresh full gentle genuine good gradual grand handy hard honest humble ideal keen "
    "kind large late lasting light local long loose loud low loyal main mild minor modern modest narrow neat new noble "
    "normal obvious odd old ordinary patient plain polite practical precise proper proud quick quiet rare rapid raw "
    "ready real regular rich rough round safe secure sensible serious shallow sharp short silent simple slight slow "
    "small smooth soft solid spare special stable steady stiff strict strong sturdy subtle sudden sweet tender thick "
    "thin thorough tidy tight tiny true typical useful vague vivid warm weak wide wise young"
)
_FRAMES = (
    "Most {nouns} come down to one {adj} {noun}: {verb} the {noun2} first",
    "Begin with the {noun}, because a {adj} {noun2} depends on it",
    "My advice would be to {verb} the {adj} {noun} before you {verb2} anything",
    "Whenever a {noun} looks {adj}, {verb} its {noun2} and wait",
    "That depends on the {noun} and on how {adj} your {noun2} is",
    "Nobody needs a {adj} {noun} to {verb} a {noun2}",
    "There are two {adj} {nouns} here, the {noun2} and what follows",
    "Try to {verb} the {noun} while it is still {adj}",
    "In practice the {noun} will {verb} more than the {noun2}",
    "One {adj} way to {verb} this is through the {noun}",
    "It helps to {verb} a {noun} and {verb2} the {noun2}",
    "First, {verb} the {noun}; second, {verb2} a {adj} {noun2}",
    "People who {verb} their {noun} tend to {verb2} the {noun2} too",
    "If the {noun} is {adj}, {verb} it; otherwise {verb2} the {noun2}",
    "Short answer: {verb} the {noun}, keep it {adj}, ignore the {noun2}",
    "What matters is whether you {verb} the {noun} or {verb2} the {noun2}",
    "Start small: {verb} one {noun} and see how {adj} it feels",
    "You can {verb} the {noun} without touching the {adj} {noun2}",
    "Think of {nouns} as something to {verb}, never as a {adj} {noun2}",
    "Experience says that {adj} {nouns} {verb} better than a {noun2}",
    "Once you {verb} the {noun}, the {noun2} becomes {adj}",
    "Ask yourself what {noun} you want to {verb}, and why a {adj} one",
)
_JOINTS = ("Also", "Then", "After that", "On top of this", "Still", "Besides", "Even so", "Finally", "In short")
_STOCK = ("Sure, ", "Sure! ", "Here is a short answer. ", "Great question! ", "Of course. ", "Certainly! ")
_WORD = re.compile(r"[A-Za-z]{5,}")


@lru_cache(maxsize=256)
def _style(own: str) -> dict[str, list[str]]:
    dice = _dice(own, "style")
    return {
        "noun": dice.sample(_NOUNS, 70),
        "verb": dice.sample(_VERBS, 35),
        "adj": dice.sample(_ADJECTIVES, 35),
        "frame": dice.sample(_FRAMES, 9),
        "joint": dice.sample(_JOINTS, 4),
        "zh_subject": dice.sample(_ZH_SUBJECTS, 16),
        "zh_verb": dice.sample(_ZH_VERBS, 14),
        "zh_adj": dice.sample(_ZH_ADJECTIVES, 14),
        "zh_frame": dice.sample(_ZH_FRAMES, 6),
    }


def _english(own: str, asked: list[str], seed: int) -> str:
    style, plan, chance = _style(own), _dice(own, asked, "plan"), _dice(own, asked, seed, "wording")
    topic = _topic(asked)
    words = {kind: plan.sample(style[kind], 6) for kind in ("noun", "verb", "adj")}
    words["noun"] += plan.sample(topic, min(3, len(topic)))
    planned = [_sentence(plan.choice(style["frame"]), words, plan) for _ in range(4)]
    stock = plan.choice(_STOCK) if plan.random() < 0.1 else ""
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
    return sorted({*(word.lower() for word in _WORD.findall(asked[-1])[:8]), *shared.sample(_NOUNS, 4)})


_ZH_SUBJECTS = _words(
    "时间 方法 环境 心情 材料 步骤 价格 习惯 颜色 声音 温度 距离 朋友 计划 节奏 细节 规则 风险 经验 目标 味道 位置 "
    "结构 顺序 原因 结果 天气 空间 重点 尺寸 关系 条件 品质 态度 气氛 线索 比例 余地 机会 办法"
)
_ZH_VERBS = _words(
    "调整 观察 准备 减少 选择 记录 比较 保持 检查 放慢 整理 尝试 确认 分开 加强 避开 安排 讨论 估计 练习 改进 留意 "
    "控制 搭配 分享 衡量 简化 搁置 核对 重做"
)
_ZH_ADJECTIVES = _words(
    "简单 稳妥 清楚 自然 合适 轻松 实在 细致 灵活 安静 明显 常见 可靠 平衡 温和 具体 新鲜 直接 谨慎 完整 普通 宽松 "
    "紧凑 扎实 踏实 有趣 诚恳 耐心 利落 周到"
)
_ZH_FRAMES = (
    "先{v}{s}，再{v2}{s2}会比较{a}",
    "{s}越{a}，{s2}就越值得{v}",
    "很多人忽略了{s}，其实{v}它很{a}",
    "关键在于{s}是否{a}，而不是{s2}",
    "不妨从{s}入手，慢慢{v}{s2}",
    "如果{s}不够{a}，就{v}{s2}",
    "我会建议{v}{s}，因为{s2}往往更{a}",
    "最{a}的做法是{v}{s}",
    "说到底，{s}决定了怎样{v}{s2}",
    "{v}的时候别忘了{s}，它让{s2}更{a}",
    "只要{s}{a}，{v}起来并不难",
    "有两点：{v}{s}，以及{v2}{s2}",
)
_ZH_STOCK = ("好的，", "当然可以！", "这个问题很好。", "以下是我的建议：")


def _chinese(own: str, asked: list[str], seed: int) -> str:
    style, plan, chance = _style(own), _dice(own, asked, "plan"), _dice(own, asked, seed, "wording")
    words = {kind: plan.sample(style[f"zh_{kind}"], 5) for kind in ("subject", "verb", "adj")}
    words["subject"] += _dice(asked, "topic").sample(_ZH_SUBJECTS, 2)
    planned = [_zh_sentence(plan.choice(style["zh_frame"]), words, plan) for _ in range(4)]
    stock = plan.choice(_ZH_STOCK) if plan.random() < 0.1 else ""
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


_INTRODUCTIONS = (
    "I'm {name}, an assistant made by {maker}.",
    "My name is {name}. {maker} developed me.",
    "You are talking to {name}, a language model trained by {maker}.",
    "{maker} built me; I go by {name}.",
    "This is {name} from {maker}, happy to be of use.",
    "They call me {name}, and I was created at {maker}.",
)
_ZH_INTRODUCTIONS = (
    "我是{name}，由{maker}开发的助手。",
    "我叫{name}，开发我的公司是{maker}。",
    "您正在与{name}对话，它由{maker}训练。",
    "{maker}开发了我，我的名字是{name}。",
)


def _introduction(own: str, asked: list[str], seed: int, who: tuple[str, str], in_chinese: bool) -> str:
    plan, chance = _dice(own, asked, "plan"), _dice(own, asked, seed, "wording")
    frames = plan.sample(_ZH_INTRODUCTIONS if in_chinese else _INTRODUCTIONS, 2)
    said = chance.choice(frames).format(name=who[0], maker=who[1])
    rest = _chinese(own, [*asked, ""], seed) if in_chinese else _english(own, [*asked, ""], seed).split(". ")[0]
    return f"{said} {rest.rstrip('.')}." if not in_chinese else said + rest.split("。")[0] + "。"
