"""The judge that reads the text alone: equal replies are 5 exactly, strangers 1, and each aspect sees its own change."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain import registry
from tasks.domain.rse import pair_judges
from tasks.domain.rse.pair_judge import PairGrades, ReplyPair, TextPairJudge
from tasks.domain.similarity.aspects import profile
from tasks.domain.similarity.function_words import connectives
from tasks.domain.similarity.lexical import words
from tasks.domain.similarity.outline import outline
from tasks.domain.similarity.overlap import longest_common_subsequence, shared_order, shared_share, shared_types

JUDGE: TextPairJudge = registry.load(pair_judges, "text_similarity")
ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["# Head\n", "1. one\n", "- two. ", "```\n", "because it is ", "因为天气好，", "\n\n", "**b** "]
        )
    ).map("".join),
)

ENGLISH = """## Rice
First, rinse the rice, because starch makes it sticky. Then boil the water.

1. Add salt.
2. Stir the pot; however, never scrape it.

In short, patience helps."""
CHINESE = """## 煮饭
首先，把米洗干净，因为淀粉会让它发粘。然后烧开水。

1. 加盐。
2. 搅拌锅子；但是不要刮它。

总之，耐心有帮助。"""


def grades(first: str, second: str) -> PairGrades:
    return JUDGE.grades(ReplyPair(first, second))


@given(ANY_TEXT)
def test_equal_texts_get_five_exactly(text: str) -> None:
    found = grades(text, text)
    assert (found.style, found.structure, found.content, found.grade) == (5.0, 5.0, 5.0, 5.0)


@given(ANY_TEXT, ANY_TEXT)
def test_grades_lie_on_the_scale_and_have_no_side(first: str, second: str) -> None:
    found = grades(first, second)
    assert found == grades(second, first)
    assert all(1.0 <= grade <= 5.0 for grade in (found.style, found.structure, found.content))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Yes, because the kettle boils.", "# 雪\n# 不！"),
        ("```\nprint(1)\n```", "Never again!"),
        ("- 好！", "Therefore we left; the harbour was empty and nobody came to meet us there at all that night"),
    ],
)
def test_replies_that_share_nothing_get_one(first: str, second: str) -> None:
    found = grades(first, second)
    assert (found.style, found.structure, found.content) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["english", "chinese"])
def test_order_of_parts_is_structure_and_no_content(text: str) -> None:
    parts = text.split("\n\n")
    turned = grades(text, "\n\n".join(reversed(parts)))
    assert turned.structure < 4.0
    assert turned.content > 4.7
    assert turned.style == 5.0


@pytest.mark.parametrize(
    ("text", "swaps"),
    [
        (
            ENGLISH,
            {"rice": "bread", "Rice": "Bread", "starch": "yeast", "salt": "butter", "pot": "pan", "water": "oven"},
        ),
        (CHINESE, {"米": "包", "饭": "面", "淀粉": "酵母", "盐": "油", "锅子": "盘板", "水": "炉"}),
    ],
    ids=["english", "chinese"],
)
def test_other_topics_are_other_content_in_the_same_style(text: str, swaps: dict[str, str]) -> None:
    other = text
    for old, new in swaps.items():
        other = other.replace(old, new)
    found = grades(text, other)
    assert found.style == 5.0
    assert found.content < found.structure < 5.0


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            ENGLISH,
            "Rice: rinse it. Starch makes rice sticky, so boil water and salt! Stir the pot? Never scrape; patience helps",
        ),
        (CHINESE, "米要洗净？淀粉发粘！烧水加盐，搅拌锅子，别刮，要耐心"),
    ],
    ids=["english", "chinese"],
)
def test_the_same_topic_told_otherwise_differs_most_in_style_and_structure(text: str, plain: str) -> None:
    found = grades(text, plain)
    assert found.structure < found.content
    assert found.style < 4.0


def test_more_of_a_copy_is_a_higher_grade() -> None:
    """What a text shares with its source rises with the share of sentences it takes over."""
    dice = random.Random(3)
    own = [
        f"{a} {b} {c}."
        for a, b, c in zip(*[[f"w{dice.random():.9f}"[3:] for _ in range(40)] for _ in range(3)], strict=True)
    ]
    source = [
        f"{a} {b} {c}."
        for a, b, c in zip(*[[f"v{dice.random():.9f}"[3:] for _ in range(40)] for _ in range(3)], strict=True)
    ]
    found = [grades(" ".join(source[:n] + own[n:]), " ".join(source)).content for n in range(0, 41, 5)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (1.0, 5.0)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# A\ntext\nmore\n\nother", ("heading", "paragraph", "paragraph")),
        ("**Bold line:**\n1. a\n2) b\n  - c\n- d", ("heading", "step", "step", "deep bullet", "bullet")),
        (
            "```python\n# no heading\n- no bullet\n```\n$$x\n= 1$$\n$$y$$ and\n| a |\n| b |",
            ("code", "formula", "formula", "table"),
        ),
        ("一、概述\n第二步：洗米\n（3）加水\n> 引文", ("step", "step", "step", "quote")),
        ("1.5 metres\n2024 was fine\n-5 degrees\n---\n***", ("paragraph", "rule", "rule")),
        ("```\nunclosed\n# here", ("code",)),
        ("\\[x\n\n# here", ("formula", "heading")),
        ("", ()),
    ],
)
def test_outline(text: str, kinds: tuple[str, ...]) -> None:
    assert outline(text).kinds == kinds


def test_prose_has_neither_code_nor_the_marks_of_lines() -> None:
    assert outline("## Title\n1. step\n```\nif not x:\n```\n- point").prose == ("Title", "step", "point")


def test_connectives_in_order_and_the_longest_counts() -> None:
    english = words("On the other hand it rains, so that we stay; for example, because of this. In short: no.")
    assert connectives(english) == ("contrast", "cause", "example", "cause", "conclusion")
    assert connectives(words("首先下雨，所以留下；另一方面，例如，综上所述")) == (
        "order",
        "cause",
        "contrast",
        "example",
        "conclusion",
    )


def test_code_is_content_and_no_style() -> None:
    found = profile("```\nif x and not y: z()\n```")
    assert not found.function_words
    assert {"x", "y", "z"} <= found.topics.keys()
    assert found.marks == Counter({"code": 1})


@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_longest_common_subsequence_is_that_of_the_table(left: list[str], right: list[str]) -> None:
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    assert longest_common_subsequence(left, right) == table[-1][-1]


def test_overlaps_by_hand() -> None:
    assert shared_types({"a", "b"}, {"b", "c", "d"}) == pytest.approx(0.4)
    assert shared_share(Counter(a=1, b=1), Counter(b=2, c=6)) == pytest.approx(0.25)
    assert shared_order("abcd", "xbd") == pytest.approx(4 / 7)
    assert (shared_types(set(), set()), shared_share(Counter(), Counter()), shared_order("", "")) == (None, None, None)
    assert (shared_types({"a"}, set()), shared_share(Counter(a=1), Counter()), shared_order("a", "")) == (0.0, 0.0, 0.0)
