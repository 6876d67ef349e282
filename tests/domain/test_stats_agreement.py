"""Kappa against published figures and formulas, and what holds for any readings."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.stats.agreement import agreement, detection


def readings(table: list[list[int]]) -> tuple[list[str], list[str]]:
    cells = [(f"c{i}", f"c{j}") for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return [a for a, _ in cells], [b for _, b in cells]


def error_of_fleiss_cohen_everitt(table: list[list[int]]) -> float:
    """The formula of the paper of 1969, term by term."""
    p = np.array(table) / np.sum(table)
    left, right = p.sum(axis=1), p.sum(axis=0)
    raw, chance = np.trace(p), left @ right
    kept = sum(p[i, i] * ((1 - chance) - (right[i] + left[i]) * (1 - raw)) ** 2 for i in range(len(p)))
    crossed = sum(p[i, j] * (right[i] + left[j]) ** 2 for i in range(len(p)) for j in range(len(p)) if i != j)
    rest = (raw * chance - 2 * chance + raw) ** 2
    return sqrt((kept + (1 - raw) ** 2 * crossed - rest) / np.sum(table)) / (1 - chance) ** 2


def test_published_example_of_two_readings() -> None:
    # R package statpsych, ci.kappa(.05, 31, 12, 4, 58), after Fleiss and Paik (2003).
    found = agreement(*readings([[31, 12], [4, 58]]))
    assert found.kappa == pytest.approx(0.6756757, abs=1e-7)
    assert found.kappa_error * sqrt(104 / 105) == pytest.approx(0.07344761, abs=1e-7)
    assert found.kappa_low <= 0.5317
    assert found.kappa_high >= 0.8196
    assert found.kappa_high - found.kappa_low < 1.2 * (0.8196 - 0.5317)


@pytest.mark.parametrize("table", [[[75, 1, 4], [5, 4, 1], [0, 0, 10]], [[20, 5], [10, 15]], [[3, 2], [40, 1]]])
def test_linearised_error_is_the_published_formula(table) -> None:
    n = np.sum(table)
    found = agreement(*readings(table))
    assert found.kappa_error * sqrt((n - 1) / n) == pytest.approx(error_of_fleiss_cohen_everitt(table))


def test_by_hand() -> None:
    # Agreement 35 of 50; by chance .5 x .6 + .5 x .4 = .5.
    found = agreement(*readings([[20, 5], [10, 15]]))
    assert (found.n, found.labels, found.confusion) == (50, ("c0", "c1"), ((20, 5), (10, 15)))
    assert (found.agreement, found.kappa) == pytest.approx((0.7, 0.4))
    assert found.left_rates == {"c0": 0.5, "c1": 0.5}
    assert found.right_rates == {"c0": 0.6, "c1": 0.4}


def test_detection() -> None:
    found = detection(agreement(*readings([[20, 5], [10, 15]])), "c1")
    assert (found.n_positive, found.n_detected) == (25, 20)
    assert (found.recall, found.precision, found.false_positive_rate) == pytest.approx((0.6, 0.75, 0.2))
    nowhere = detection(agreement(["a"], ["a"]), "b")
    assert (nowhere.recall, nowhere.precision, nowhere.false_positive_rate) == (None, None, 0)


def test_perfect_agreement_is_not_certain() -> None:
    found = agreement(["y", "n"] * 15, ["y", "n"] * 15)
    assert (found.kappa, found.kappa_high) == (1, 1)
    # Zero disagreements in 30 leave an agreement of .025^(1/30) = .884, a kappa of .77; less with t of 29 for normal.
    assert 0.70 < found.kappa_low < 0.77


def test_items_of_one_cluster_that_agree_count_once() -> None:
    left, right = readings([[20, 5], [10, 15]])
    many = agreement(left * 10, right * 10)
    same = agreement(left * 10, right * 10, [str(number % 50) for number in range(500)])
    assert same.kappa == pytest.approx(many.kappa)
    assert same.kappa_error == pytest.approx(agreement(left, right).kappa_error)
    assert same.kappa_error > 3 * many.kappa_error


@pytest.mark.parametrize(
    ("left", "right", "clusters", "reason", "kappa"),
    [
        ([None], ["y"], None, "no_observations", None),
        ([], [], None, "no_observations", None),
        (["y", "y"], ["y", "y"], None, "one_label", None),
        (["y", "n", "n"], ["y", "n", None], ["a", "a", "b"], "one_cluster", 1),
        (["y"], ["n"], None, "one_cluster", 0),
    ],
)
def test_what_is_undefined_has_a_reason(left, right, clusters, reason, kappa) -> None:
    found = agreement(left, right, clusters)
    assert (found.reason, found.kappa, found.kappa_low, found.kappa_high) == (reason, kappa, None, None)
    assert found.n + found.n_missing == len(left)


def test_lengths_must_match() -> None:
    with pytest.raises(ValueError, match="2 labels on the left, 1 on the right"):
        agreement(["y", "n"], ["y"])


LABELS = st.one_of(st.none(), st.sampled_from(["own", "foreign", "none"]))


@given(st.lists(st.tuples(LABELS, LABELS, st.sampled_from("abcde")), max_size=30), st.booleans(), st.data())
def test_order_sides_and_bounds(rows, is_clustered, data) -> None:
    def of(rows):
        clusters = [cluster for _, _, cluster in rows] if is_clustered else None
        return agreement([a for a, _, _ in rows], [b for _, b, _ in rows], clusters)

    found = of(rows)
    swapped = of([(b, a, cluster) for a, b, cluster in rows])
    assert swapped.kappa == pytest.approx(found.kappa)
    assert swapped.kappa_low == pytest.approx(found.kappa_low)
    moved = of(data.draw(st.permutations(rows)))
    assert (moved.kappa, moved.confusion) == (found.kappa, found.confusion)
    assert moved.kappa_low == pytest.approx(found.kappa_low, abs=1e-12)
    if found.kappa_low is not None:
        assert -1 <= found.kappa_low <= found.kappa <= found.kappa_high <= 1
    if found.agreement_low is not None:
        assert 0 <= found.agreement_low <= found.agreement <= found.agreement_high <= 1
