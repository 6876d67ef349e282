"""Do two sets of replies to the same prompts come from one source? An energy test with permutation within prompts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLIPS = 9_999
MORE_FLIPS = 99_999
"""Drawn in all where none of the first 9,999 reaches the observed value: corrections for many tests need small p."""

MOST_PAIRS = 600
"""The time grows with the square of the pairs; more are thinned at random."""

_AT_A_TIME = 3_333


@dataclass(frozen=True)
class TwoSample:
    """`distance`: 0 where the two sets are distributed alike, 1 where each is one point; may fall below 0 by chance.

    `n`: pairs that were compared. `p_value`: one-sided, of no change; None with fewer than two pairs.
    """

    n: int
    distance: float | None = None
    p_value: float | None = None


def two_sample(before: Floats, after: Floats, prompts: Sequence[str], rng: np.random.Generator) -> TwoSample:
    """Test whether replies before and after are alike, prompt by prompt exchangeable.

    Energy distance (Szekely and Rizzo, J. Statistical Planning and Inference 2013, 143, 1249-1272) of the replies less
    their prompt's mean over both times, so that what a prompt asks does not count. For pairs u and v of replies
    (before x, after y) let `H = |x_u - y_v| + |y_u - x_v| - |x_u - x_v| - |y_u - y_v|`. Its sum over pairs of different
    prompts detects a change that all prompts share, such as another style; its sum over samples of one prompt, where
    there are several, detects a change of single prompts. Each sum is divided by its standard deviation under
    the null, the root of twice the sum of H squared, and the larger of the two counts.

    Where nothing has changed, which of a pair's replies is the later one is arbitrary: exchanging them flips the signs
    of H, so the p value is exact, `(1 + hits) / (1 + flips)` (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 2010,
    9, 39). If no hit is among the first 9,999 flips, 99,999 are drawn in all, which keeps it valid: whoever falls
    below a level by the second count had to be below twice that level by the first, or has the full count.

    Args:
        before, after: shape (n, dimension); row by row the same prompt and sample.
        prompts: n names.
        rng: chance.

    Raises:
        ValueError: shapes differ.
    """
    if before.shape != after.shape or len(prompts) != len(before):
        raise ValueError(f"shapes {before.shape} and {after.shape} with {len(prompts)} prompts: they must agree.")
    if len(before) > MOST_PAIRS:
        kept = np.sort(rng.choice(len(before), MOST_PAIRS, replace=False))
        before, after, prompts = before[kept], after[kept], [prompts[row] for row in kept]
    n = len(before)
    if n < 2:
        return TwoSample(n)
    codes = np.unique(np.asarray(prompts), return_inverse=True)[1]
    mean = _means((before + after) / 2.0, codes)
    x, y = before - mean, after - mean
    across = _distances(x, y)
    h = across + across.T - _distances(x, x) - _distances(y, y)
    np.fill_diagonal(h, 0.0)
    same = codes[:, np.newaxis] == codes
    parts = [part / size for part in (np.where(same, 0.0, h), np.where(same, h, 0.0)) if (size := _size(part)) > 0.0]
    whole = 2.0 * float(across.sum() - np.trace(across))
    distance = float(h.sum()) / whole if whole > 0.0 else 0.0
    return TwoSample(n, distance, _p_value(parts, rng) if parts else 1.0)


def _means(values: Floats, codes: NDArray[np.intp]) -> Floats:
    """Return for each row the mean over its prompt."""
    sums = np.zeros((int(codes.max()) + 1, values.shape[1]))
    np.add.at(sums, codes, values)
    result: Floats = (sums / np.bincount(codes)[:, np.newaxis])[codes]
    return result


def _distances(left: Floats, right: Floats) -> Floats:
    squares = (left**2).sum(1)[:, np.newaxis] + (right**2).sum(1) - 2.0 * left @ right.T
    result: Floats = np.sqrt(np.maximum(squares, 0.0))
    return result


def _size(part: Floats) -> float:
    return sqrt(2.0 * float((part**2).sum()))


def _p_value(parts: Sequence[Floats], rng: np.random.Generator) -> float:
    observed = max(float(part.sum()) for part in parts)
    # Sums that are equal but for rounding are ties, and ties count as hits.
    observed -= 1e-5 * max(1.0, abs(observed))
    hits = drawn = 0
    for most in (FLIPS, MORE_FLIPS):
        for signs in _signs(most - drawn, len(parts[0]), rng):
            hits += int((np.max([_forms(signs, part) for part in parts], axis=0) >= observed).sum())
        drawn = most
        if hits:
            break
    return (1 + hits) / (1 + drawn)


def _signs(n: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.float32]]:
    for start in range(0, n, _AT_A_TIME):
        rows = min(_AT_A_TIME, n - start)
        yield rng.integers(0, 2, size=(rows, size), dtype=np.int8).astype(np.float32) * 2.0 - 1.0


def _forms(signs: NDArray[np.float32], part: Floats) -> NDArray[np.float32]:
    """Return the quadratic form of each row of signs."""
    result: NDArray[np.float32] = np.einsum("ij,ij->i", signs @ part.astype(np.float32), signs)
    return result
