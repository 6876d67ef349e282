"""Cosines centred on a background that leaves both models aside, against a plain loop over every pair of replies."""

from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tasks.domain.similarity.vectors import Member
from tasks.domain.similarity.vectors import leave_out_cosines as matrix_of_cosines

MODELS = {
    "a1": Member("a1", "A", "A", is_background=True),
    "a2": Member("a2", "A", "A", is_background=True),
    "b1": Member("b1", "B", "B", is_background=True),
    "b2": Member("b2", "B", "other-b", is_background=True),
    "c1": Member("c1", "C", "C", is_background=True),
    "d1": Member("d1", "D", "D", is_background=True),
    "u1": Member("u1", "U", "U", is_background=False),
    # A student's family is its parent's.
    "s1": Member("s1", "S", "A", is_background=False),
    "s2": Member("s2", "S", "S", is_background=False),
}


def leave_out_cosines(vectors: NDArray[np.float32], members: list[Member]) -> dict[tuple[str, str], float]:
    """Return the cosine of each target and reference that have one."""
    names, values = matrix_of_cosines(vectors, members)
    assert names == sorted({member.model for member in members})
    there = np.argwhere(~np.isnan(values)).tolist()
    return {(names[i], names[j]): float(values[i, j]) for i, j in there}


def random_unit(seed: int, n: int, dimension: int = 5) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(n, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def slowly(vectors: NDArray[np.float32], members: list[Member]) -> dict[tuple[str, str], float]:
    replies: dict[str, list[NDArray]] = {}
    for member, vector in zip(members, vectors.astype(float), strict=True):
        replies.setdefault(member.model, []).append(vector)
    found: dict[tuple[str, str], float] = {}
    for target in replies:
        for reference in replies:
            mine, theirs = MODELS[target], MODELS[reference]
            background = [
                np.mean(vectors_of, axis=0)
                for model, vectors_of in replies.items()
                if MODELS[model].is_background
                and MODELS[model].family != mine.family
                and MODELS[model].vendor != theirs.vendor
            ]
            if target == reference or len(background) < 2:
                continue
            centre = sum(background) / len(background)
            cosines = []
            for left in replies[target]:
                for right in replies[reference]:
                    x, y = left - centre, right - centre
                    if np.linalg.norm(x) > 1e-9 and np.linalg.norm(y) > 1e-9:
                        cosines.append(float(x @ y / np.linalg.norm(x) / np.linalg.norm(y)))
            if cosines:
                found[target, reference] = fmean(cosines)
    return found


written = st.lists(st.sampled_from(sorted(MODELS)), min_size=1, max_size=14)


@settings(max_examples=100)
@given(written, st.integers(0, 1000))
def test_against_a_plain_loop(names, seed) -> None:
    members = [MODELS[name] for name in names]
    vectors = random_unit(seed, len(names))
    found, expected = leave_out_cosines(vectors, members), slowly(vectors, members)
    assert found.keys() == expected.keys()
    for pair, cosine in expected.items():
        assert found[pair] == pytest.approx(cosine, abs=1e-7)


def test_pairs_are_there_in_both_directions() -> None:
    """The two directions leave out different models, so they differ."""
    members = list(MODELS.values())
    found = leave_out_cosines(random_unit(1, len(members)), members)
    assert found.keys() == {(x, y) for x in MODELS for y in MODELS if x != y}
    assert found["s1", "b1"] != found["b1", "s1"]


@given(written, st.integers(0, 100), st.randoms(use_true_random=False))
def test_order_of_rows_leaves_no_trace(names, seed, dice) -> None:
    vectors, members = random_unit(seed, len(names)), [MODELS[name] for name in names]
    order = list(range(len(names)))
    dice.shuffle(order)
    shuffled = leave_out_cosines(vectors[order], [members[i] for i in order])
    assert shuffled == pytest.approx(leave_out_cosines(vectors, members), abs=2e-9)


def test_kin_of_neither_moves_the_centre() -> None:
    """What the target's family or the reference's maker answers changes nothing for the two."""
    members = [MODELS[name] for name in ("s1", "b1", "a1", "a2", "b2", "c1", "d1")]
    vectors = random_unit(2, len(members))
    other = vectors.copy()
    other[2:5] = random_unit(3, 3)
    assert leave_out_cosines(other, members)["s1", "b1"] == leave_out_cosines(vectors, members)["s1", "b1"]
    other[5] = random_unit(4, 1)[0]
    assert leave_out_cosines(other, members)["s1", "b1"] != leave_out_cosines(vectors, members)["s1", "b1"]


def test_reply_on_the_mean_has_no_similarity() -> None:
    members = [MODELS[name] for name in ("s2", "a1", "b1", "c1")]
    right, left = [1.0, 0.0], [-1.0, 0.0]
    vectors = np.array([[0.0, 0.0], right, left, right], dtype=np.float32)
    # Leaving A out, b1 and c1 have the mean 0, on which s2 stands.
    found = leave_out_cosines(vectors, members)
    assert ("s2", "a1") not in found
    assert ("s2", "b1") in found
    assert np.isfinite(list(found.values())).all()


def test_one_background_model_is_no_centre() -> None:
    members = [MODELS[name] for name in ("s2", "a1", "b1")]
    assert leave_out_cosines(random_unit(5, 3), members) == {}
