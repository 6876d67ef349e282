"""Templates of word classes: a classifier that attributes replies by their grammar, without regard to their subject."""

from collections.abc import Sequence

import numpy as np
import regex
from numpy.typing import NDArray

from tasks.domain.rival import Floats, Rival, RivalInput
from tasks.domain.similarity.attribution import MOST_WORDS, ODD, attribution
from tasks.domain.similarity.function_words import FUNCTION_WORDS
from tasks.domain.similarity.lexical import words

SIZE = 4
"""Classes in a template."""

SUFFIXES = (
    *("ization", "isation", "ability", "fulness", "ousness", "tion", "sion", "ment", "ness", "ship", "ance", "ence"),
    *(
        "ible",
        "able",
        "less",
        "ical",
        "ious",
        "eous",
        "ward",
        "ingly",
        "edly",
        "ally",
        "ily",
        "ful",
        "ous",
        "ive",
        "ity",
    ),
    *("ism", "ist", "ize", "ise", "ify", "ing", "est", "ers", "ies", "ant", "ent", "al", "ic", "ly", "ed", "er", "or"),
    "s",
)
"""Endings that tell an English word's part of speech; the longest that fits counts."""

LEAST_STEM = 2
"""Letters that must be left of a word before its ending."""

_LONGEST_FIRST = tuple(sorted(SUFFIXES, key=len, reverse=True))
_DIGIT = regex.compile(r"\p{N}")
_HIRAGANA = regex.compile(r"\p{Hiragana}")
_SCRIPTS = {
    name: regex.compile(rf"\p{{{name}}}")
    for name in ("Latin", "Han", "Katakana", "Cyrillic", "Greek", "Hangul", "Arabic", "Devanagari", "Thai")
}


def score(inputs: RivalInput) -> Floats | None:
    """Return the mean log-probability that a classifier gives the reference as the writer of the target's replies.

    From minus infinity to 0. After Wadhwa et al., Who Taught You That? (Findings of ACL 2025, 3307-3315, arXiv
    2502.06659), who name a student's teacher from a closed set of candidates by templates of parts of speech. Features
    are sequences of four word classes; `similarity.attribution` is the classifier. They tag parts of speech, which
    needs a model for each language; here a class is `word_class`, which needs none and knows less. Punctuation does not
    count, only the first 200 words do, and a classifier learns from at most 6000 replies. Not symmetric.

    Returns:
        Shape (m, m); NaN in the columns of models that are no candidates; None with fewer than two candidates that
        have replies to learn from.
    """
    number_of: dict[str, int] = {}
    class_of: dict[str, int] = {}
    replies = []
    for row, is_there in zip(inputs.table.texts, inputs.table.has_words, strict=True):
        for text, has_words in zip(row, is_there, strict=True):
            if not has_words:
                continue
            reply = words(text or "")[:MOST_WORDS]
            for word in reply:
                if word not in class_of:
                    class_of[word] = number_of.setdefault(word_class(word), len(number_of) + 1)
            replies.append(_templates([class_of[word] for word in reply]))
    return attribution(inputs, replies)


def word_class(word: str) -> str:
    """Return the class of a lower-cased word: what a tagger would tell, as far as a word alone can.

    A function word (English or Chinese) and a hiragana, with which Japanese writes its grammar, is a class of its own;
    all numbers are one; of the others those of one ending are one, and those without, of one script.
    """
    if word in FUNCTION_WORDS or _HIRAGANA.match(word):
        return word
    if _DIGIT.search(word):
        return "NUMBER"
    for suffix in _LONGEST_FIRST:
        if word.endswith(suffix) and len(word) >= len(suffix) + LEAST_STEM:
            return f"-{suffix.upper()}"
    return next((name.upper() for name, script in _SCRIPTS.items() if script.match(word)), "OTHER")


def _templates(classes: Sequence[int]) -> NDArray[np.uint64]:
    """Return a number for each run of `SIZE` classes, times `ODD`; none for a shorter reply."""
    codes = np.array(classes, dtype=np.uint64)
    n = max(len(codes) - SIZE + 1, 0)
    mixed = codes[:n]
    for step in range(1, SIZE):
        mixed = mixed * ODD ^ codes[step : step + n]
    return mixed * ODD


WORD_CLASS_TEMPLATES = Rival(score, extra="validate")
