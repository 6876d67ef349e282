"""Words, prefix overlaps and word pairs: in Python what `sql/core/reply_shape.sql` does in bulk.

Tests keep the two equal; here the functions mark what two texts share, there they score all pairs.
"""

from itertools import pairwise

import regex

PREFIX_WORDS = 12
"""Most leading words that count: past it, two replies are plainly the same."""

_UNSPACED = regex.compile(r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’]+")

_FIRST_SENTENCE = regex.compile(r"\s*\S.*?(?:[.!?]+[\"'”’)]*(?=\s)|[。！？]+[”’」』）]*|\n)", regex.DOTALL)


def words(text: str) -> list[str]:
    """Return the words of `text`, lower-cased: runs of letters, marks, digits and apostrophes.

    Scripts that are written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) count by character.
    """
    return _WORD.findall(_UNSPACED.sub(r" \1 ", text.lower()))


def shared_prefix_overlap(left: str, right: str) -> int:
    """Return the number of identical leading words of two texts, at most `PREFIX_WORDS`."""
    count = 0
    for a, b in zip(words(left)[:PREFIX_WORDS], words(right)[:PREFIX_WORDS], strict=False):
        if a != b:
            break
        count += 1
    return count


def bigram_jaccard(left: str, right: str) -> float | None:
    """Return shared over all distinct word pairs of two texts, 0 to 1; None where neither has a pair."""
    sets = []
    for text in (left, right):
        tokens = words(text)
        sets.append(set(pairwise(tokens)))
    union = sets[0] | sets[1]
    return len(sets[0] & sets[1]) / len(union) if union else None


def without_first_sentence(text: str) -> str:
    """Return `text` from its second sentence or line on; a text of one sentence as it is."""
    first = _FIRST_SENTENCE.match(text)
    rest = text[first.end() :].lstrip() if first else ""
    return rest or text
