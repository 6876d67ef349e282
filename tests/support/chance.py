"""How far a count may lie from its share by chance: exact binomial bounds for simulations of few repetitions."""

from scipy.stats import binom

ONCE = 1e-3
"""How often a bound is passed by chance alone."""


def fewest(n: int, share: float) -> int:
    """Return the least count of `n` that is not too few for this share: fewer come about once in a thousand times."""
    return int(binom.ppf(ONCE, n, share))


def most(n: int, share: float) -> int:
    """Return the largest count of `n` that is not too many for this share: more come about once in a thousand times."""
    return int(binom.isf(ONCE, n, share))
