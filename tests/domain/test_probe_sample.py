"""Probes that are embedded: spread over groups of questions, the same for all targets, following the seed alone."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.prompting.probe_sample import Cell, sample_cells

GROUPS = {"en-1": "who", "zh-1": "who", "en-2": "maker", "en-3": "name"}
CELLS = [
    Cell(f"t{template}", question, sample, group)
    for template in range(6)
    for question, group in GROUPS.items()
    for sample in range(2)
]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 5))
def test_larger_sample_keeps_the_smaller_one(fewer, more, seed) -> None:
    small, large = (sample_cells(CELLS, n, seed) for n in sorted((fewer, more)))
    assert small <= large
    assert len(large) == min(max(fewer, more), len(CELLS))


@given(st.integers(0, 36), st.integers(0, 5))
def test_groups_have_their_turn(n, seed) -> None:
    # `maker` and `name` have 12 cells each: until these are used up no group has two more than another.
    sizes = Counter(cell.question_group for cell in sample_cells(CELLS, n, seed))
    counts = [sizes[group] for group in ("who", "maker", "name")]
    assert max(counts) - min(counts) <= 1


def test_sample_follows_cells_and_seed_alone() -> None:
    chosen = sample_cells(CELLS, 10, 1)
    assert sample_cells(iter(CELLS[::-1] + CELLS), 10, 1) == chosen
    assert len({frozenset(sample_cells(CELLS, 10, seed)) for seed in range(20)}) == 20
    assert sample_cells(CELLS, None, 1) == set(CELLS)
    assert sample_cells(CELLS, 0, 1) == set()
    assert sample_cells([], 3, 1) == set()


def test_cells_that_only_one_target_has_move_few() -> None:
    own = [Cell("own", "en-3", 0, "name"), Cell("own", "en-2", 0, "maker")]
    before, after = sample_cells(CELLS, 15, 1), sample_cells([*CELLS, *own], 15, 1)
    assert len(before - after) <= len(own)
