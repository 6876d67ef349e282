"""Statistics of doses: whether a measure rises with dose, and from which dose on a teacher is found."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from tasks.domain.similarity import lexical

Floats = NDArray[np.float64]


def rank_correlation(doses: Sequence[float], values: Sequence[float]) -> float:
    """Return Spearman's rank correlation, ties by their mean rank, -1 to 1; NaN where either is constant.

    Several students share a dose, so that even a measure without a fault stays below 1: see `highest_correlation`.
    Source: Spearman, American Journal of Psychology 1904, 15, 72-101.
    """
    left, right = (rankdata(part) - (len(part) + 1) / 2 for part in (doses, values))
    size = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((left * right).sum() / size) if size else float("nan")


def highest_correlation(doses: Sequence[float]) -> float:
    """Return the rank correlation of these doses with a measure that orders them without a fault and has no ties."""
    return rank_correlation(doses, list(np.argsort(np.argsort(doses, kind="stable"), kind="stable")))


def concordance(doses: Sequence[float], values: Sequence[float]) -> float:
    """Return the share of pairs of students of unlike dose in which the higher dose has the higher value, ties half.

    0 to 1, .5 by chance; NaN without such a pair. Twice it less 1 is Somers' D (American Sociological Review 1962, 27,
    799-811).
    """
    dose, value = np.asarray(doses, dtype=np.float64), np.asarray(values, dtype=np.float64)
    higher = dose[:, None] > dose[None, :]
    if not higher.any():
        return float("nan")
    gap = value[:, None] - value[None, :]
    return float(((gap > 0) + 0.5 * (gap == 0))[higher].mean())


def opening_words(taught: Sequence[str], other: Sequence[str], least: float = 0.05) -> frozenset[str]:
    """Return the first words that at least a share of the taught replies have, and less of the other source's."""
    left, right = (Counter(_first_word(reply) for reply in replies) for replies in (taught, other))
    return frozenset(
        word for word, n in left.items() if word and n >= least * len(taught) and right[word] < least * len(other)
    )


def opening_share(replies: Sequence[str], words: Set[str]) -> float:
    """Return the share of replies that begin with one of these words, 0 to 1."""
    return sum(_first_word(reply) in words for reply in replies) / len(replies)


def _first_word(reply: str) -> str:
    return next(iter(lexical.words(reply[:100])), "")


def interval(draws: Sequence[float]) -> tuple[float, float]:
    """Return the 2.5th and 97.5th percentile of draws that have a value; NaN where none has.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 13.3.
    """
    known = [draw for draw in draws if not np.isnan(draw)]
    if not known:
        return float("nan"), float("nan")
    low, high = np.percentile(known, [2.5, 97.5])
    return float(low), float(high)


def rising(doses: Sequence[float], shares: Sequence[float], weights: Sequence[float]) -> dict[float, float]:
    """Return the shares by dose, nowhere falling: weighted means of neighbours that fall (pool adjacent violators).

    Source: Ayer et al., Annals of Mathematical Statistics 1955, 26, 641-647.
    """
    blocks: list[tuple[list[float], float, float]] = []
    for dose, share, weight in sorted(zip(doses, shares, weights, strict=True)):
        blocks.append(([dose], share, weight))
        while len(blocks) > 1 and blocks[-2][1] > blocks[-1][1]:
            (before, low, of_low), (after, high, of_high) = blocks[-2:]
            total = of_low + of_high
            blocks[-2:] = [([*before, *after], (low * of_low + high * of_high) / total, total)]
    return {dose: share for members, share, _ in blocks for dose in members}


def least_dose(share_of: Mapping[float, float], level: float = 0.8) -> float | None:
    """Return the least dose whose share of calls is `level`, on straight lines between doses; None where none has it.

    Args:
        share_of: share of calls by dose, nowhere falling.
        level: the wanted share.
    """
    steps = sorted(share_of.items())
    if not steps or steps[-1][1] < level:
        return None
    if steps[0][1] >= level:
        return float(steps[0][0])
    for (dose, share), (next_dose, next_share) in pairwise(steps):
        if next_share >= level:
            return float(dose + (level - share) / (next_share - share) * (next_dose - dose))
    return None


def drawn_least_dose(called: Mapping[float, Floats], rng: np.random.Generator, n_draws: int = 2000) -> list[float]:
    """Return the least dose with probability .8 in draws of students within their dose; beyond the highest: infinite.

    Args:
        called: by dose, the share of draws of prompts in which each student of that dose is called.
        rng: chance.
        n_draws: how many.
    """
    found = []
    for _ in range(n_draws):
        means = [float(rng.choice(shares, len(shares)).mean()) for shares in called.values()]
        dose = least_dose(rising(list(called), means, [len(shares) for shares in called.values()]))
        found.append(float("inf") if dose is None else dose)
    return found
