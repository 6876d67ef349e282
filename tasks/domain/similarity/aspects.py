"""Similarity of two replies in style, structure and content, each from 0 to 1, from the text alone.

Each aspect is the plain mean of its parts; a part that neither reply has (no connective, no sentence) is left out.
Every part is an overlap: 1 where the two are equal in it, 0 where they share nothing of it. Nothing is weighted, and
nothing was fitted.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import regex

from tasks.domain.similarity.function_words import FUNCTION_WORDS, connectives
from tasks.domain.similarity.lexical import words
from tasks.domain.similarity.outline import outline
from tasks.domain.similarity.overlap import shared_order, shared_share, shared_types

_MARK = regex.compile(r"\*{1,3}|`{1,3}|-{2,}|\.{2,}|…+|[^\P{P}'’\-]|\p{S}|(?<=\s)-(?=\s)")
_PICTURE = regex.compile(r"\p{So}")
_SENTENCE_END = regex.compile(r"[.!?;]+(?=\s|$)|[。！？；]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts of one reply. Style: `function_words`, `marks`, `sentences`; structure: `outline`, `connectives`.

    `topics` are its content words in the order in which each comes first: their order is structure, the set of them
    content, as are `pairs`, two words side by side. `marks` are punctuation, layout and pictures outside code,
    `sentences` the sentences by length, in powers of two.
    """

    text: str
    function_words: Counter[str]
    marks: Counter[str]
    sentences: Counter[str]
    outline: tuple[str, ...]
    connectives: tuple[str, ...]
    topics: dict[str, None]
    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Aspects:
    """Similarity in each aspect, 0 to 1."""

    style: float
    structure: float
    content: float


def profile(text: str) -> Profile:
    """Return the counts of `text`."""
    layout = outline(text)
    prose = "\n".join(layout.prose)
    prose_words, all_words = words(prose), words(text)
    marks = Counter("picture" if _PICTURE.match(mark) else mark for mark in _MARK.findall(prose))
    marks.update(kind for kind in layout.kinds if kind != "paragraph")
    lengths = (len(words(part)) for line in layout.prose for part in _SENTENCE_END.split(line))
    return Profile(
        text=text,
        function_words=Counter(word for word in prose_words if word in FUNCTION_WORDS),
        marks=marks,
        sentences=Counter(str(n.bit_length()) for n in lengths if n),
        outline=layout.kinds,
        connectives=connectives(prose_words),
        topics=dict.fromkeys(word for word in all_words if word not in FUNCTION_WORDS),
        pairs=frozenset(pairwise(all_words)),
    )


def compare_profiles(left: Profile, right: Profile) -> Aspects:
    """Return the similarity of two replies; equal texts are 1 in every aspect."""
    return Aspects(
        style=_mean(
            (left, right),
            shared_share(left.function_words, right.function_words),
            shared_share(left.marks, right.marks),
            shared_share(left.sentences, right.sentences),
        ),
        structure=_mean(
            (left, right),
            shared_order(left.outline, right.outline),
            shared_order(left.connectives, right.connectives),
            shared_order(tuple(left.topics), tuple(right.topics)),
        ),
        content=_mean(
            (left, right),
            shared_types(left.topics.keys(), right.topics.keys()),
            shared_types(left.pairs, right.pairs),
        ),
    )


def _mean(both: tuple[Profile, Profile], *parts: float | None) -> float:
    values = [part for part in parts if part is not None]
    # Two replies without anything that counts, such as lone signs, are alike only where they are equal.
    return sum(values) / len(values) if values else float(both[0].text == both[1].text)
