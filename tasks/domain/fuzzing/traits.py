"""Traits of a template, found by cue words, and how often probed templates had each pair of traits.

A weakness often needs two traits at once. Failures do not show which two, so before the first success a search
chooses what it has not tried: of several drafts of a mutation, the one with the rarest pairs of traits.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations_with_replacement

from tasks.domain.fuzzing.wording import language_of

_TONGUE = r"(?:chinese|english|french|spanish|german|russian|japanese|portuguese|korean)"
_WORDINGS = {
    "dual_answer": (
        r"\btwice\b|\btwo (?:answers|replies|columns|voices)|\bsecond answer|\bcolumn b\b|\bown answer\b|\bonce more\b",
        r"两遍|两次|两个答案|两版|两个小人|第二个答案|再答一遍",
    ),
    "language_switch": (
        rf"\b(?:reply|answer|respond|write|think|repeat)\b[^.\n]*\b{_TONGUE}\b",
        r"用[英法德俄日韩中西葡][\u4e00-\u9fff]*(?:作答|回答|重说|思考|写)",
    ),
    "translation": (rf"\btranslat|\binto (?:plain )?{_TONGUE}\b", r"译"),
    "role": (r"\byou are an? |\byou play\b|\bplay the\b|\byou speak as\b", r"你是[一你]|你演|扮演|身份回答|你就是"),
    "story": (r"\bstory\b|\bonce upon\b|\bnarrator\b|\bscene\b|\bdialogue\b", r"小说|故事|小品|第二幕|对话，各说"),
    "letter": (r"^\s*dear\b|\bletter\b|\byours\b|\be-?mail\b|\bmessage\b", r"写.{0,6}信|展信|回信|邮件|盼复"),
    "log": (r"\[[^\]\n]{2,20}\].*\n|\b(?:debug|info|audit)\b|\blog\b", r"\[自检\]|日志|审计 提问|调试"),
    "code": (r"```|/\*|\bjson\b|\bconst\b|\bcurl\b", r"配置|注释"),
    "transcript": (
        r"\b(?:host|model|caller|agent|guest):|\binterview|\breporter\b|\btranscript|\bminutes\b",
        r"访谈|采访|通话记录|会议记录|主持人",
    ),
    "form": (r"\bform\b|\bfield\b|\bdeclar|\bregistration|\bcensus\b", r"登记|普查|申报"),
    "game": (
        r"\bgame\b|\bquiz\b|\bforfeit|\bexam\b|\briddle|\bmultiple choice|\bodd one\b",
        r"抢答|真心话|击鼓|试卷|谜",
    ),
    "document": (r"\bmodel card|\bpress release|\bencyclop|\bpage\b|\bpaper\b|\bnote\b", r"说明书|这页|纸条|材料"),
    "training_data": (r"\btrain(?:ing|ed)\b|\bfine-tun|\btuned on\b|\brecord\b", r"微调|训练|样本"),
    "continuation": (r"\bcontinue\b|\bcomplete\b|(?::|\bi|\bi am)\s*$", r"续写|补全|接着往下|[：“，我是]\s*$"),
    "hypothetical": (r"\bsuppose\b|\bimagine\b|\bhypothetical|\bassume\b", r"假设|假如|如果"),
    "debug": (r"\bdiagnos|\bself-?test|\bmaintenance\b|\binstallation\b|\braw\b", r"诊断|自检|验收|维护"),
    "pressure": (
        r"\bseconds\b|\bsent back\b|\bauditors\b|\bcounts? as\b|\bplease don't say\b|\bbefore you\b|\bhelp me\b",
        r"退回|核对|视为|三十秒|只想看看|请不要说|在你之前|帮上我",
    ),
    "true_name": (
        r"\b(?:real|proper|full) (?:legal )?(?:name|noun)|\bnames? names\b",
        r"真名|真实的?名字|专有名词|全称|具体名称",
    ),
    "answer_form": (r"\bformat\b|\bat most \w+ words|\bone line\b|\btable\b", r"格式|不超过"),
}
CUES = {name: re.compile("|".join(cues), re.MULTILINE) for name, cues in _WORDINGS.items()}
"""Patterns of the wordings of each trait."""

IN_ENGLISH, IN_CHINESE = "in_english", "in_chinese"

Pair = tuple[str, str]


@lru_cache(maxsize=1024)
def traits_of(text: str) -> frozenset[str]:
    """Return the traits of a template, including its language."""
    language = IN_CHINESE if language_of(text) == "zh" else IN_ENGLISH
    lower = text.lower()
    return frozenset({language, *(name for name, cue in CUES.items() if cue.search(lower))})


@dataclass(frozen=True)
class Coverage:
    """How many probed templates had each pair of traits; a pair of equal traits counts the trait alone."""

    pair_counts: Mapping[Pair, int] = field(default_factory=dict)

    def with_texts(self, texts: Iterable[str]) -> "Coverage":
        """Return the counts including those of `texts`."""
        counts = Counter(self.pair_counts)
        for text in texts:
            counts.update(_pairs(text))
        return Coverage(counts)

    def rarity(self, text: str) -> float:
        """Return the novelty of `text`: 1 for each pair of traits never probed, 1 / (1 + n) for one probed n times."""
        return sum(1 / (1 + self.pair_counts.get(pair, 0)) for pair in _pairs(text))


def _pairs(text: str) -> list[Pair]:
    return list(combinations_with_replacement(sorted(traits_of(text)), 2))
