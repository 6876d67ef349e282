"""Quantiles against tables and against the binomial sums they stand for."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.stats.distributions import beta_cdf, beta_quantile, t_quantile


@pytest.mark.parametrize(
    ("df", "expected"), [(1, 12.706), (2, 4.303), (5, 2.571), (9, 2.262), (19, 2.093), (30, 2.042), (1e6, 1.960)]
)
def test_t_quantiles_are_those_of_the_printed_table(df, expected) -> None:
    assert t_quantile(0.975, df) == pytest.approx(expected, abs=5e-4)
    assert t_quantile(0.025, df) == -t_quantile(0.975, df)


@given(n=st.integers(1, 60), data=st.data(), x=st.floats(0.0, 1.0))
def test_beta_is_the_tail_of_a_binomial(n, data, x) -> None:
    k = data.draw(st.integers(1, n))
    tail = sum(comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(k, n + 1))
    assert beta_cdf(x, k, n - k + 1) == pytest.approx(tail, abs=1e-11)


@given(p=st.floats(1e-4, 1 - 1e-4), a=st.floats(1, 3e4), b=st.floats(1, 3e4))
def test_quantile_undoes_the_distribution(p, a, b) -> None:
    assert beta_cdf(beta_quantile(p, a, b), a, b) == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize(
    ("p", "a", "b", "expected"), [(0.3, 0.0, 5.0, 0.0), (0.3, 5.0, 0.0, 1.0), (0.0, 2, 2, 0.0), (1.0, 2, 2, 1.0)]
)
def test_all_weight_on_one_end(p, a, b, expected) -> None:
    assert beta_quantile(p, a, b) == expected
