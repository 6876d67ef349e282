"""Students of known dose, trained and asked: `python -m benchmarks.dose`.

Everything is kept under data/out/dose by what it was made from: killed at any point and run again, only what was in
progress is made once more, and a second run makes nothing. Two processes side by side share the work.
"""

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import torch

from benchmarks.dose.cache import Cache
from benchmarks.dose.grid import CONTROL, NEUTRAL, TEACHER, Grid, named
from benchmarks.dose.making import PLAIN, Maker
from tasks.adapters.settings import PROJECT

WORK = PROJECT / "data" / "out" / "dose"

Thing = tuple[Path, Callable[[], object]]


def make_all(maker: Maker) -> None:
    """Make all replies and students of a grid that are not there."""
    sources = [*named(TEACHER), *named(NEUTRAL)]
    every(maker, (_said(maker, name, "taught") for name in sources))
    voices = [(name, role) for role in ("asked", "again") for name in sources]
    voices += [(name, "asked") for name in (PLAIN, *named(CONTROL))]
    every(maker, (_said(maker, name, role) for name, role in voices))
    students = maker.grid.students()
    every(maker, ((maker.answers_path(student), _answering(maker, student)) for student in students))


def every(maker: Maker, things: Iterable[Thing]) -> None:
    """Make what is not there: first what no other process is making, then what the others have left."""
    missing = [(path, make) for path, make in things if not path.exists()]
    waiting = []
    for path, make in missing:
        # The lock of the whole thing; what it needs has locks of its own, which are waited for.
        with maker.cache.locked(path.with_name(f"{path.name}.turn"), is_waiting=False) as is_ours:
            if is_ours:
                make()
            else:
                waiting.append(make)
    for make in waiting:
        make()


def _said(maker: Maker, name: str, role: str) -> Thing:
    return maker.said_path(name, role), lambda: maker.said(name, role)


def _answering(maker: Maker, student: object) -> Callable[[], object]:
    return lambda: maker.answers(student)  # type: ignore[arg-type]


def main(words: Sequence[str]) -> None:
    """Make what is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dose")
    parser.add_argument("--folder", type=Path, default=WORK)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=len(Grid.seeds))
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    maker = Maker(Grid(seeds=tuple(range(1, arguments.seeds + 1))), Cache(arguments.folder, lambda line: print(line, flush=True)))
    make_all(maker)
    print(f"Students trained: {maker.n_trained}. Replies asked for: {maker.n_asked}.", flush=True)
