"""Sampled prompts, centred vectors and mean cosines, against brute force."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from tasks.domain.prompting.prompt_sample import sample_prompts
from tasks.domain.similarity.vectors import centre_vectors
from tasks.domain.similarity.vectors import pair_cosines as matrix_of_cosines

PROMPTS = [f"prompt {number}" for number in range(40)]


def unit(vectors: NDArray) -> NDArray[np.float32]:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def pair_cosines(vectors: NDArray[np.float32], models: list[str]) -> dict[tuple[str, str], float]:
    """Return each two models' cosine, named in alphabetical order, having seen that it is the same in both directions."""
    names, values = matrix_of_cosines(vectors, models)
    assert names == sorted(set(models))
    assert values.shape == (len(names), len(names))
    np.testing.assert_array_equal(values, values.T)
    pairs = itertools.combinations_with_replacement(range(len(names)), 2)
    return {(names[i], names[j]): float(values[i, j]) for i, j in pairs if not np.isnan(values[i, j])}


def random_unit(seed: int, n: int, dimension: int = 6) -> NDArray[np.float32]:
    return unit(np.random.default_rng(seed).normal(size=(n, dimension)))


@given(st.integers(0, 45), st.integers(0, 45), st.integers(0, 5))
def test_larger_sample_keeps_the_smaller_one(fewer, more, seed) -> None:
    small, large = (sample_prompts(PROMPTS, n, seed) for n in sorted((fewer, more)))
    assert set(small) <= set(large)
    assert len(large) == min(max(fewer, more), len(PROMPTS))
    assert large == sorted(large)


def test_sample_follows_the_seed_alone() -> None:
    chosen = sample_prompts(PROMPTS, 10, 1)
    assert sample_prompts(iter(PROMPTS[::-1] + PROMPTS), 10, 1) == chosen
    assert len({tuple(sample_prompts(PROMPTS, 10, seed)) for seed in range(20)}) == 20
    assert sample_prompts(PROMPTS, None, 1) == sorted(PROMPTS)
    assert sample_prompts([], 3, 1) == []


def test_prompt_that_comes_later_moves_few() -> None:
    before, after = sample_prompts(PROMPTS, 10, 1), sample_prompts([*PROMPTS, "one more"], 10, 1)
    assert len(set(before) - set(after)) <= 1


@pytest.mark.parametrize("is_reference", [[False] * 3, [True, False, False]])
def test_fewer_than_two_references_are_no_centre(is_reference) -> None:
    assert centre_vectors(random_unit(0, 3), is_reference) is None


@given(st.integers(0, 1000), st.lists(st.booleans(), min_size=2, max_size=8))
def test_centred_by_brute_force(seed, is_reference) -> None:
    vectors = random_unit(seed, len(is_reference))
    found = centre_vectors(vectors, is_reference)
    if sum(is_reference) < 2:
        assert found is None
        return
    chosen = [vector for vector, is_one in zip(vectors, is_reference, strict=True) if is_one]
    mean = sum(vector.astype(float) for vector in chosen) / len(chosen)
    expected = [(vector - mean) / np.linalg.norm(vector - mean) for vector in vectors]
    assert found is not None
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_others_do_not_move_the_centre() -> None:
    vectors = random_unit(3, 4)
    found = centre_vectors(vectors, [True, True, False, False])
    alone = centre_vectors(vectors[:2], [True, True])
    assert found is not None
    assert alone is not None
    np.testing.assert_allclose(found[:2], alone, atol=1e-6)


def test_reply_on_the_mean_points_nowhere() -> None:
    vectors = unit(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    found = centre_vectors(vectors, [True, True, False])
    assert found is not None
    np.testing.assert_array_equal(found[:2], np.zeros((2, 2)))
    np.testing.assert_allclose(np.linalg.norm(found[2]), 1, atol=1e-6)
    assert pair_cosines(found, ["a", "b", "c"]) == {("a", "b"): 0, ("a", "c"): 0, ("b", "c"): 0}


models = st.lists(st.sampled_from("abcd"), min_size=1, max_size=9)


@given(models, st.integers(0, 1000))
def test_pair_cosines_by_brute_force(names, seed) -> None:
    vectors = random_unit(seed, len(names))
    sums: dict[tuple[str, str], list[float]] = {}
    for i, j in itertools.combinations(range(len(names)), 2):
        left, right = sorted((names[i], names[j]))
        sums.setdefault((left, right), []).append(float(vectors[i].astype(float) @ vectors[j].astype(float)))
    found = pair_cosines(vectors, names)
    assert found.keys() == sums.keys()
    for pair, cosines in sums.items():
        assert found[pair] == pytest.approx(sum(cosines) / len(cosines), abs=1e-6)


@given(models, st.integers(0, 1000), st.randoms(use_true_random=False))
def test_order_of_rows_leaves_no_trace(names, seed, dice) -> None:
    vectors = random_unit(seed, len(names))
    order = list(range(len(names)))
    dice.shuffle(order)
    assert pair_cosines(vectors[order], [names[i] for i in order]) == pair_cosines(vectors, names)


def test_one_sample_has_no_similarity_to_itself() -> None:
    vectors = unit(np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))
    assert pair_cosines(vectors, ["b", "a", "a"]) == {
        ("a", "a"): pytest.approx(np.sqrt(0.5)),
        ("a", "b"): pytest.approx(np.sqrt(0.5) / 2),
    }


@settings(max_examples=50)
@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.floats(-1, 1, width=32)))
def test_any_vectors_give_finite_numbers(vectors) -> None:
    found = centre_vectors(vectors, [True] * len(vectors))
    if found is not None:
        assert np.isfinite(found).all()
    assert np.isfinite(list(pair_cosines(vectors, ["a"] * len(vectors)).values())).all()
