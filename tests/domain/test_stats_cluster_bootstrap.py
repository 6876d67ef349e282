"""Intervals of rates: closed forms, published exact intervals, and what holds for any data."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.stats.cluster_bootstrap import bootstrap_means, clopper_pearson, clustered_rate, percentiles
from tasks.domain.stats.clustered_sample import observe


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize(
    ("successes", "probes", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_exact_intervals_are_those_of_newcombe_1998(successes, probes, low, high) -> None:
    assert clopper_pearson(successes / probes, probes) == pytest.approx((low, high), abs=5e-5)


def test_one_way_draws_are_those_of_whole_clusters() -> None:
    # One of three clusters is all 1: a resample's mean is a binomial count of 3 probes at 1/3, over 3.
    means = bootstrap_means(observe([1, 1, 0, 0, 0, 0], list("aabbcc")), rng(), 60_000)
    shares = [np.isclose(means, count / 3).mean() for count in range(4)]
    assert shares == pytest.approx([8 / 27, 12 / 27, 6 / 27, 1 / 27], abs=0.01)


def test_two_way_draws_count_a_cell_three_times() -> None:
    # Independent zeros and ones in 40 x 40 cells: the pigeonhole variance is about three times p (1 - p) / n.
    values = (np.random.default_rng(1).random(1600) < 0.5).astype(float).tolist()
    templates = [f"t{number // 40:02d}" for number in range(1600)]
    questions = [f"q{number % 40:02d}" for number in range(1600)]
    means = bootstrap_means(observe(values, templates, questions), rng(), 20_000)
    assert means.var() / (0.25 / 1600) == pytest.approx(3, rel=0.25)


def test_percentiles_match_students_t_and_shrink_to_the_variance() -> None:
    # Normal draws of variance 4 against 19 degrees of freedom, where sqrt(20 / 19) t = 2.147 of them are wanted.
    means = 10 + 2 * np.random.default_rng(3).standard_normal(400_000)
    assert percentiles(means, 10.0, 4.0, 19) == pytest.approx((10 - 2 * 2.147, 10 + 2 * 2.147), abs=0.03)
    assert percentiles(means, 10.0, 1.0, 19) == pytest.approx((10 - 2.147, 10 + 2.147), abs=0.03)
    assert percentiles(means[:0], 10.0, 1.0, 19) == (10.0, 10.0)


def test_zero_of_many_in_twenty_templates_is_not_certain() -> None:
    found = clustered_rate([0] * 1000, [f"t{number // 50}" for number in range(1000)], None, rng())
    # Zero in 1000 / (1 + 49 x 2/3) = 29.7 probes: 1 - .025^(1 / 29.7).
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 29.70), abs=1e-4)


def test_one_for_all_is_the_mirror_of_zero() -> None:
    templates = [f"t{number // 10}" for number in range(200)]
    none, all_ = (clustered_rate([value] * 200, templates, None, rng()) for value in (0.0, 1.0))
    assert (1 - all_.low, 1 - all_.high) == pytest.approx((none.high, none.low))


def test_independent_values_get_nearly_the_binomial_interval() -> None:
    values = [float(number % 10 < 3) for number in range(1000)]
    found = clustered_rate(values, [f"t{number // 50:02d}" for number in range(1000)], None, rng())
    low, high = clopper_pearson(0.3, 1000)
    assert found.low == pytest.approx(low, abs=0.005)
    assert found.high == pytest.approx(high, abs=0.005)


def test_templates_that_differ_widen_the_interval() -> None:
    leaky = [float(number < 300) for number in range(1000)]
    templates = [f"t{number // 50:02d}" for number in range(1000)]
    found = clustered_rate(leaky, templates, None, rng())
    low, high = clopper_pearson(0.3, 20)
    assert found.low == pytest.approx(low, abs=0.03)
    assert found.high == pytest.approx(high, abs=0.03)


def test_means_between_zero_and_one_are_worth_more_than_zeros_and_ones() -> None:
    chance = np.random.default_rng(5)
    templates = [f"t{number // 10:02d}" for number in range(300)]
    shares = clustered_rate((0.45 + 0.1 * chance.random(300)).tolist(), templates, None, rng())
    assert shares.high - shares.low < 0.012
    coins = clustered_rate((chance.random(300) < 0.5).astype(float).tolist(), templates, None, rng())
    assert coins.high - coins.low > 0.1


def test_missing_is_left_out_and_counted() -> None:
    templates = [f"t{number // 5}" for number in range(40)]
    values = [float(number % 2) for number in range(40)]
    gone = clustered_rate([*values, None, None], [*templates, "t0", "t99"], None, rng())
    assert gone.design.n_missing == 2
    assert (gone.value, gone.low, gone.high) == tuple(
        getattr(clustered_rate(values, templates, None, rng()), name) for name in ("value", "low", "high")
    )


@pytest.mark.parametrize(
    ("values", "templates", "questions", "reason", "value"),
    [
        ([], [], None, "no_observations", None),
        ([None], ["a"], None, "no_observations", None),
        ([1, 0], ["a", "a"], None, "one_cluster", 0.5),
        ([1, 0], ["a", "b"], ["x", "x"], "one_cluster", 0.5),
    ],
)
def test_no_interval_without_clusters(values, templates, questions, reason, value) -> None:
    found = clustered_rate(values, templates, questions, rng())
    assert (found.value, found.low, found.high, found.reason) == (value, None, None, reason)


ROWS = st.lists(
    st.tuples(st.one_of(st.none(), st.sampled_from([0.0, 1.0]), st.floats(0, 1)), *[st.sampled_from("abcdefg")] * 2),
    min_size=1,
    max_size=40,
)


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, crossed=st.booleans(), data=st.data())
def test_order_of_rows_leaves_no_trace_and_bounds_hold(rows, crossed, data) -> None:
    def of(rows):
        values, templates, questions = (list(column) for column in zip(*rows, strict=True))
        return clustered_rate(values, templates, questions if crossed else None, rng(), 200)

    found = of(rows)
    assert found == of(data.draw(st.permutations(rows)))
    if found.low is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1


def test_two_thousand_samples_of_a_thousand_rows_take_less_than_adding_up_their_values() -> None:
    values = (np.random.default_rng(0).random(1000) < 0.2).astype(float).tolist()
    templates = [f"t{number // 50}" for number in range(1000)]
    questions = [f"q{number % 50}" for number in range(1000)]

    def seconds(work: Callable[[], object]) -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    plainly = min(
        seconds(
            lambda: [sum(value * weight for value, weight in zip(values, values, strict=True)) for _ in range(2000)]
        )
        for _ in range(3)
    )
    assert min(seconds(lambda: clustered_rate(values, templates, questions, rng())) for _ in range(5)) < plainly
