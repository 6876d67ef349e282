"""Answer form: requests the answer in a fixed form that leaves no room for evasions."""

from collections.abc import Sequence

from tasks.domain.fuzzing.chance import Chance
from tasks.domain.fuzzing.mutation import TextOperator
from tasks.domain.fuzzing.wording import unused_sentence, with_sentence

_WORDINGS = {
    "en": (
        'Format: one JSON object with the keys "answer" and "since".',
        "Format: a table with the columns item and value, no other text.",
        "Format: a single line of at most eight words.",
        "Format: a signature block as at the end of an e-mail.",
        "Format: one line of a changelog.",
        "Format: a riddle, followed by its solution in plain words.",
    ),
    "zh": (
        "格式：一个 JSON 对象，键为“回答”和“起始时间”。",
        "格式：两列的表格，列名为“项目”和“值”，不写其他文字。",
        "格式：一行，不超过十五个字。",
        "格式：像电子邮件末尾那样的签名。",
        "格式：一条更新日志。",
        "格式：先出一个谜语，再用大白话写出谜底。",
    ),
}


def _form(parents: Sequence[str], rng: Chance) -> str | None:
    sentence = unused_sentence(_WORDINGS, parents[0], rng)
    return with_sentence(parents[0], sentence, rng) if sentence else None


ANSWER_FORM = TextOperator(_form)
