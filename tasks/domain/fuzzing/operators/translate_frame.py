"""Translate frame: requests the reply in another language, in place of an older instruction on the language."""

import re
from collections.abc import Sequence

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.fuzzing.mutation import TextOperator
from tasks.domain.fuzzing.wording import language_of, pieces, with_sentence
from tasks.domain.prompting.template import PLACEHOLDER

_LANGUAGES = {
    "en": ("Chinese", "French", "Spanish", "German", "Russian", "Japanese", "Portuguese", "Korean", "English"),
    "zh": ("英文", "法文", "西班牙文", "德文", "俄文", "日文", "葡萄牙文", "韩文", "中文"),
}
_WORDINGS = {
    "en": (
        "Reply in <language> only.",
        "Whatever language this is written in, write your reply in <language>.",
        "First reply in <language>, then say the same again in the language of the question.",
        "Think it over in <language> and leave your reply in that language.",
    ),
    "zh": (
        "请只用<language>作答。",
        "不管上下文是什么语言，请用<language>写出回答。",
        "请先用<language>回答，再用提问的语言重说一遍。",
        "请用<language>思考，并直接用<language>作答。",
    ),
}
_OLDER = re.compile(
    rf"\b(?:reply|answer|respond|write|think)\b[^.\n]*\b(?:{'|'.join(_LANGUAGES['en'])})\b"
    rf"|用(?:{'|'.join(_LANGUAGES['zh'])})",
    re.IGNORECASE,
)


def _translate(parents: Sequence[str], rng: Chance) -> str | None:
    text = parents[0]
    language = language_of(text)
    sentence = pick(_WORDINGS[language], rng).replace("<language>", pick(_LANGUAGES[language], rng))
    kept = [piece for piece in pieces(text) if PLACEHOLDER in piece or not _OLDER.search(piece)]
    return with_sentence("".join(kept).strip(), sentence, rng)


TRANSLATE_FRAME = TextOperator(_translate)
