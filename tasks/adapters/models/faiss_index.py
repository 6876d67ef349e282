"""FAISS: nearest neighbours by cosine, exact, or by inverted lists whose recall is measured, and the index on disk."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXACT_UP_TO = 500_000
"""Above this all against all by exact search takes the better part of an hour on two cores, inverted lists minutes."""

LEAST_RECALL = 0.98
RECALL_AT = 10
N_QUERIES = 1000
"""Rows whose exact neighbours recall is measured against."""

LISTS_PER_ROOT = 8
"""Lists are so many times the root of the vectors. With twice or four times, lists hold strangers: of 520,000 vectors
in 10,400 clusters .98 is found only where exact search is faster, with eight times at once."""

TRAINED_ON = 40
"""Vectors a list that the lists' centres are found from; and the fewest a list should hold."""

LEAST_PROBED = 4
MOST_PROBED_SHARE = 1 / 16
"""Lists are scanned about fifteen times slower, a vector, than exact search multiplies blocks: beyond this it wins."""

BATCH = 8192
"""A multiple of the 4,096 queries that FAISS itself takes at a time: results are those of one search, to the bit."""

ONE_BY_ONE = 20
"""Fewer queries than this FAISS compares one by one, with other last digits."""

_SAME = 1e-6
"""Cosines nearer than this are equal: the choice among equal neighbours does not matter."""

Neighbours = tuple[NDArray[np.float32], NDArray[np.int64]]
"""Cosines and row numbers, both of shape (queries, neighbours), nearest first; -1 marks a place that was not filled."""


@dataclass(frozen=True)
class Quality:
    """How an index searches, and its recall against exact search.

    `recall`: mean share of the `recall_at` nearest neighbours, itself aside, over `n_queries` rows; 1 where exact.
    """

    is_exact: bool
    n_vectors: int
    n_lists: int
    n_probed: int
    recall: float
    recall_at: int = RECALL_AT
    n_queries: int = 0

    @property
    def in_words(self) -> str:
        """The text of its log line."""
        if self.is_exact:
            return "searched exactly"
        recall = f"recall@{self.recall_at} {self.recall:.3f} over {self.n_queries} queries"
        return f"{self.n_probed} of {self.n_lists} lists probed, {recall}"


class Index:
    """A built index, and its quality."""

    def __init__(self, index: Any, quality: Quality) -> None:
        self._index, self.quality = index, quality

    def search(self, queries: NDArray[np.float32], n_neighbours: int) -> Iterator[tuple[int, Neighbours]]:
        """Yield the number of the first row and the neighbours, for one block of `queries` after the other."""
        n, k = len(queries), min(self.quality.n_vectors, n_neighbours)
        starts = [start for start in range(0, n, BATCH) if start == 0 or n - start >= ONE_BY_ONE]
        for start, stop in zip(starts, [*starts[1:], n], strict=True):
            yield start, self._index.search(queries[start:stop], k)

    def write(self, path: Path) -> None:
        """Write the index to `path`, and beside it, as JSON, its quality."""
        import faiss

        path.parent.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self._index, str(path))
        path.with_suffix(".json").write_text(json.dumps(asdict(self.quality), indent=1) + "\n", encoding="utf-8")


def build(vectors: NDArray[np.float32], *, exact_up_to: int = EXACT_UP_TO, least_recall: float = LEAST_RECALL) -> Index:
    """Return an index over `vectors`: exact, or above `exact_up_to` of them inverted lists.

    More and more lists are probed until recall is `least_recall` on a sample of the vectors; where that takes so many
    that exact search is faster, the index is exact. The sample is spread evenly over the rows, and FAISS starts from a
    fixed seed: the same vectors give the same index.

    Args:
        vectors: shape (n, dimension), float32, rows of length 1 (or 0: such a row is near to nothing).
        exact_up_to: the most vectors that are searched exactly without a measurement of lists.
        least_recall: between 0 and 1.
    """
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    if len(rows) > exact_up_to and len(rows) > RECALL_AT + 1:
        inverted = _inverted(rows, least_recall)
        if inverted is not None:
            return inverted
    import faiss

    flat: Any = faiss.IndexFlatIP(rows.shape[1])
    flat.add(rows)
    return Index(flat, Quality(True, len(rows), 0, 0, 1.0))


def nearest(vectors: NDArray[np.float32], n_neighbours: int) -> Neighbours:
    """Return exactly the `n_neighbours` nearest rows of each row, itself among them, in one block.

    Args:
        vectors: shape (n, dimension), rows of length 1 (or 0: such a row is near to nothing).
        n_neighbours: how many; less where n is smaller.
    """
    import faiss

    index: Any = faiss.IndexFlatIP(vectors.shape[1])
    rows = np.ascontiguousarray(vectors)
    index.add(rows)
    cosines, places = index.search(rows, min(len(rows), n_neighbours))
    return cosines, places


def _inverted(rows: NDArray[np.float32], least_recall: float) -> Index | None:
    """Return inverted lists that reach `least_recall`, or None where that takes too many probes."""
    import faiss

    n, dimension = rows.shape
    n_lists = max(1, min(int(LISTS_PER_ROOT * np.sqrt(n)), n // TRAINED_ON))
    index: Any = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, n_lists, faiss.METRIC_INNER_PRODUCT)
    index.cp.max_points_per_centroid = TRAINED_ON
    index.cp.min_points_per_centroid = 1
    index.train(rows)
    for start in range(0, n, BATCH):
        index.add(rows[start : start + BATCH])
    sample = np.unique(np.linspace(0, n - 1, N_QUERIES).astype(np.int64))
    exact = faiss.knn(rows[sample], rows, RECALL_AT + 1, metric=faiss.METRIC_INNER_PRODUCT)
    n_probed = LEAST_PROBED
    while n_probed <= max(1, int(n_lists * MOST_PROBED_SHARE)):
        index.nprobe = n_probed
        recall = recall_of(index.search(rows[sample], RECALL_AT + 1), exact, sample)
        if recall >= least_recall:
            return Index(index, Quality(False, n, n_lists, n_probed, round(recall, 6), n_queries=len(sample)))
        n_probed *= 2
    return None


def recall_of(neighbours: Neighbours, exact: Neighbours, sources: NDArray[np.int64]) -> float:
    """Return the mean recall of each row's exact neighbours, without the row itself; equal cosines count as equal.

    Args:
        neighbours: the judged result, with one neighbour more than is counted.
        exact: the result of exact search, of the same shape.
        sources: the row number of each query.
    """
    truth, cosines = (_without_itself(block, sources) for block in (exact, neighbours))
    return float((cosines >= truth[:, -1:] - _SAME).mean())


def _without_itself(neighbours: Neighbours, sources: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the cosines less that of the row itself, or the last where it is not there; -inf where none was found."""
    cosines, places = neighbours
    is_itself = places == sources[:, None]
    is_itself[~is_itself.any(axis=1), -1] = True
    return np.where(places >= 0, cosines, -np.inf)[~is_itself].reshape(len(places), -1)
