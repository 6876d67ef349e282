"""A population's similarity: pairs in their places, subsets, families, missing prompts, draws."""

import numpy as np
import pytest

from tasks.domain.population.similarity import (
    Similarity,
    drop_strangers,
    group_members,
    means,
    places,
    restrict,
    square,
)

NAN = np.nan


def similarity(names: str, *prompts: list[float]) -> Similarity:
    return Similarity(tuple(names), np.array(prompts, dtype=np.float32))


def test_pairs_stand_in_the_order_of_the_triangle() -> None:
    assert places(3).tolist() == [[-1, 0, 1], [0, -1, 2], [1, 2, -1]]
    assert square(np.array([0.1, 0.2, 0.3]), 3).tolist() == [[1, 0.1, 0.2], [0.1, 1, 0.3], [0.2, 0.3, 1]]


def test_subset_keeps_its_pairs() -> None:
    part = restrict(similarity("abcd", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), {"b", "d", "a", "elsewhere"})
    assert part.members == ("a", "b", "d")
    assert part.values.tolist() == pytest.approx(np.array([[0.1, 0.3, 0.5]], dtype=np.float32))


def test_families_are_means_over_both_sides_models_on_each_prompt() -> None:
    # Pairs: ab ac ad bc bd cd. Families: x = {a, c}, y = {b}, z = {d}; ac is within x and does not count.
    values = [[0.2, 0.9, 0.5, 0.4, 0.7, 0.1], [NAN, 0.9, NAN, 0.5, NAN, 0.3], [NAN, 0.9, NAN, NAN, NAN, NAN]]
    made = group_members(similarity("abcd", *values), {"a": "x", "b": "y", "c": "x", "d": "z"})
    assert made.members == ("x", "y", "z")
    assert made.values[0].tolist() == pytest.approx([0.3, 0.3, 0.7])
    assert made.values[1].tolist() == pytest.approx([0.5, 0.3, NAN], nan_ok=True)
    assert np.isnan(made.values[2]).all()


def test_one_family_has_no_pairs() -> None:
    made = group_members(similarity("ab", [0.5], [0.4]), {"a": "x", "b": "x"})
    assert made.members == ("x",)
    assert made.values.shape == (2, 0)


def test_nobody_is_a_population_of_nobody() -> None:
    nobody = restrict(similarity("ab", [0.5]), {"c"})
    assert nobody.values.shape == (1, 0)
    assert group_members(nobody, {}).members == drop_strangers(nobody).members == ()
    assert drop_strangers(similarity("abc", [NAN, NAN, NAN])).n < 2


def test_means_are_over_the_prompts_that_both_answered() -> None:
    found = similarity("abc", [0.2, NAN, 0.4], [0.4, 1.0, NAN], [0.6, NAN, NAN])
    assert means(found).tolist() == pytest.approx([0.4, 1.0, 0.4])
    assert found.n_common.tolist() == [3, 1, 1]
    assert found.n_prompts == 3


def test_draw_without_a_common_prompt_takes_the_mean_of_all() -> None:
    found = similarity("abc", [0.2, NAN, 0.4], [0.4, 1.0, NAN])
    drawn = means(found, np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]]))
    assert drawn == pytest.approx(np.array([[0.2, 1.0, 0.4], [0.3, 1.0, 0.4], [0.4, 1.0, 0.4]]))


def test_draws_over_many_blocks_are_weighted_means() -> None:
    rng = np.random.default_rng(4)
    values = rng.random((400, 6)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = NAN
    weights = rng.integers(0, 3, (5, 400)).astype(np.float64)
    expected = [
        [
            np.average(column[~np.isnan(column)], weights=row[~np.isnan(column)])
            for column in values.T.astype(np.float64)
        ]
        for row in weights
    ]
    assert means(Similarity(tuple("abcd"), values), weights) == pytest.approx(np.array(expected), abs=1e-9)


def test_strangers_leave_until_all_have_prompts_in_common() -> None:
    # d has answered other prompts than a and b; c has answered both kinds.
    values = [[0.1, 0.2, NAN, 0.3, NAN, NAN]] * 3 + [[NAN, NAN, NAN, NAN, NAN, 0.5]]
    assert drop_strangers(similarity("abcd", *values)).members == ("a", "b", "c")


def test_of_two_strangers_the_one_with_fewer_common_prompts_leaves_then_the_later() -> None:
    fewer = [[NAN, 0.2, 0.3], [NAN, NAN, 0.3]]
    assert drop_strangers(similarity("abc", *fewer)).members == ("b", "c")
    assert drop_strangers(similarity("abc", [NAN, 0.2, 0.3])).members == ("a", "c")
