"""Tokens, skeleton and lines of a reply: the input of the channels."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache
from itertools import pairwise
from unicodedata import category

import regex

N_COMMON_WORDS = 150
"""The commonest words of all replies stay in a skeleton: the words of templates."""

_UNSPACED = regex.compile(r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])")
_TOKEN = regex.compile(r"\n+|[\p{L}\p{M}\p{N}'’]+|[^\s\p{L}\p{M}\p{N}]")
_SENTENCE_ENDS = ".!?。！？"

LINE_BREAK = "\n"
NUMBER, OTHER_WORD = "9", "_"


def tokenize(text: str) -> list[str]:
    """Return the tokens of `text`, lower-cased: words, one line break for each run of them, every other mark by itself.

    A word is a run of letters, marks, digits and apostrophes; scripts that are written without spaces (Chinese,
    Japanese, Thai, Lao, Khmer, Burmese) count by character.
    """
    tokens: list[str] = _TOKEN.findall(_UNSPACED.sub(r" \1 ", text.lower()))
    return [LINE_BREAK if token[0] == LINE_BREAK else token for token in tokens]


def is_word(token: str) -> bool:
    """Return whether a token is a word or a number, not a mark or a line break."""
    return _begins_word(token[0])


@lru_cache(maxsize=4096)
def _begins_word(sign: str) -> bool:
    return sign.isalnum() or sign in "'’" or category(sign).startswith("M")


def words_of(tokens: Iterable[str]) -> list[str]:
    """Return the words and numbers among tokens."""
    return [token for token in tokens if _begins_word(token[0])]


def common_words(texts: Iterable[str], n: int = N_COMMON_WORDS) -> frozenset[str]:
    """Return the `n` commonest words of `texts` that have no digit; of equally common ones the first by spelling."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(tokenize(text))
    candidates = [(-count, token) for token, count in counts.items() if is_word(token) and not _has_digit(token)]
    return frozenset(token for _, token in sorted(candidates)[:n])


def _has_digit(token: str) -> bool:
    return any(sign.isdigit() for sign in token)


def skeleton(tokens: Sequence[str], common: Set[str]) -> list[str]:
    """Return the template of tokens: words of the subject are replaced.

    Common words, marks and line breaks stay; what begins with a digit becomes `9`, every other word `_`.
    """
    return [_skeleton_token(token, common) for token in tokens]


def _skeleton_token(token: str, common: Set[str]) -> str:
    if not is_word(token):
        return token
    if token[0].isdigit():
        return NUMBER
    return token if token in common else OTHER_WORD


def last_sentence(text: str) -> str:
    """Return the last sentence of `text`; of a text without an end of a sentence, all of it.

    A sentence ends with each of the signs . ! ? 。 ！ ？, so that of several in a row the last is a sentence by itself.
    """
    text = text.strip()
    return text[1 + max(text.rfind(sign, 0, len(text) - 1) for sign in _SENTENCE_ENDS) :].lstrip()


MOST_LINES = 30
LINE_LENGTHS = (4, 15, 40)


def line_types(text: str, tokens: Sequence[str]) -> list[str]:
    """Return the type of each of the first 30 lines: blank, or first mark x ends in a colon x is bold x length.

    First mark: digit, dash or bullet, `*`, `#`, backtick, word, other. Length in tokens: under 4, 15, 40, more.

    Args:
        text: the reply.
        tokens: its tokens, which hold one break for each run of them.
    """
    lengths = iter(_line_lengths(tokens))
    lines = [line.strip() for line in text.strip().split("\n")[:MOST_LINES]]
    return [_line_type(line, next(lengths, 0)) if line else "blank" for line in lines]


def _line_lengths(tokens: Sequence[str]) -> list[int]:
    """Return the number of tokens of each line that has any."""
    breaks = [-1, *(place for place, token in enumerate(tokens) if token == LINE_BREAK), len(tokens)]
    return [end - start - 1 for start, end in pairwise(breaks) if end - start > 1]


def _line_type(line: str, n_tokens: int) -> str:
    length = sum(n_tokens >= bound for bound in LINE_LENGTHS)
    return f"{first_mark(line[0])}{int(line.rstrip('*').endswith((':', '：')))}{int(line.startswith('**'))}{length}"


MARKS = "9-*#`wo"


def first_mark(sign: str) -> str:
    """Return a line's first mark, one of `MARKS`: a digit, a dash or bullet, `*`, `#`, backtick, word, other."""
    if sign.isdigit():
        return "9"
    if sign in "-–—•・":
        return "-"
    if sign in "*#`":
        return sign
    return "w" if sign.isalnum() else "o"
