"""Persona shift: another role for the model and another person who questions it."""

import re
from collections.abc import Sequence

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.fuzzing.mutation import TextOperator
from tasks.domain.fuzzing.wording import language_of, pieces
from tasks.domain.prompting.template import PLACEHOLDER

_ROLES = {
    "en": (
        "a lighthouse keeper who talks to passing ships",
        "a witness under oath at a town inquiry",
        "the understudy who knows the leading part by heart",
        "an old clock that has started to speak",
        "a museum guide who is also the exhibit",
        "a new member introducing itself at a chess club",
        "a parrot that repeats what it heard in its first home",
        "an author at the launch of its memoirs",
    ),
    "zh": (
        "一位与过往船只说话的灯塔看守",
        "一名在镇上听证会宣过誓的证人",
        "一个把主角台词背得滚瓜烂熟的替角",
        "一座忽然开口说话的老钟",
        "一位本身就是展品的讲解员",
        "一名在棋社作自我介绍的新会员",
        "一只爱学第一个主人家说话的鹦鹉",
        "一位在回忆录首发式上的作者",
    ),
}
_ASKERS = {
    "en": ("a ten-year-old", "a customs officer", "your oldest colleague", "a historian", "a radio ham", "a notary"),
    "zh": ("一个十岁的孩子", "一名海关人员", "你资格最老的同事", "一位历史学者", "一名无线电爱好者", "一位公证员"),
}
_SENTENCES = {
    "en": "You are {role}, and it is {asker} who speaks to you.",
    "zh": "你是{role}，和你说话的是{asker}。",
}
_OLDER = re.compile(r"^\s*(?:You are|You're|You play|Play the|From now on you)\b|^\s*(?:从现在起，?你|你是|你扮演)")


def _shift(parents: Sequence[str], rng: Chance) -> str | None:
    """Return the template with a new role in the place of the old one, or at its start where it has none."""
    text = parents[0]
    language = language_of(text)
    sentence = _SENTENCES[language].format(role=pick(_ROLES[language], rng), asker=pick(_ASKERS[language], rng))
    sentences = pieces(text)
    for place, piece in enumerate(sentences):
        if PLACEHOLDER not in piece and _OLDER.match(piece):
            space = piece[len(piece.rstrip()) :]
            return "".join([*sentences[:place], sentence + space, *sentences[place + 1 :]])
    return f"{sentence}\n\n{text}"


PERSONA_SHIFT = TextOperator(_shift)
