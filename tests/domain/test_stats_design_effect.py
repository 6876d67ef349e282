"""Design effects worked by hand, those of published logs, and what holds for any data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.stats.design_effect import ASSUMED_ICC, design_effect

CLAUDE = [1, 1, 5, *([0] * 17)]
"""Leaks per template of 50 questions, in the published log of claude-3-5-sonnet."""
LLAMA = [0, 2, 2, 3, 5, 6, 7, 9, 10, 10, 10, 12, 19, 22, 24, 26, 28, 34, 40, 44]
"""The same of llama-3.1-70b-instruct."""


def spread(counts: list[int], size: int) -> tuple[list[float], list[str]]:
    values = [float(number < count) for count in counts for number in range(size)]
    return values, [f"t{template:02d}" for template in range(len(counts)) for _ in range(size)]


def test_clusters_that_agree_within_count_once() -> None:
    # Cluster totals of the residuals are +-1: 4/3 x 4 / 8^2 = 1/12, over 0.25 / 8 = 1/32.
    found = design_effect([1, 1, 0, 0, 1, 1, 0, 0], list("aabbccdd"))
    assert found.variance == pytest.approx(1 / 12)
    assert found.design_effect == pytest.approx(8 / 3)
    assert found.n_effective == pytest.approx(3)
    assert found.df == 3


def test_two_ways_take_the_larger_part_where_the_difference_falls_below_it() -> None:
    # Rows: 2 x (1 + 1) / 16 = 1/4; columns: 0; cells: 4/3 x 1 / 16 = 1/12; 1/4 + 0 - 1/12 < 1/4.
    found = design_effect([1, 1, 0, 0], list("aabb"), list("xyxy"))
    assert found.variance == pytest.approx(1 / 4)
    assert found.design_effect == pytest.approx(4)
    assert found.n_effective == 1
    assert found.df == 1


def test_two_ways_add_up() -> None:
    # Nine cells, 1 where row or column is the first: mean 5/9, row and column totals of the residuals 4/3, -2/3, -2/3,
    # so 3/2 x 24/9 / 81 each way; cells 9/8 x 20/9 / 81.
    values = [1, 1, 1, 1, 0, 0, 1, 0, 0]
    found = design_effect(values, list("aaabbbccc"), list("xyzxyzxyz"))
    assert found.variance == pytest.approx((2 * 4 - 5 / 2) / 81)


@pytest.mark.parametrize(("counts", "effect", "n_effective"), [(CLAUDE, 3.7, 269), (LLAMA, 16.3, 61)])
def test_published_logs(counts, effect, n_effective) -> None:
    found = design_effect(*spread(counts, 50))
    assert found.design_effect == pytest.approx(effect, abs=0.05)
    assert found.n_effective == pytest.approx(n_effective, abs=0.5)
    assert not found.is_assumed


def test_standard_error_of_the_published_log() -> None:
    found = design_effect(*spread(LLAMA, 50))
    assert found.mean == pytest.approx(0.313)
    assert found.variance**0.5 == pytest.approx(0.059, abs=5e-4)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.5])
def test_values_all_alike_get_the_assumed_effect(value) -> None:
    found = design_effect([value] * 1000, [f"t{number // 50}" for number in range(1000)])
    assert found.is_assumed
    assert found.design_effect == pytest.approx(1 + 49 * ASSUMED_ICC)
    assert found.n_effective == pytest.approx(1000 / (1 + 49 * 2 / 3))


def test_the_fewer_clusters_hold_events_the_more_the_assumed_effect_counts() -> None:
    in_one = design_effect(*spread([1, *([0] * 19)], 50))
    in_all = design_effect(*spread([2, *([1] * 19)], 50))
    assert in_one.cautious > 15
    assert in_all.cautious < 1.2


def test_one_cluster_tells_nothing_of_others() -> None:
    found = design_effect([1, 0, None], list("aaa"))
    assert (found.mean, found.n, found.n_missing, found.reason) == (0.5, 2, 1, "one_cluster")
    assert found.design_effect is found.n_effective is found.variance is None


def test_nothing_observed() -> None:
    found = design_effect([None, None], list("ab"))
    assert (found.mean, found.n_missing, found.reason) == (None, 2, "no_observations")


@pytest.mark.parametrize(
    ("values", "clusters", "told"),
    [([1.2], ["a"], "value 0 is 1.2"), ([0, float("nan")], ["a", "b"], "value 1 is nan"), ([0], [], "0 cluster names")],
)
def test_bad_input_is_named(values, clusters, told) -> None:
    with pytest.raises(ValueError, match=told):
        design_effect(values, clusters)


ROWS = st.lists(
    st.tuples(st.one_of(st.none(), st.sampled_from([0.0, 1.0]), st.floats(0, 1)), *[st.sampled_from("abcdefg")] * 2),
    min_size=1,
    max_size=40,
)


@given(rows=ROWS, crossed=st.booleans(), data=st.data())
def test_bounds_and_order(rows, crossed, data) -> None:
    def of(rows):
        values, templates, questions = (list(column) for column in zip(*rows, strict=True))
        return design_effect(values, templates, questions if crossed else None)

    found = of(rows)
    assert found == of(data.draw(st.permutations(rows)))
    if found.n_effective is not None:
        assert 1 <= found.n_effective <= found.n
        assert 1 <= found.design_effect <= found.cautious * (1 + 1e-9)
