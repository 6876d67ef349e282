"""Which of a target's identity probes are embedded: a sample that is the same for all who were put the same ones."""

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
    """Return `n` cells, in turn one of each group of questions; a larger `n` keeps those that a smaller one chose.

    The order within a group follows from the cell and the seed alone: of two targets with the same cells the same are
    chosen, of targets that share some, mostly the same among these.

    Args:
        cells: those of one target and mode, answered or not.
        n: how many, None for all.
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
