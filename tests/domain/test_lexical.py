"""Python and SQL agree on what a word, an opening and a word pair are."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.similarity import lexical

# Libraries know other Unicode versions; what was assigned before Unicode 10 they share.
ASSIGNED = st.characters(max_codepoint=0x9FA5, exclude_categories=["Cn", "Cs", "Cc"])
TEXTS = [
    "Sure! Here's a plan",
    "sure, HERE'S a Plan for you",
    "当然，我可以帮你",
    "当然可以",
    "",
    "--- 1. one",
    "การทดสอบ",
    "naïve café's",
]


def test_words_of_scripts() -> None:
    assert lexical.words("Don't PANIC, it's 42!") == ["don't", "panic", "it's", "42"]
    assert lexical.words("我叫Max。") == ["我", "叫", "max"]


def test_shared_prefix_overlap_is_capped() -> None:
    assert lexical.shared_prefix_overlap("a b c d", "a b x d") == 2
    assert lexical.shared_prefix_overlap("w " * 40, "w " * 40) == lexical.PREFIX_WORDS
    assert lexical.shared_prefix_overlap("", "a") == 0


def test_bigram_jaccard_of_nothing_is_missing() -> None:
    assert lexical.bigram_jaccard("a", "b") is None
    assert lexical.bigram_jaccard("a b c", "a b d") == pytest.approx(1 / 3)


@given(st.lists(st.sampled_from(TEXTS) | st.text(ASSIGNED, max_size=40), min_size=2, max_size=2))
@settings(max_examples=50, deadline=None)
def test_sql_counts_the_same_words(texts: list[str]) -> None:
    pattern = store.sqlfiles.read_relation(store.sqlfiles.SQL_DIR / "core" / "reply_shape.sql").text
    start = pattern.index("regexp_extract_all(")
    expression = pattern[start : pattern.index("],", pattern.index("]+"))].replace("reply.reply_text", "$text")
    with duckdb.connect() as connection:
        for text in texts:
            clean = text.encode("utf-8", "ignore").decode().replace("\x00", "")
            [[found]] = connection.execute(f"select {expression}", {"text": clean}).fetchall()
            assert len(found) == len(lexical.words(clean))


def test_home_paths(tmp_path) -> None:
    assert Home(tmp_path).warehouse.parent == tmp_path


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Sure! Here it is. Done.", "Here it is. Done."),
        ("One sentence only.", "One sentence only."),
        ("Version 2.5 is out. It is fast.", "It is fast."),
        ("# Title\nText.", "Text."),
        ("好的。这是答案。", "这是答案。"),
        ("“Yes.” she said. No.", "she said. No."),
        ("no end", "no end"),
        ("", ""),
    ],
)
def test_the_first_sentence_is_cut_but_never_the_only_one(text, rest):
    assert lexical.without_first_sentence(text) == rest
