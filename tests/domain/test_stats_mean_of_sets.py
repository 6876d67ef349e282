"""The mean of sets lies in an interval that holds the truth as often as it says, and keeps the skew of theirs."""

import numpy as np
import pytest

from tasks.domain.stats.cluster_bootstrap import clustered_rate
from tasks.domain.stats.mean_of_sets import mean_of_sets


def test_by_hand() -> None:
    assert mean_of_sets([(4.0, 3.7, 4.1), (2.0, 1.6, 2.0)]) == pytest.approx((3.0, 2.75, 3.05))


def test_one_set_is_itself_and_equal_ends_stay() -> None:
    assert mean_of_sets([(3.0, 2.5, 3.25)]) == pytest.approx((3.0, 2.5, 3.25))
    assert mean_of_sets([(5.0, 5.0, 5.0)] * 3) == (5.0, 5.0, 5.0)


def test_no_set_is_no_mean() -> None:
    with pytest.raises(ValueError, match="no sets"):
        mean_of_sets([])


def test_covers_the_mean_of_two_sets() -> None:
    rng, hits = np.random.default_rng(5), 0
    for _ in range(200):
        estimates = []
        for centre, size in ((0.7, 30), (0.4, 60)):
            values = np.clip(rng.normal(centre, 0.15, size), 0, 1).tolist()
            found = clustered_rate(values, [str(n) for n in range(size)], None, rng, 400)
            assert found.value is not None
            assert found.low is not None
            assert found.high is not None
            estimates.append((found.value, found.low, found.high))
        _, low, high = mean_of_sets(estimates)
        hits += low <= 0.5496 <= high
    assert 182 <= hits <= 199
