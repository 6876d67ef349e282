"""The effective number of models: known values, copies, slopes, and intervals that hold what they should."""

import numpy as np
import pytest

from tasks.domain.population.homogeneity import contribution_errors, measure, prompt_draws
from tasks.domain.population.similarity import Similarity, means, square
from tasks.domain.population.vendi import (
    clipped_share,
    contribution_slopes,
    score_of_one,
    scores_without,
    slopes,
    vendi_scores,
)


def blocks(*sizes: int) -> np.ndarray:
    """Return the kernel of groups of copies that have nothing to do with each other."""
    belongs = np.repeat(np.arange(len(sizes)), sizes)
    return (belongs[:, np.newaxis] == belongs).astype(float)


@pytest.mark.parametrize(
    ("kernel", "score"),
    [
        (np.ones((6, 6)), 1.0),
        (np.eye(6), 6.0),
        (blocks(3, 3), 2.0),
        (blocks(4, 4, 4), 3.0),
        # Shares 2/3 and 1/3: exp(ln 3 - 2/3 ln 2).
        (blocks(4, 2), 3.0 / 2.0 ** (2.0 / 3.0)),
    ],
)
def test_known_scores(kernel, score) -> None:
    assert float(vendi_scores(kernel)) == pytest.approx(score, abs=1e-9)
    assert clipped_share(kernel) == pytest.approx(0.0, abs=1e-12)


def test_two_members_have_a_closed_form() -> None:
    for k in (0.0, 0.3, 0.9):
        high, low = (1 + k) / 2, (1 - k) / 2
        assert float(vendi_scores(np.array([[1, k], [k, 1]]))) == pytest.approx(high**-high * low**-low)


def test_many_kernels_at_once_score_as_one_by_one() -> None:
    kernels = square(np.random.default_rng(1).random((7, 10)) * 0.2, 5)
    assert vendi_scores(kernels) == pytest.approx([float(vendi_scores(kernel)) for kernel in kernels])


def test_negative_part_of_the_spectrum_is_cut_and_told() -> None:
    # 1 and 2 are the same, 2 and 3 are the same, 1 and 3 are nothing alike: eigenvalues 1 and 1 -+ sqrt 2.
    kernel = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    root = np.sqrt(2.0)
    assert clipped_share(kernel) == pytest.approx((root - 1) / 3)
    shares = np.array([1.0, 1.0 + root]) / (2.0 + root)
    assert float(vendi_scores(kernel)) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))


def test_score_of_many_samples_of_one_model() -> None:
    for similarity in (0.0, 0.4, 1.0):
        kernel = square(np.full(28, similarity), 8)
        assert score_of_one(8, similarity) == pytest.approx(float(vendi_scores(kernel)))


def planted(n_prompts: int, n: int, seed: int = 3) -> Similarity:
    """Return members of whom each answers a prompt in one of a few ways, the first two mostly in the same."""
    rng = np.random.default_rng(seed)
    ways = rng.integers(0, 6, (n_prompts, n))
    ways[:, 1] = np.where(rng.random(n_prompts) < 0.7, ways[:, 0], ways[:, 1])
    first, second = np.triu_indices(n, 1)
    return Similarity(tuple(f"m{k:02d}" for k in range(n)), (ways[:, first] == ways[:, second]).astype(np.float32))


def test_copy_adds_nothing() -> None:
    original = planted(200, 8)
    # Every model's similarity to the copy is that to m03; the copy and m03 are the same.
    kernel = square(means(original), 8)
    with_copy = np.ones((9, 9))
    with_copy[:8, :8] = kernel
    with_copy[8, :8] = with_copy[:8, 8] = kernel[3]
    alone, beside = float(vendi_scores(kernel)), float(vendi_scores(with_copy))
    added = beside - scores_without(with_copy)
    assert beside == pytest.approx(alone, abs=0.25)
    # Not equal to the bit: threads of the linear algebra add up in their own order.
    assert added[[3, 8]] == pytest.approx(beside - alone)
    assert abs(added[8]) < 0.25
    assert added[[2, 4, 5, 6, 7]].min() > 0.8


def test_slopes_are_those_of_small_steps() -> None:
    pairs, n = means(planted(60, 6)), 6
    kernel = square(pairs, n)
    step = 1e-6
    moved = [
        (vendi_scores(square(pairs + step * one, n)) - vendi_scores(square(pairs - step * one, n))) / (2 * step)
        for one in np.eye(15)
    ]
    assert slopes(kernel) == pytest.approx(np.array(moved), rel=1e-5)
    contributions = [
        (
            vendi_scores(square(pairs + step * one, n))
            - scores_without(square(pairs + step * one, n))
            - vendi_scores(square(pairs - step * one, n))
            + scores_without(square(pairs - step * one, n))
        )
        / (2 * step)
        for one in np.eye(15)
    ]
    assert contribution_slopes(kernel) == pytest.approx(np.array(contributions), rel=1e-5)


def test_errors_of_contributions_are_the_spread_of_their_bootstrap() -> None:
    similarity = planted(300, 7)
    drawn = square(means(similarity, prompt_draws(300, np.random.default_rng(5), 1_500)), 7)
    spread = np.array([vendi_scores(kernel) - scores_without(kernel) for kernel in drawn]).std(axis=0)
    assert contribution_errors(similarity, square(means(similarity), 7)) == pytest.approx(spread, rel=0.1)


def test_intervals_hold_the_truth_where_few_prompts_put_the_score_off() -> None:
    """Of 40 samples of 40 prompts the mirrored interval holds the score of all prompts; percentiles hold it less often."""
    everything = planted(4_000, 12)
    truth = float(vendi_scores(square(means(everything), 12)))
    rng = np.random.default_rng(11)
    held = percentiles_held = 0
    errors, told = [], []
    for _ in range(40):
        part = Similarity(everything.members, everything.values[rng.integers(0, 4_000, 40)])
        drawn = means(part, prompt_draws(40, rng, 400))
        found = measure(part, drawn)
        held += found.vendi.low <= truth <= found.vendi.high
        low, high = np.quantile(vendi_scores(square(drawn, 12)), [0.025, 0.975])
        percentiles_held += low <= truth <= high
        errors.append(found.vendi.value - truth)
        told.append(found.bias)
    assert held >= 36
    assert percentiles_held < held
    assert np.mean(told) == pytest.approx(np.mean(errors), rel=0.5)
    assert np.mean(errors) < 0


def test_measure_names_what_is_near_and_keeps_to_its_bounds() -> None:
    similarity = planted(80, 6)
    found = measure(similarity, means(similarity, prompt_draws(80, np.random.default_rng(2), 300)))
    assert 1 <= found.vendi.low <= found.vendi.value <= found.vendi.high <= 6
    by_name = {one.member: one for one in found.contributions}
    assert (by_name["m00"].nearest, by_name["m01"].nearest) == ("m01", "m00")
    assert min(by_name, key=lambda name: by_name[name].contribution.value) in {"m00", "m01"}
    for one in found.contributions:
        assert one.contribution.low < one.contribution.value < one.contribution.high
        assert one.similarity.low < one.similarity.value < one.similarity.high
    assert found.mean_similarity.value == pytest.approx(np.mean([one.similarity.value for one in found.contributions]))


def test_one_prompt_has_no_interval_and_who_is_like_nobody_has_no_nearest() -> None:
    similarity = Similarity(("a", "b", "c"), np.array([[0.5, 0.0, 0.0]], dtype=np.float32))
    found = measure(similarity, means(similarity, prompt_draws(1, np.random.default_rng(2), 20)))
    assert (found.vendi.low, found.vendi.high, found.bias, found.mean_similarity.low) == (None,) * 4
    assert [one.contribution.low for one in found.contributions] == [None] * 3
    assert [one.nearest for one in found.contributions] == ["b", "a", None]


def test_copies_have_a_score_of_one_and_an_interval_of_one() -> None:
    similarity = Similarity(tuple("abcd"), np.ones((20, 6), dtype=np.float32))
    found = measure(similarity, means(similarity, prompt_draws(20, np.random.default_rng(2), 50)))
    assert (found.vendi.value, found.vendi.low, found.vendi.high) == pytest.approx((1.0, 1.0, 1.0))
    assert [one.contribution.value for one in found.contributions] == pytest.approx([0.0] * 4, abs=1e-9)
