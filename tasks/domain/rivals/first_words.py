"""Model Provenance Testing: how often two models begin their reply with the same word, and the published test of it."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr
from scipy.stats import hypergeom

from tasks.domain.reply_table import Booleans, ReplyTable
from tasks.domain.rival import Floats, Rival, RivalInput, pair_means, shared_prompts

LEAST_FOR_Z = 5
"""Hits or misses below which Fisher's exact test takes the place of the z test, as in the authors' program."""


def score(inputs: RivalInput) -> Floats:
    """Return the share of prompts to which two replies begin with the same word: 0 to 1.

    `mean over prompts of [first(a) = first(b)]` (Nikolić, Baluta and Saxena, Model Provenance Testing for Large
    Language Models, NeurIPS 2025, arXiv 2502.00706). Symmetric. They compare the first token; replies alone hold no
    tokens, so it is the first word here, a character in scripts without spaces.
    """
    return pair_means(_hits(inputs.table), shared_prompts(inputs.table.has_words))


def provenance_p_values(table: ReplyTable, controls: Booleans) -> Floats:
    """Return the p values of the published test: does the target begin like the reference more than like any control?

    For each control i the null is `agreement(target, reference) <= agreement(target, i)`; the test is the pooled z test
    of two proportions, Fisher's exact test where there are fewer than 5 hits or misses. The reference is named a parent
    where Holm's step-down rejects every null, so the result is the greatest of Holm's adjusted p values. One-sided, as
    the null is; the authors' program first picks the best candidate and doubles the p values. The test takes the two
    agreements for independent, though they come from the same prompts.

    Args:
        table: replies of m models.
        controls: shape (m, m, m): whether the third model is a control for target (first) and reference (second); see
            `unrelated_controls`. A control without a prompt in common with the target is left out.

    Returns:
        Shape (m, m), row the target, from 0 to 1; NaN on the diagonal, without a shared prompt, and without controls.
    """
    m = len(table.models)
    if controls.shape != (m, m, m):
        raise ValueError(f"controls of shape {controls.shape} for {m} models: it must be {(m, m, m)}.")
    hits, counts = _hits(table), shared_prompts(table.has_words)
    p_values = np.full((m, m), np.nan)
    for reference in range(m):
        usable = controls[:, reference, :] & (counts > 0.0)
        usable[:, reference] = False
        usable[np.arange(m), np.arange(m)] = False
        p = _above(hits[:, [reference]], counts[:, [reference]], hits, counts)
        ordered = np.sort(np.where(usable, p, np.nan), axis=1)  # NaN come last.
        steps = usable.sum(axis=1, keepdims=True) - np.arange(m)
        adjusted = np.where(steps > 0, np.minimum(ordered * steps, 1.0), -np.inf)
        tested = usable.any(axis=1) & (counts[:, reference] > 0.0)
        tested[reference] = False
        p_values[tested, reference] = adjusted[tested].max(axis=1)
    return p_values


def unrelated_controls(is_control: Sequence[bool], families: Sequence[str], vendors: Sequence[str]) -> Booleans:
    """Return which model is a control for which pair, shape (m, m, m): target, reference, control.

    A control is one of `is_control` that is of another family than the target and of another vendor than the reference.
    """
    family, vendor = np.asarray(families), np.asarray(vendors)
    of_target = family[:, None] != family[None, :]
    of_reference = vendor[:, None] != vendor[None, :]
    mask: Booleans = of_target[:, None, :] & of_reference[None, :, :] & np.asarray(is_control, dtype=np.bool_)
    return mask


def _hits(table: ReplyTable) -> Floats:
    """Return the number of prompts where both begin with the same word, shape (m, m)."""
    hits = np.zeros((len(table.models), len(table.models)))
    for row in table.words:
        first = np.array([-1 if words is None else words[0] for words in row])
        hits += (first[:, None] == first[None, :]) & (first >= 0)
    return hits


def _above(hits: Floats, n: Floats, others: Floats, n_others: Floats) -> Floats:
    """Return the one-sided p values that `hits / n` is no larger than `others / n_others`, elementwise."""
    hits, n, others, n_others = np.broadcast_arrays(hits, n, others, n_others)
    p = np.ones(hits.shape)
    least = np.minimum.reduce([hits, n - hits, others, n_others - others])
    both = (n > 0.0) & (n_others > 0.0)
    few, many = both & (least < LEAST_FOR_Z), both & (least >= LEAST_FOR_Z)
    p[few] = hypergeom.sf(hits[few] - 1, (n + n_others)[few], (hits + others)[few], n[few])
    h, k, g, j = hits[many], n[many], others[many], n_others[many]
    pooled = (h + g) / (k + j)
    p[many] = ndtr((g / j - h / k) / np.sqrt(pooled * (1.0 - pooled) * (1.0 / k + 1.0 / j)))
    return np.clip(p, 0.0, 1.0)


FIRST_WORDS = Rival(score)
