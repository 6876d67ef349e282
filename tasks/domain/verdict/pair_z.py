"""The score of single models for each other in standard deviations of unrelated models: the heat map's figure."""

import numpy as np

from tasks.domain.pairwise.matrices import Bools, Floats
from tasks.domain.pairwise.prompt_replies import Places
from tasks.domain.verdict.family_null import family_null, left_out_nulls
from tasks.domain.verdict.limits import LEAST_FAMILIES, LEAST_LEFT
from tasks.domain.verdict.population import Population


def pair_z(scores: Floats, population: Population, is_compared: Bools) -> Floats:
    """Return z of each model's score for each reference, n x n; NaN where there is no score or no sufficient null.

    The null of a reference is that of `family_null` over its unrelated models, with as many as a verdict needs; a model
    that is one of them is held against the others, its own family left out.

    Args:
        scores: of n models for each other, n x n, row target, column reference.
        population: the n models.
        is_compared: n x n, which two have prompts enough in common to be in a null.
    """
    z = np.full_like(scores, np.nan)
    _, family = np.unique(np.array(population.family), return_inverse=True)
    for group, snapshots in enumerate(population.snapshots):
        for reference in snapshots:
            column = scores[:, reference]
            control = np.flatnonzero(population.is_unrelated[:, group] & is_compared[:, reference] & ~np.isnan(column))
            if len(control):
                z[:, reference] = _standardised(column, control, family)
    return z


def _standardised(scores: Floats, control: Places, family: Places) -> Floats:
    _, number = np.unique(family[control], return_inverse=True)
    null, others = family_null(scores[control], number), left_out_nulls(scores[control], number)
    if not null.is_sufficient:
        return np.full_like(scores, np.nan)
    mean, variance = np.full_like(scores, null.mean), np.full_like(scores, null.variance)
    is_enough = (others.n_controls >= LEAST_LEFT) & (others.n_families >= LEAST_FAMILIES) & (others.variance > 0.0)
    mean[control], variance[control] = others.mean[number], np.where(is_enough, others.variance, np.nan)[number]
    return (scores - mean) / np.sqrt(variance)
