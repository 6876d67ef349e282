"""Random generators that depend on a seed and the computation, not on earlier draws."""

import numpy as np

from tasks.domain.ids import content_id

FORMER_NAMES = {"prefix_overlap": "opening", "prefix_overlap_d": "opening_d", "text_similarity": "text_likeness"}
"""Former names that still seed the draws: a rename must not change intervals."""


def rng_for(seed: int, purpose: str, *names: str) -> np.random.Generator:
    """Return the generator of one computation: the same seed and names give the same numbers.

    Args:
        seed: that of the plan or the command.
        purpose: the kind of computation; another purpose gives other numbers for equal names.
        names: what is computed, such as a target, a judge and a score.
    """
    seed_names = [FORMER_NAMES.get(name, name) for name in names]
    return np.random.default_rng(int(content_id(purpose, seed, *seed_names)[:16], 16))
