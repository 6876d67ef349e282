"""Two sets of replies of one model, or of two: by hand, exactly, and over planted models."""

from itertools import combinations

import numpy as np
import pytest

from tasks.domain.pairwise.sampled_prompts import similarity_of_replies
from tasks.domain.stats.model_equality import LEAST_PROMPTS, SampledPrompt, model_equality
from tasks.domain.verdict import same_model
from tests.support.chance import fewest, most

SHARED = 30


def _prompts(
    n: int, rng: np.random.Generator, gap: float = 0.0, samples: tuple[int, int] = (2, 2)
) -> list[SampledPrompt]:
    """Return prompts whose replies are sets of 30 possible phrases; `gap`: how far the models' chances are apart."""
    found = []
    for _ in range(n):
        chance = rng.random(SHARED)
        other = np.clip(chance + gap * rng.choice([-1.0, 1.0], SHARED), 0.0, 1.0)
        has = np.vstack([rng.random((samples[0], SHARED)) < chance, rng.random((samples[1], SHARED)) < other])
        both = (has[:, None] & has[None, :]).sum(axis=-1)
        either = (has[:, None] | has[None, :]).sum(axis=-1)
        found.append(SampledPrompt(both / np.maximum(either, 1), samples[0]))
    return found


def test_distance_by_hand() -> None:
    # Within the left model .8, within the right .6, across .35: 1 - .35 / .7.
    one = np.array([[1.0, 0.8, 0.3, 0.4], [0.8, 1.0, 0.2, 0.5], [0.3, 0.2, 1.0, 0.6], [0.4, 0.5, 0.6, 1.0]])
    test = model_equality([SampledPrompt(one, 2)] * LEAST_PROMPTS, np.random.default_rng(0))
    assert test.distance == pytest.approx(0.5)
    assert test.distance_high == pytest.approx(0.5), "prompts that are all the same have an interval of no width"


def test_p_is_that_of_all_relabellings() -> None:
    prompts = _prompts(LEAST_PROMPTS, np.random.default_rng(3), gap=0.3)
    sums = np.zeros(1)
    for prompt in prompts:
        gaps = []
        for left in combinations(range(4), 2):
            right = [place for place in range(4) if place not in left]
            within = (prompt.similarity[left] + prompt.similarity[right[0], right[1]]) / 2
            gaps.append(within - prompt.similarity[np.ix_(left, right)].mean())
        sums = (sums[:, None] + np.array(gaps)[None, :]).ravel()
    observed = sums[0]
    exact = float((sums >= observed - 1e-9).mean())
    assert model_equality(prompts, np.random.default_rng(1)).p_value == pytest.approx(exact, abs=0.015)


def test_samples_of_one_model_are_called_different_as_often_as_the_level_says() -> None:
    rng, n = np.random.default_rng(11), 120
    tests = [model_equality(_prompts(12, rng, samples=(2, 3)), rng) for _ in range(n)]
    hits = sum(test.p_value is not None and test.p_value <= 0.05 for test in tests)
    assert hits <= most(n, 0.05)
    assert abs(np.mean([test.distance for test in tests])) < 0.02


def test_another_model_is_found_where_the_test_says_it_would_be() -> None:
    rng, n = np.random.default_rng(12), 30
    tests = [model_equality(_prompts(24, rng, gap=0.4), rng) for _ in range(n)]
    assert all(test.distance > test.detectable for test in tests)
    assert sum(test.p_value <= 0.05 for test in tests) >= fewest(n, 0.8)


def test_too_little_is_no_test() -> None:
    rng = np.random.default_rng(0)
    assert model_equality(_prompts(LEAST_PROMPTS - 1, rng), rng).p_value is None
    nothing = [SampledPrompt(np.zeros((4, 4)), 2)] * LEAST_PROMPTS
    assert model_equality(nothing, rng).p_value is None
    with pytest.raises(ValueError, match="fewer than two replies"):
        model_equality([SampledPrompt(np.ones((3, 3)), 1)], rng)


def test_one_reply_again_and_again_is_one_model() -> None:
    test = model_equality([SampledPrompt(np.ones((4, 4)), 2)] * LEAST_PROMPTS, np.random.default_rng(0))
    assert (test.distance, test.distance_high, test.p_value) == (0.0, 0.0, 1.0)
    assert same_model.equality(test, 1.0) == same_model.SAME


@pytest.mark.parametrize(
    ("p", "high", "said"),
    [
        (0.2, 0.1, same_model.SAME),
        (0.2, 0.6, same_model.OPEN),
        (0.05, 0.1, same_model.NEARLY),
        (0.05, 0.6, same_model.OTHER),
        (None, 0.1, same_model.UNTESTED),
    ],
)
def test_decision(p: float | None, high: float, said: str) -> None:
    rng = np.random.default_rng(0)
    test = model_equality(_prompts(LEAST_PROMPTS, rng), rng)
    assert same_model.equality(type(test)(9, 0.05, high, p, 0.1), p) == said
    assert said in same_model.MEANINGS


def test_similarity_is_of_words() -> None:
    alike = similarity_of_replies(["One two two three", "three one four", "other words here", "", ""])
    assert alike[0, 1] == pytest.approx(2 / 4)
    assert alike[0, 2] == alike[0, 3] == alike[3, 4] == 0.0
