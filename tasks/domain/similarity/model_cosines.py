"""Vectors of replies, prompt by prompt -> the cosines of each two models."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.domain.similarity.cosine_sums import CosineSums
from tasks.domain.similarity.vectors import Cosines, Member, centre_vectors, leave_out_cosines, pair_cosines
from tasks.domain.stats.welford import Running

Vectors = NDArray[np.float32]


class ModelCosines:
    """Sums over prompts of the cosines of each two models.

    `models`: in alphabetical order. `sums`: of raw and centred cosines. `leave_out`: of cosines centred on a background
    that holds neither the target's family nor the reference's vendor, a cell for each two of `models`.
    """

    def __init__(self, models: Sequence[str], set_of: Mapping[str, str], members: Mapping[str, Member]) -> None:
        """Begin with no prompt.

        Args:
            models: those that take part.
            set_of: the prompt set of each prompt.
            members: of each model, what says whether it is part of a background.
        """
        self.models = tuple(sorted(models))
        self.sums, self.leave_out = CosineSums(self.models, set_of), Running(len(self.models))
        self._members = members
        self._place = {model: place for place, model in enumerate(self.models)}

    def add(self, prompt_id: str, vectors: Vectors, models: Sequence[str]) -> tuple[NDArray[np.int64], Vectors]:
        """Add the replies to one prompt.

        Args:
            prompt_id: the prompt.
            vectors: of the replies, shape (n, dimension), rows of length 1.
            models: who wrote each.

        Returns:
            The rows that differ from the mean of the prompt's background, and their vectors less that mean, scaled to
            length 1; no rows where nothing could be centred.
        """
        names, values = leave_out_cosines(vectors, [self._members[model] for model in models])
        self.leave_out.add(np.array([self._place[name] for name in names]), values)
        moved = centre_vectors(vectors, [self._members[model].is_background for model in models])
        own: Cosines | None = None
        off_mean = np.empty(0, dtype=np.int64)
        if moved is not None:
            # A reply that equals the mean has no direction.
            off_mean = np.flatnonzero(moved.any(axis=1))
            own = pair_cosines(moved[off_mean], [models[place] for place in off_mean.tolist()])
        self.sums.add(prompt_id, pair_cosines(vectors, models), own)
        return off_mean, vectors[:0] if moved is None else moved[off_mean]
