"""FAISS: exact nearest neighbours by cosine, and the index on disk."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXACT_UP_TO = 100_000
"""Above this an exact global search of all against all takes longer than building an inverted file."""


def nearest(
    vectors: NDArray[np.float32], n_neighbours: int, path: Path | None = None
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return cosines and row numbers of the `n_neighbours` nearest rows of each row, itself among them.

    Args:
        vectors: shape (n, dimension), rows of length 1 (or 0: such a row is near to nothing).
        n_neighbours: how many; less where n is smaller.
        path: where to keep the index.

    Returns:
        Two arrays of shape (n, min(n, n_neighbours)), nearest first; -1 marks a place that was not filled.
    """
    import faiss

    n, dimension = vectors.shape
    rows = np.ascontiguousarray(vectors)
    index: Any = faiss.IndexFlatIP(dimension)
    if n > EXACT_UP_TO:
        n_lists = int(4 * np.sqrt(n))
        index = faiss.IndexIVFFlat(index, dimension, n_lists, faiss.METRIC_INNER_PRODUCT)
        index.train(rows)
        index.nprobe = max(8, n_lists // 16)
    index.add(rows)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        faiss.write_index(index, str(path))
    cosines, found = index.search(rows, min(n, n_neighbours))
    return cosines, found
