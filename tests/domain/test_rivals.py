"""Each rival finds a planted copy, agrees with small values worked out by hand, and leaves missing replies out."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import fisher_exact

from tasks.domain import registry, rivals
from tasks.domain.reply_table import ReplyTable
from tasks.domain.rival import Floats, Rival, RivalInput
from tasks.domain.rivals import dna_projection, rouge_l, string_kernel_mmd
from tasks.domain.rivals.first_words import provenance_p_values, unrelated_controls
from tasks.domain.rivals.word_class_templates import word_class
from tasks.domain.similarity.char_ngrams import BUCKETS, char_ngrams
from tasks.domain.similarity.overlap import shared_order

NAMES = registry.names(rivals)
OF_VECTORS = ["dna_projection", "raw_embedding"]
OF_TEXT = [name for name in NAMES if name not in OF_VECTORS]
CLASSIFIERS = ["tfidf_classifier", "word_class_templates"]
SYMMETRIC = [name for name in NAMES if name not in CLASSIFIERS]
OVER_ALL_PROMPTS = ["char_ngram_profile", "dna_projection"]
"""Rivals that make one profile of all of a model's replies; all others know only what both models answered."""

ENGLISH = ["well", "sure", "the", "short", "answer", "is", "that", "it", "depends", "on", "what", "you", "mean", "here"]
JAPANESE = list("はいえこれその答短説明時場合次通使方法必要大切")


def table_of(*rows: Sequence[str | None]) -> ReplyTable:
    return ReplyTable(
        tuple(f"m{place}" for place in range(len(rows[0]))),
        tuple(f"p{place}" for place in range(len(rows))),
        tuple(tuple(row) for row in rows),
    )


def scores(name: str, table: ReplyTable, candidates: Sequence[int] | None = None) -> Floats:
    rival: Rival = registry.load(rivals, name)
    m = len(table.models)
    found = rival.score(RivalInput(table, candidates or range(m), [f"g{place}" for place in range(m)], vectors(table)))
    assert found is not None
    assert found.dtype == np.float64
    assert found.shape == (m, m)
    assert np.isnan(np.diag(found)).all()
    return found


def vectors(table: ReplyTable) -> Floats:
    """Return word counts as vectors: an embedding that needs no model."""
    size = 1 + max((int(found.max()) for row in table.words for found in row if found is not None), default=0)
    made = np.full((len(table.prompts), len(table.models), size), np.nan)
    for prompt, row in enumerate(table.words):
        for model, found in enumerate(row):
            if found is not None:
                made[prompt, model] = np.bincount(found, minlength=size)
    return made


def planted(vocabulary: Sequence[str], joint: str, n: int = 40) -> ReplyTable:
    """Return replies of two teachers, a student of the first that changes a word in six, and an unrelated model.

    Each has its own favourite words, prefix overlap and length.
    """
    rng = np.random.default_rng(7)
    size = len(vocabulary)
    taste = rng.dirichlet(np.full(size, 0.4), 3)

    def own(model: int) -> list[str]:
        length = (30, 14, 20)[model] + int(rng.integers(0, 3))
        return [vocabulary[place] for place in rng.choice(size, length, p=taste[model])]

    rows = []
    for _ in range(n):
        first, second, other = own(0), own(1), own(2)
        student = [vocabulary[int(rng.integers(size))] if rng.random() < 1 / 6 else word for word in first]
        rows.append([joint.join(words) for words in (first, second, student, other)])
    return table_of(*rows)


def test_folder_holds_the_rivals() -> None:
    assert NAMES == [
        "char_ngram_profile",
        "char_ngrams",
        "dna_projection",
        "first_words",
        "length",
        "nei_identity",
        "raw_embedding",
        "rouge_l",
        "string_kernel_mmd",
        "tfidf_classifier",
        "word_class_templates",
        "word_jaccard",
    ]
    loaded: dict[str, Rival] = {name: registry.load(rivals, name) for name in NAMES}
    assert [name for name, rival in loaded.items() if rival.reads_vectors] == OF_VECTORS
    assert [name for name, rival in loaded.items() if rival.extra == "validate"] == CLASSIFIERS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("vocabulary", "joint"), [(ENGLISH, " "), (JAPANESE, "")], ids=["en", "ja"])
def test_student_is_nearest_to_its_teacher(name: str, vocabulary: Sequence[str], joint: str) -> None:
    found = scores(name, planted(vocabulary, joint), [0, 1])
    assert found[2, 0] > found[2, 1]
    assert found[2, 0] > found[3, 0]


@pytest.mark.parametrize("name", SYMMETRIC)
def test_copy_scores_one(name: str) -> None:
    text = "the quick answer is here"
    found = scores(name, table_of([text, text, "nothing of this kind"], ["so it goes on", "so it goes on", "other"]))
    assert found[0, 1] == pytest.approx(1.0)
    assert found[0, 2] < 1.0
    np.testing.assert_allclose(found, found.T)


@pytest.mark.parametrize("name", OF_TEXT)
def test_same_replies_get_the_same_scores(name: str) -> None:
    table = planted(ENGLISH, " ", 12)
    again = ReplyTable(table.models, table.prompts, table.texts)
    np.testing.assert_array_equal(scores(name, table, [0, 1]), scores(name, again, [0, 1]))


def test_values_worked_out_by_hand() -> None:
    table = table_of(["Yes, a b c", "yes a d"], ["No x", "Yes y z w"])
    # {yes a b c} and {yes a d}: 2 of 5; {no x} and {yes y z w}: none of 6.
    assert scores("word_jaccard", table)[0, 1] == pytest.approx((2 / 5 + 0) / 2)
    # yes a of 4 and 3 words; nothing.
    assert scores("rouge_l", table)[0, 1] == pytest.approx((2 * 2 / 7 + 0) / 2)
    assert scores("first_words", table)[0, 1] == pytest.approx(1 / 2)
    assert scores("length", table)[0, 1] == pytest.approx((3 / 4 + 2 / 4) / 2)


def test_nei_identity_by_hand() -> None:
    # Yes, and Yes, are one allele, No.. and Nope two; upper and lower case differ.
    table = table_of(["Yes, a", " Yes, b", "yes, a"], ["No. x", "Nope", "No. y"])
    values = scores("nei_identity", table)
    assert values[0, 1] == pytest.approx(1 / 2)
    assert values[0, 2] == pytest.approx(1 / 2)
    assert values[1, 2] == pytest.approx(0.0)


def test_string_kernel_by_hand() -> None:
    # abcd and abXdef differ in places 3, 5 and 6 of 1000; the second prompt's in the 9 that only one has.
    long = "x" * string_kernel_mmd.LENGTH
    table = table_of(["abcd", "abXdef"], ["12345678", "12345678 and more"], [long, long + "not counted"])
    assert scores("string_kernel_mmd", table)[0, 1] == pytest.approx((0.997 + 0.991 + 1.0) / 3)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("because", "because"),
        ("nation", "-TION"),
        ("action", "-TION"),
        ("running", "-ING"),
        ("ing", "LATIN"),
        ("quickly", "-LY"),
        ("cat", "LATIN"),
        ("2nd", "NUMBER"),
        ("は", "は"),
        ("東", "HAN"),
        ("ア", "KATAKANA"),
        ("дом", "CYRILLIC"),
    ],
)
def test_word_class(word: str, expected: str) -> None:
    assert word_class(word) == expected


def test_templates_do_not_know_the_subject() -> None:
    """Replies whose content words alone differ, by words of the same class, are attributed with the same certainty."""
    cats = [["the cat was running to a shop", "if it is so then we may", "a dog was walking to the park"]] * 8
    dogs = [[row[0], row[1], "a cow was jumping to the lamp"] for row in cats]
    np.testing.assert_allclose(
        scores("word_class_templates", table_of(*cats), [0, 1]),
        scores("word_class_templates", table_of(*dogs), [0, 1]),
    )


def test_projection_keeps_angles() -> None:
    """The cosine of two models' replies in one vector is kept, to about 1 / sqrt(128)."""
    rng = np.random.default_rng(1)
    made = rng.standard_normal((30, 4, 16))
    made[:, 1] = 0.96 * made[:, 0] + 0.28 * made[:, 1]
    table = table_of(*[["a", "b", "c", "d"]] * 30)
    values = registry.load(rivals, "dna_projection").score(RivalInput(table, [0], list("abcd"), made))
    joined = (made - made.mean(axis=1, keepdims=True)).transpose(1, 0, 2).reshape(4, -1)
    joined /= np.linalg.norm(joined, axis=1, keepdims=True)
    expected = joined @ joined.T
    np.fill_diagonal(expected, np.nan)
    np.testing.assert_allclose(values, expected, atol=4 / dna_projection.DIMENSIONS**0.5)
    assert expected[0, 1] > 0.3
    assert values[0, 1] > values[0, 2]


def test_character_profile_by_hand() -> None:
    # abcd twice and bcda, cdab, dabc once; abcd once: 2 / sqrt(7).
    table = table_of(["abcdabcd", "abcd"])
    assert scores("char_ngram_profile", table)[0, 1] == pytest.approx(2 / 7**0.5)
    # The profile is of all replies, not of each prompt's.
    moved = table_of(["abcd", "wxyz"], ["wxyz", "abcd"])
    assert scores("char_ngram_profile", moved)[0, 1] == pytest.approx(1.0)
    assert scores("char_ngrams", moved)[0, 1] == pytest.approx(0.0)


def test_character_runs() -> None:
    assert len(char_ngrams("abc")) == 0
    assert len(char_ngrams(" ab \n cd ")) == 2
    found = char_ngrams("abcdeabcd日本語です")
    assert found[0] == found[5]
    assert found.min() >= 0
    assert found.max() < BUCKETS


def test_rouge_agrees_with_our_own_and_cuts() -> None:
    rng = np.random.default_rng(3)
    texts = [" ".join(rng.choice(ENGLISH, int(rng.integers(1, 40)))) for _ in range(6)]
    found = scores("rouge_l", table_of(texts))
    for i, left in enumerate(texts):
        for j, right in enumerate(texts):
            if i != j:
                assert found[i, j] == pytest.approx(shared_order(left.split(), right.split()))
    long = " ".join(["a"] * rouge_l.MOST_WORDS)
    assert scores("rouge_l", table_of([long + " b", long + " c d"]))[0, 1] == pytest.approx(1.0)


@pytest.mark.parametrize("name", SYMMETRIC)
def test_missing_replies_are_left_out(name: str) -> None:
    text, other = "the same answer to all", "quite another thing said"
    whole = scores(name, table_of([text, text, other]))
    holes = scores(name, table_of([text, text, other], [None, text, None], [other, None, "  "]))
    # All replies tell how rare a 4-gram is.
    if name not in OVER_ALL_PROMPTS:
        np.testing.assert_allclose(holes, whole, atol=0.01 if name == "char_ngrams" else 0.0)
    apart = scores(name, table_of([text, None], [None, text]))
    assert np.isnan(apart).all()


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_missing_replies_are_left_out_by_a_classifier(name: str) -> None:
    table = planted(ENGLISH, " ", 12)
    texts = [list(row) for row in table.texts]
    for row in texts:
        row[3] = None
    found = scores(name, table_of(*texts), [0, 1])
    assert np.isnan(found[3]).all()
    np.testing.assert_allclose(found[:3], scores(name, table, [0, 1])[:3])
    texts[0][0] = texts[3][0] = None
    again = scores(name, table_of(*texts), [0, 1])
    assert np.isfinite(again[2, :2]).all()


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifier_sets_a_candidate_s_own_class_aside(name: str) -> None:
    table = planted(ENGLISH, " ")
    found = scores(name, table, [0, 1, 3])
    assert np.isnan(found[:, 2]).all()
    # The first teacher is certain to be one of the two others.
    assert np.exp(found[0, [1, 3]]).sum() <= 1.0 + 1e-9
    assert (found[np.isfinite(found)] <= 1e-12).all()
    # With one other class, all of the probability is its.
    pair = scores(name, table, [0, 1])
    assert pair[0, 1] == pytest.approx(0.0)
    assert pair[1, 0] == pytest.approx(0.0)


def test_rivals_say_when_they_lack_something() -> None:
    table = planted(ENGLISH, " ", 4)
    groups = ["a", "b", "c", "d"]
    for name in OF_VECTORS:
        assert registry.load(rivals, name).score(RivalInput(table, [0, 1], groups)) is None
    for name in CLASSIFIERS:
        assert registry.load(rivals, name).score(RivalInput(table, [0], groups)) is None


@pytest.mark.parametrize("name", OF_VECTORS)
def test_a_model_without_embeddings_has_no_score(name: str) -> None:
    made = np.array([[[1.0, 0.0], [1.0, 1.0], [np.nan, np.nan]], [[2.0, 0.0], [0.0, 3.0], [0.0, 0.0]]])
    table = table_of(["a", "b", "c"], ["a", "b", "c"])
    values = registry.load(rivals, name).score(RivalInput(table, [0], ["a", "b", "c"], made))
    assert np.isfinite(values[0, 1])
    assert np.isnan(values[2]).all()
    assert np.isnan(values[:, 2]).all()


def test_embeddings_may_be_missing() -> None:
    table = table_of(["a", "b", "c"], ["a", "b", "c"])
    made = np.array([[[1.0, 0.0], [1.0, 1.0], [np.nan, np.nan]], [[2.0, 0.0], [0.0, 3.0], [0.0, 0.0]]])
    found = registry.load(rivals, "raw_embedding").score(RivalInput(table, [0], ["a", "b", "c"], made))
    assert found[0, 1] == pytest.approx((0.5**0.5 + 0) / 2)
    assert np.isnan(found[2]).all()


def agreeing(*n_hits: int, n: int = 100) -> ReplyTable:
    """Return replies of a target and of models that begin as it does for so many of n prompts."""
    return table_of(*(["same x", *("same y" if row < hits else "else" for hits in n_hits)] for row in range(n)))


def without(*places: int, m: int) -> np.ndarray:
    mask = np.ones((m, m, m), dtype=np.bool_)
    mask[:, :, list(places)] = False
    return mask


def test_provenance_test_by_hand() -> None:
    # 60 and 40 of 100: pooled .5, standard error .0707, z 2.8284.
    found = provenance_p_values(agreeing(60, 40), without(0, 1, m=3))
    assert found[0, 1] == pytest.approx(0.0023389, rel=1e-4)
    assert np.isnan(found[0, 2])
    assert np.isnan(np.diag(found)).all()


def test_provenance_test_is_holm_over_controls() -> None:
    table = agreeing(60, 40, 44)
    one = provenance_p_values(agreeing(60, 40), without(0, 1, m=3))[0, 1]
    other = provenance_p_values(agreeing(60, 44), without(0, 1, m=3))[0, 1]
    both = provenance_p_values(table, without(0, 1, m=4))[0, 1]
    assert both == pytest.approx(max(2 * one, other))
    # A reference below a control is no parent.
    assert provenance_p_values(table, without(0, m=4))[0, 2] > 0.5


def test_provenance_test_of_few_hits_is_fisher_s() -> None:
    found = provenance_p_values(agreeing(8, 2, n=20), without(0, 1, m=3))
    assert found[0, 1] == pytest.approx(fisher_exact([[8, 2], [12, 18]], alternative="greater").pvalue)


def test_provenance_test_counts_only_shared_prompts() -> None:
    table = agreeing(60, 40)
    holes = table_of(*table.texts, *([["same x", None, None]] * 50), *([[None, "same y", "same y"]] * 50))
    np.testing.assert_allclose(
        provenance_p_values(holes, without(0, 1, m=3))[0], provenance_p_values(table, without(0, 1, m=3))[0]
    )


def test_controls_are_of_another_family_and_vendor() -> None:
    mask = unrelated_controls([True, True, True, False], ["f", "f", "g", "h"], ["v", "w", "w", "x"])
    assert mask.shape == (4, 4, 4)
    # For target 0 (family f) and reference 3 (vendor x): only model 2.
    assert mask[0, 3].tolist() == [False, False, True, False]
    # For reference 1 (vendor w) model 2 is of the vendor.
    assert mask[3, 1].tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("candidates", "groups", "shape"),
    [([0, 0], ["a", "b"], None), ([2], ["a", "b"], None), ([0], ["a"], None), ([0], ["a", "b"], (1, 1, 3))],
)
def test_input_must_agree(candidates: list[int], groups: list[str], shape: tuple[int, ...] | None) -> None:
    table = table_of(["a", "b"])
    with pytest.raises(ValueError, match=r"candidates|groups|vectors"):
        RivalInput(table, candidates, groups, None if shape is None else np.zeros(shape))


def test_table_must_be_whole() -> None:
    with pytest.raises(ValueError, match="rows"):
        ReplyTable(("a", "b"), ("p",), (("x",),))
