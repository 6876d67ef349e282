"""Chance that depends on a seed and on what is computed, not on what was computed before."""

import numpy as np

from tasks.domain.ids import content_id

FORMER_NAMES = {"prefix_overlap": "opening", "prefix_overlap_d": "opening_d", "text_similarity": "text_likeness"}
"""Names under which draws were made before these were renamed: a new name is no reason for other intervals."""


def rng_for(seed: int, purpose: str, *names: str) -> np.random.Generator:
    """Return the generator of one computation: the same seed and names give the same numbers.

    Args:
        seed: the plan's, or the command's.
        purpose: the kind of computation; with another one equal names draw other numbers.
        names: what is computed, such as a target, a judge and a score.
    """
    seed_names = [FORMER_NAMES.get(name, name) for name in names]
    return np.random.default_rng(int(content_id(purpose, seed, *seed_names)[:16], 16))
