"""Random samples of a prompt set."""

import hashlib
from collections.abc import Iterable


def sample_prompts(prompt_ids: Iterable[str], n: int | None, seed: int) -> list[str]:
    """Return `n` prompts chosen by `seed`, sorted; a larger `n` keeps the prompts of a smaller one.

    Args:
        prompt_ids: the prompts of one set.
        n: number of prompts, None for all.
        seed: the plan's seed.
    """
    order = sorted(set(prompt_ids), key=lambda prompt: hashlib.sha256(f"{seed} {prompt}".encode()).digest())
    return sorted(order[:n])
