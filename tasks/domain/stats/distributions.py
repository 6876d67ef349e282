"""Quantiles of the beta and of Student's t distribution."""

from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

_TINY = 1e-300
_CLOSE = 1e-13
_MOST_TERMS = 100_000
_MOST_STEPS = 200

NORMAL = NormalDist()


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b): the chance that a Beta(a, b) variable is at most x.

    Continued fraction by Lentz's method: NIST DLMF 8.17.22; Press et al., Numerical Recipes, 6.4.

    Args:
        x: between 0 and 1.
        a, b: both above 0.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    # The fraction converges fast on this side of the mean only; the other side is reached by symmetry.
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    return exp(_log_weight(x, a, b)) * _fraction(x, a, b) / a


def beta_quantile(p: float, a: float, b: float) -> float:
    """Return the x at which Beta(a, b) has the share `p` below it, by Newton's method kept inside a bracket.

    Args:
        p: between 0 and 1.
        a, b: at least 0. With a = 0 all weight lies on 0, with b = 0 on 1.
    """
    if a <= 0.0 or p <= 0.0:
        return 0.0
    if b <= 0.0 or p >= 1.0:
        return 1.0
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_MOST_STEPS):
        error = beta_cdf(x, a, b) - p
        if error > 0.0:
            high = x
        else:
            low = x
        log_density = _log_weight(x, a, b) - log(x) - log1p(-x)
        step = error * exp(-log_density) if log_density > -600.0 else 1.0
        closer = x - step if low < x - step < high else (low + high) / 2.0
        # A bracket that starts at 0 may hold a quantile of any order of magnitude: the tolerance is absolute.
        if abs(closer - x) < _CLOSE or high - low < _CLOSE:
            return closer
        x = closer
    return x


@lru_cache(maxsize=512)
def t_quantile(p: float, df: float) -> float:
    """Return the quantile of Student's t with `df` degrees of freedom, through the beta distribution (DLMF 8.17).

    Args:
        p: strictly between 0 and 1.
        df: above 0.
    """
    if p < 0.5:
        return -t_quantile(1.0 - p, df)
    share = beta_quantile(2.0 * (1.0 - p), df / 2.0, 0.5)
    return sqrt(df * (1.0 / share - 1.0))


def _log_weight(x: float, a: float, b: float) -> float:
    """Return the logarithm of x^a (1 - x)^b / B(a, b)."""
    return lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _kept_from_zero(1.0 - (a + b) * x / (a + 1.0))
    product = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            d = 1.0 / _kept_from_zero(1.0 + term * d)
            c = _kept_from_zero(1.0 + term / c)
            product *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return product


def _kept_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
