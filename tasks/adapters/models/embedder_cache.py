"""The embedder of a plan, loaded once a process: a worker embeds all chunks with it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from tasks.adapters.models import embedders
from tasks.domain import registry
from tasks.domain.plan import EmbeddingPlan
from tasks.domain.ports import Embedder

_embedding_lock = Lock()
"""A tokenizer refuses a second thread while it works."""


@cache
def _loaded(embedder: str, model: str) -> Embedder:
    loaded: Embedder = registry.load(embedders, embedder)(model)
    return loaded


def embedded(plan: EmbeddingPlan, chunks: Iterable[Sequence[str]]) -> Iterator[NDArray[np.float32]]:
    """Yield one array of unit vectors a chunk of texts, of shape (texts, dimension)."""
    for texts in chunks:
        with _embedding_lock:
            vectors = _loaded(plan.embedder, plan.model).embed(texts)
        yield vectors
