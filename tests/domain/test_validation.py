"""Column AUROC, shares, ranks and the documented truth that a validation is held against."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tasks.domain.verdict.documented import Column, Truth, columns
from tasks.domain.verdict.pair_score import Known
from tasks.domain.verdict.validation import auroc, mean_auroc, share, top_ranks


def known(model, role, vendor=None, group=None, family=None):
    vendor = vendor or model
    return Known(model, vendor, family or vendor, group or model, role, is_control=False)


HEADS = {
    "acme-1": known("acme-1-a", "independent", "acme", "acme-1"),
    "acme-2": known("acme-2-a", "independent", "acme", "acme-2"),
    "globex": known("globex", "independent"),
}


def truths(*rows):
    return {name: Truth(known(name, role, **more), tuple(learned), "high") for name, role, learned, more in rows}


ROWS = truths(
    ("pupil", "student", ["acme-1"], {}),
    ("cousin", "student", ["acme-2"], {}),
    ("human", "control", [], {}),
    ("acme-1-a", "independent", [], {"vendor": "acme", "group": "acme-1"}),
    ("globex", "independent", [], {}),
    ("unknown", "undocumented", [], {}),
    ("acme-1-terse", "variant", ["acme-1"], {"vendor": "terse", "group": "acme-1", "family": "acme"}),
)


def test_auroc_is_that_of_a_known_library_ties_counted_half():
    rng = np.random.default_rng(1)
    positives, negatives = rng.integers(0, 6, 20).tolist(), rng.integers(0, 5, 30).tolist()
    expected = roc_auc_score([1] * 20 + [0] * 30, positives + negatives)
    assert auroc(positives, negatives) == pytest.approx(expected)
    assert auroc([1.0], [1.0]) == 0.5


def test_columns_hold_who_learned_from_the_group_and_who_is_known_not_to_have():
    assert columns(ROWS, HEADS, ["student"], is_by_maker=True) == [
        Column("acme-1", ("pupil",), ("globex", "human")),
        Column("acme-2", ("cousin",), ("globex", "human")),
    ]


def test_against_all_others_a_pupil_of_the_makers_other_group_counts_as_one():
    found = columns(ROWS, HEADS, ["student"], is_by_maker=False)
    assert found[0] == Column("acme-1", ("pupil",), ("cousin", "globex", "human"))


def test_a_variant_is_of_its_own_family_and_still_a_learner():
    [found] = columns(ROWS, HEADS, ["derived", "variant"], is_by_maker=True)
    assert found.teacher == "acme-1"
    assert found.learners == ("acme-1-terse",)


def test_the_mean_is_over_teachers_and_missing_scores_are_left_out():
    chosen = [Column("a", ("s", "t"), ("u", "v")), Column("b", ("s",), ("u", "v")), Column("c", ("s",), ("u",))]
    scores = {
        ("s", "a"): 2,
        ("t", "a"): 0,
        ("u", "a"): 1,
        ("v", "a"): 1,
        ("s", "b"): 5,
        ("u", "b"): 1,
        ("s", "c"): None,
    }
    family_of = dict.fromkeys("stuv", "one") | {"u": "two", "t": "three"}
    found = mean_auroc(chosen, scores, family_of, np.random.default_rng(0))
    assert found.of_teacher == {"a": (0.5, 2, 2), "b": (1.0, 1, 1)}
    assert found.mean == 0.75
    assert found.low <= 0.75 <= found.high


def test_no_learner_with_a_score_has_no_figure():
    found = mean_auroc([Column("a", ("s",), ("u",))], {}, {"s": "x", "u": "y"}, np.random.default_rng(0))
    assert (found.mean, found.low, found.high, found.of_teacher) == (None, None, None, {})


def test_an_interval_over_families_is_wider_where_families_agree():
    hits = [True] * 50 + [False] * 50
    few = share(hits, ["a"] * 50 + ["b"] * 50, np.random.default_rng(0))
    many = share(hits, [str(i) for i in range(100)], np.random.default_rng(0))
    assert few.value == many.value == 0.5
    assert few.high - few.low > 2 * (many.high - many.low)
    assert share([], [], np.random.default_rng(0)).value is None


def test_ranks_of_documented_groups():
    order = {"s": ["b", "a", "c", "d"], "t": ["d", "c", "b", "a"]}
    found = top_ranks({"s": ["a"], "t": ["a"]}, order, {"a": "acme", "b": "acme", "c": "globex", "d": "hooli"})
    assert (found.n, found.first, found.top_three, found.vendor_first) == (2, 0, 1, 1)
    assert found.missed == ("t",)
