"""The nearest replies of other models, selected from an index's matches of a block of replies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Nearest:
    """One row a reply and near reply of another model, all of shape (rows,), ordered by reply and rank."""

    source: NDArray[np.int64]
    place: NDArray[np.int64]
    rank: NDArray[np.int64]
    cos: NDArray[np.float32]


def nearest_of_others(
    matches: tuple[NDArray[np.float32], NDArray[np.int64]],
    first: int,
    model: NDArray[np.int64],
    order: NDArray[np.int64],
    most: int,
) -> Nearest:
    """Return the `most` nearest rows of other models for each row of a block; equal cosines go by `order`.

    Args:
        matches: cosines and places, both of shape (block, k), nearest first; -1 marks a place that was not filled.
        first: the row at which the block begins.
        model: the model of every row, as a number.
        order: of every row, its place among all when they are ordered by reply.
        most: how many are kept.
    """
    cosines, places = matches
    # FAISS sums in another order for other batch sizes: rounded, equal replies have equal cosines.
    cos = np.round(cosines.astype(np.float64), 6).astype(np.float32)
    own = model[first : first + len(places), None]
    is_other = (places >= 0) & (model[places] != own)
    # Nothing below the cosine of the last that is kept can be among them: far fewer are left to sort.
    is_enough = np.cumsum(is_other, axis=1, dtype=np.int32) >= most
    last = cos[np.arange(len(cos)), is_enough.argmax(axis=1)] if cos.size else cos.reshape(-1)[: len(cos)]
    least = np.where(is_enough.any(axis=1), last, -np.inf)
    row, column = np.nonzero(is_other & (cos >= least[:, None]))
    place, cos = places[row, column], cos[row, column]
    sorted_by = np.lexsort((order[place], -cos, row))
    row, place, cos = row[sorted_by], place[sorted_by], cos[sorted_by]
    begins = np.searchsorted(row, np.arange(len(places)))
    rank = np.arange(len(row)) - begins[row] + 1
    kept = rank <= most
    return Nearest(row[kept] + first, place[kept], rank[kept], cos[kept])
