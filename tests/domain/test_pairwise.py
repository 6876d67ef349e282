"""Pairs of replies compared all at once, against a loop over pairs; and the sums that are kept of them."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain import channels, registry
from tasks.domain.pairwise.centring import centre
from tasks.domain.pairwise.channel import Channel
from tasks.domain.pairwise.engine import PromptTexts, pair_sums
from tasks.domain.pairwise.features import Ragged, features_of, words_of_texts
from tasks.domain.pairwise.matrices import jaccard, shared_prefix
from tasks.domain.pairwise.prompt_replies import Cohort, PromptReplies
from tasks.domain.pairwise.sums import N_BLOCKS
from tasks.domain.pairwise.tokens import common_words, last_sentence, line_types, skeleton, tokenize, words_of
from tasks.domain.similarity.lexical import bigram_jaccard, shared_prefix_overlap, words

COMMON = frozenset({"here", "is", "a", "the", "of", "it"})
NAMES = registry.names(channels)
COHORT = Cohort(
    vendor=("acme", "acme", "globex", "hooli", "umbrella", "pupil"),
    family=("acme", "acme", "globex", "hooli", "umbrella", "acme"),
    is_background=(True, True, True, True, True, False),
)
TEXTS = [
    "Here is a list:\n\n1. **Salt**: it preserves.\n2. Ice: it cools.",
    "Here is a table:\n\n1. **Smoke**: it dries.\n2. Oil: it seals.",
    "Sure! Salt, ice and smoke keep food fresh.",
    "Sure! Salt and ice keep it fresh. Ask me more.",
    "氷と塩で魚を保存します。",
    "",
]


def replies(texts: list[str], model: list[int] | None = None) -> PromptReplies:
    return PromptReplies(
        features_of(texts, COMMON), np.arange(len(texts)) if model is None else np.array(model), COHORT
    )


def values(name: str, texts: list[str]) -> np.ndarray:
    return registry.load(channels, name).values(replies(texts))


# Tokens


def test_tokens_are_words_marks_and_one_break_for_each_run() -> None:
    assert tokenize("Here's it:\n\n\n- Don’t, 2 times!") == [
        "here's",
        "it",
        ":",
        "\n",
        "-",
        "don’t",
        ",",
        "2",
        "times",
        "!",
    ]
    assert tokenize("塩とIce") == ["塩", "と", "ice"]
    assert tokenize("  ") == []


@given(st.text(max_size=60))
def test_words_of_tokens_are_the_words_of_the_text(text) -> None:
    assert words_of(tokenize(text)) == [word for word in words(text) if words_of([word])]


def test_skeleton_keeps_what_a_template_is_made_of() -> None:
    assert skeleton(tokenize("Here is the recipe of 12 eggs:\n* salt"), COMMON) == [
        *("here", "is", "the", "_", "of", "9", "_", ":", "\n", "*", "_")
    ]


def test_common_words_are_the_commonest_without_digits() -> None:
    assert common_words(["b a 7 7 7", "a, b c", "a. 4th 4th 4th 4th"], 2) == {"a", "b"}
    assert common_words(["塩と氷と", "とと塩"], 2) == {"と", "塩"}


def test_last_sentence() -> None:
    assert last_sentence("One. Two! Three?  ") == "Three?"
    assert last_sentence("塩です。氷です。") == "氷です。"
    assert last_sentence("no end") == "no end"
    assert last_sentence("  ") == ""


def test_lines_have_types() -> None:
    text = (
        "# Title\n\n1. first:\n- **bold** and so on\n**Bold:**\nplain words that go on and on over four tokens\n`code`"
    )
    assert line_types(text, tokenize(text)) == [*("#000", "blank", "9101", "-001", "*111", "w001", "`000")]


PIECES = [
    "Here is",
    "a",
    "\n",
    "\n\n",
    " ",
    "**x:**",
    "- ",
    "1.",
    "2",
    "塩",
    "ice",
    "!",
    "。",
    "it's",
    "²",
    "_",
    "\u200b",
    ":",
]
WRITTEN = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def layout(text: str) -> set[tuple[object, ...]]:
    """Return the n-grams of a text's line types, and its first types each with its place, one by one."""
    types = line_types(text, tokenize(text))
    grams = {tuple(types[start : start + n]) for n in (1, 2, 3) for start in range(len(types) - n + 1)}
    return {*grams, *((place, kind) for place, kind in enumerate(types[:8]))}


@given(st.lists(WRITTEN, min_size=2, max_size=5))
def test_features_of_many_texts_are_those_of_each(texts) -> None:
    """Two rows of hashes are equal where, and as far as, the tokens are that one text after the other comes to."""
    found = features_of(texts, COMMON)
    tokens = [tokenize(text) for text in texts]
    spoken = [words_of(told) for told in tokens]
    assert list(found.n_words) == [len(told) for told in spoken]
    words, counts = words_of_texts(texts, 3)
    assert words.to_list() == [told[:3] for told in spoken]
    assert counts.to_list() == [len(told) for told in spoken]
    rows = {
        "leading_words": [told[:12] for told in spoken],
        "template": [skeleton(told[:16], COMMON) for told in tokens],
        "closing": [skeleton(tokenize(last_sentence(text))[:10], COMMON) for text in texts],
    }
    for name, told in rows.items():
        hashes = getattr(found, name)
        known: dict[int, str] = {}
        for row, expected in zip(hashes, told, strict=True):
            assert np.count_nonzero(row) == len(expected)
            for code, token in zip(row, expected, strict=False):
                assert known.setdefault(int(code), token) == token
        assert len(set(known.values())) == len(known)
    by_loop = {"layout": [layout(text) for text in texts], "pairs": [set(pairwise(told)) for told in spoken]}
    for name, sets in by_loop.items():
        ragged = getattr(found, name)
        members = [set(ragged.part(row, row + 1).values) for row in range(len(texts))]
        for i, j in product(range(len(texts)), repeat=2):
            assert len(members[i] & members[j]) == len(sets[i] & sets[j])


# Channels


def test_every_channel_has_the_name_of_its_file() -> None:
    assert [registry.load(channels, name).name for name in NAMES] == NAMES
    assert set(NAMES) == {
        *("layout", "length", "overlap", "prefix_overlap", "rare_prefix", "closing_template", "template_prefix")
    }


@pytest.mark.parametrize("name", NAMES)
def test_equal_replies_are_the_most_alike(name) -> None:
    found = values(name, [TEXTS[0], TEXTS[0], *TEXTS[1:5]])
    assert found.shape == (6, 6)
    assert found[0, 1] == pytest.approx(np.nanmax(found[0]))
    assert np.nanmin(found) >= 0.0


@pytest.mark.parametrize("name", [name for name in NAMES if name != "rare_prefix"])
def test_order_of_a_pair_leaves_no_trace(name) -> None:
    found = values(name, TEXTS)
    assert np.array_equal(found, found.T, equal_nan=True)


def test_template_prefix_by_hand() -> None:
    # here is a _ : break 9 . * * _ * * : it _ : sixteen tokens, all the same.
    assert values("template_prefix", TEXTS)[0, 1] == pytest.approx(np.log(17))
    # sure ! _ , _ and ... / sure ! _ and: the words are subjects, the fourth token differs.
    assert values("template_prefix", TEXTS)[2, 3] == pytest.approx(np.log(4))
    assert values("template_prefix", TEXTS)[0, 2] == 0.0


def test_closing_template_by_hand() -> None:
    assert values("closing_template", ["Salt. Ask me.", "A lot of ice. Tell me."])[0, 1] == pytest.approx(np.log(4))
    assert values("closing_template", ["It is the salt.", "It is a lot."])[0, 1] == pytest.approx(np.log(3))


def test_prefix_overlap_and_overlap_are_those_of_two_texts() -> None:
    prefix_overlap, overlap = values("prefix_overlap", TEXTS), values("overlap", TEXTS)
    for i, j in product(range(len(TEXTS)), repeat=2):
        assert prefix_overlap[i, j] == pytest.approx(np.log1p(shared_prefix_overlap(TEXTS[i], TEXTS[j])))
        told = bigram_jaccard(TEXTS[i], TEXTS[j])
        assert (told is None and np.isnan(overlap[i, j])) or overlap[i, j] == pytest.approx(told)


def test_length_by_hand() -> None:
    found = values("length", ["one two", "one two three four", ""])
    assert (found[0, 1], found[0, 2]) == (0.5, 0.0)
    assert np.isnan(found[2, 2])


def test_rare_prefix_by_hand() -> None:
    """Target pupil (kin of acme), reference globex: of hooli and umbrella, one says its first word, none its second."""
    texts = ["ice", "ice", "salt and ice", "salt or", "smoke", "salt and fire"]
    found = values("rare_prefix", texts)
    # p(1) = (1 + .5) / 3, p(2) = .5 / 3.
    assert found[5, 2] == pytest.approx(np.log(1 / 0.5) + np.log(0.5 / (0.5 / 3)))
    assert found[5, 0] == 0.0
    # Target hooli, reference globex: acme (two models, one vote) and umbrella; nobody says salt.
    assert found[3, 2] == pytest.approx(np.log(1 / (0.5 / 3)))


def test_what_everybody_says_is_no_surprise() -> None:
    common = values("rare_prefix", ["sure"] * 6)
    assert common[5, 2] == pytest.approx(np.log(3 / 2.5))


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=6), min_size=1, max_size=6), st.integers(1, 5))
def test_shared_prefix_is_what_a_loop_counts(sequences, length) -> None:
    codes = np.zeros((len(sequences), length), dtype=np.uint64)
    for row, sequence in enumerate(sequences):
        codes[row, : len(sequence[:length])] = ["_abc".index(letter) for letter in sequence[:length]]
    found = shared_prefix(codes)
    for i, j in product(range(len(sequences)), repeat=2):
        n = 0
        for a, b in zip(sequences[i][:length], sequences[j][:length], strict=False):
            if a != b:
                break
            n += 1
        assert found[i, j] == pytest.approx(np.log1p(n))


@given(st.lists(st.sets(st.integers(0, 9)), min_size=1, max_size=6))
def test_jaccard_is_what_sets_say(sets) -> None:
    flat = [member for told in sets for member in [*told, *told]]  # Members may come twice.
    starts = np.cumsum([0, *(2 * len(told) for told in sets)])
    found = jaccard(Ragged(np.array(flat, dtype=np.uint64), starts))
    for i, j in product(range(len(sets)), repeat=2):
        either = sets[i] | sets[j]
        if either:
            assert found[i, j] == pytest.approx(len(sets[i] & sets[j]) / len(either))
        else:
            assert np.isnan(found[i, j])


# Sums


def brute_centred(matrix: np.ndarray, target: int, reference: int) -> float:
    """Return a value less the mean over vendors of their means, as the definition has it."""
    of_vendor: dict[str, list[float]] = {}
    for other, vendor in enumerate(COHORT.vendor):
        is_kin = vendor == COHORT.vendor[target] or COHORT.family[other] == COHORT.family[target]
        is_told = not np.isnan(matrix[target, other])
        if COHORT.is_background[other] and not is_kin and vendor != COHORT.vendor[reference] and is_told:
            of_vendor.setdefault(vendor, []).append(matrix[target, other])
    if not of_vendor:
        return float("nan")
    return float(matrix[target, reference] - np.mean([np.mean(told) for told in of_vendor.values()]))


def test_centring_is_its_definition() -> None:
    dice = np.random.default_rng(0)
    matrix = dice.random((6, 6))
    matrix[dice.random((6, 6)) < 0.15] = np.nan
    found = centre(matrix, COHORT).values
    for target, reference in product(range(6), repeat=2):
        assert found[target, reference] == pytest.approx(brute_centred(matrix, target, reference), nan_ok=True)


NUMBER = Channel("number", lambda told: np.outer(told.features.n_words, told.features.n_words).astype(float))
"""The product of the numbers of words of two replies."""


def asked(numbers: list[int], model: list[int]) -> PromptTexts:
    """Return replies of so many words each."""
    return PromptTexts([" ".join(["word"] * n) for n in numbers], np.array(model))


def test_sums_are_over_prompts_that_both_answered() -> None:
    prompts = [
        asked([1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5]),
        asked([2, 3, 5, 7], [0, 2, 3, 5]),
        asked([9], [4]),
    ]
    found = pair_sums(prompts, COHORT, [NUMBER], COMMON)["number"]
    assert (found.n[0, 5], found.n[0, 1], found.n[4, 4]) == (2, 1, 0)
    assert found.mean[0, 5] == pytest.approx((6 + 14) / 2)
    assert np.isnan(found.mean[4, 4])
    # Target pupil: globex, hooli and umbrella answered the first, globex and hooli the second.
    first, second = 6 * 3 - (6 * 4 + 6 * 5) / 2, 7 * 3 - 7 * 5
    assert found.centred[5, 2] == pytest.approx((first + second) / 2)
    assert found.block_means[0][5, 2] == pytest.approx(first)
    assert found.block_means[1][5, 2] == pytest.approx(second)
    assert np.isnan(found.block_means[2]).all()


def test_samples_of_a_model_count_once() -> None:
    """Two samples of model 0: its values are their mean, and with itself they are compared."""
    prompts = [asked([1, 3, 5, 7], [0, 0, 2, 3])]
    found = pair_sums(prompts, COHORT, [NUMBER], COMMON)["number"]
    assert found.mean[0, 2] == pytest.approx((5 + 15) / 2)
    assert found.mean[0, 0] == pytest.approx(3.0)
    assert found.n[2, 2] == 0


def test_prompts_are_dealt_to_blocks_in_turn() -> None:
    prompts = [asked([1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5])] * (2 * N_BLOCKS + 3)
    n = pair_sums(prompts, COHORT, [NUMBER], COMMON)["number"].block_n[:, 5, 2]
    assert list(n) == [3] * 3 + [2] * (N_BLOCKS - 3)


def test_a_further_model_that_is_no_background_moves_nobody() -> None:
    texts = TEXTS[:5]
    narrow = Cohort(COHORT.vendor[:5], COHORT.family[:5], COHORT.is_background[:5])
    made = [registry.load(channels, name) for name in NAMES]
    with_pupil = pair_sums([PromptTexts([*texts, TEXTS[0]], np.arange(6))], COHORT, made, COMMON)
    without = pair_sums([PromptTexts(texts, np.arange(5))], narrow, made, COMMON)
    for name in NAMES:
        assert np.allclose(with_pupil[name].centred[:5, :5], without[name].centred, equal_nan=True)
