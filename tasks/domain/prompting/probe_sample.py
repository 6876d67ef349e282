"""The sample of identity probes that are embedded: equal for all targets with the same probes."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """A question in a template, and the number of the sample; `question_group` joins questions that ask the same."""

    template_id: str
    question_id: str
    sample: int
    question_group: str


def sample_cells(cells: Iterable[Cell], n: int | None, seed: int) -> set[Cell]:
    """Return `n` cells, in turn one of each group of questions; a larger `n` keeps the cells of a smaller one.

    The order within a group depends on the cell and the seed alone: two targets with the same cells have the same
    sample, and targets that share some cells have mostly the same sample of these.

    Args:
        cells: the cells of one target and mode, answered or not.
        n: number of cells, None for all.
        seed: the plan's seed.
    """

    def place(cell: Cell) -> bytes:
        key = f"{seed} {cell.template_id} {cell.question_id} {cell.sample}"
        return hashlib.sha256(key.encode()).digest()

    turns: Counter[str] = Counter()
    order: list[tuple[int, int, Cell]] = []
    for cell in sorted(set(cells), key=place):
        order.append((turns[cell.question_group], len(order), cell))
        turns[cell.question_group] += 1
    return {cell for _, _, cell in sorted(order, key=lambda entry: entry[:2])[:n]}
