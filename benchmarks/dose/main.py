"""Students of known dose, trained, asked and scored: `python -m benchmarks.dose`.

Everything is kept under data/out/dose by what it was made from: killed at any point and run again, only what was in
progress is made once more, and a second run makes nothing. Two processes side by side share the work. Figures go to
benchmarks/DOSE.json and benchmarks/DOSE.md.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.dose import corpus, page, results
from benchmarks.dose.cache import Cache
from benchmarks.dose.grid import NEUTRAL, TEACHER, Grid, named
from benchmarks.dose.making import Maker
from benchmarks.dose.served import SERVED
from benchmarks.rivals import MACHINE, taken_in
from tasks.adapters.settings import PROJECT, Home
from tasks.domain.verdict import limits

WORK = PROJECT / "data" / "out" / "dose"
RESULTS = PROJECT / "benchmarks" / "DOSE.json"
SUMMARY = PROJECT / "docs" / "benchmark.md"
NAME = "dose"

SCORING = ("--embed-prompts", "0")
"""Without embeddings: all models but one are of one base, and what they are near in is the question."""

Thing = tuple[Path, Callable[[], object]]


def make_all(maker: Maker) -> None:
    """Make all replies and students of a grid that are not there."""
    sources = [*named(TEACHER), *named(NEUTRAL)]
    every(maker, (_said(maker, name, "taught") for name in sources))
    voices = [(name, role) for role in ("asked", "again") for name in sources]
    voices += [(name, "asked") for name in maker.grid.others if name != SERVED]
    every(maker, (_said(maker, name, role) for name, role in voices))
    students = maker.grid.students()
    every(maker, ((maker.answers_path(student), partial(maker.answers, student)) for student in students))
    # Last, as a server beside other work is slow, and nobody waits for it.
    every(maker, (_said(maker, name, "asked") for name in maker.grid.others if name == SERVED))


def every(maker: Maker, things: Iterable[Thing]) -> None:
    """Make what is not there: first what no other process is making, then what the others have left."""
    waiting = []
    for path, make in things:
        if path.exists():
            continue
        # A lock of the whole thing; the parts that it needs have locks of their own, which are waited for.
        with maker.cache.locked(path.with_name(f"{path.name}.turn"), is_waiting=False) as is_ours:
            if is_ours:
                make()
            else:
                waiting.append(make)
    for make in waiting:
        make()


def _said(maker: Maker, name: str, role: str) -> Thing:
    return maker.said_path(name, role), partial(maker.said, name, role)


def scored(maker: Maker, folder: Path) -> tuple[str, Home]:
    """Return the corpus and the home of a grid that is made: taken in and scored by the project's own commands."""
    files = corpus.written(maker, maker.grid.students(), folder / "corpus")
    named_files = f"{NAME}={','.join(map(str, files))}"
    return named_files, taken_in(named_files, folder / "homes", SCORING)[1]


def formed(maker: Maker, home: Home, n_draws: int) -> dict[str, Any]:
    """Return all figures of a scored home."""
    students, grid = maker.grid.students(), maker.grid
    told: dict[str, Any] = {
        "rests_on": rests_on(home, n_draws),
        "machine": MACHINE,
        "n_draws": n_draws,
        "grid": {"n_taught": grid.n_taught, "batch": grid.course.batch, "steps": grid.course.n_steps(grid.n_taught)},
        "population": {"models": len(corpus.lineage_rows(students))},
    }
    return told | results.document(results.measured(maker, home, students, n_draws))


def rests_on(home: Home, n_draws: int) -> str:
    """Return what the figures depend on: replies and lineage by the home's name, the null, and the draws."""
    return f"{home.root.name}, null {limits.VERSION}, {n_draws} draws, seed {results.SEED}"


def as_json(value: Any) -> Any:
    """Return a value as JSON has it: numbers that are none are null."""
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(part) for part in value]
    if isinstance(value, float | np.floating):
        return round(float(value), 6) if np.isfinite(value) else None
    return value


def publish(document: dict[str, Any], results_file: Path, summary: Path) -> None:
    """Write the figures, their page beside them, and their summary where that page has the marks for it."""
    results_file.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    results_file.with_suffix(".md").write_text("\n".join(page.lines(document)) + "\n", encoding="utf-8")
    if summary.exists():
        inserted = page.inserted(summary.read_text(encoding="utf-8"), page.summary(document))
        summary.write_text(inserted, encoding="utf-8")


def main(words: Sequence[str], results_file: Path = RESULTS, summary: Path = SUMMARY) -> None:
    """Make what is missing, score it, and write the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dose")
    parser.add_argument("--folder", type=Path, default=WORK, help="Where replies, weights and homes are kept.")
    parser.add_argument("--threads", type=int, default=1, help="Of one process; beside other work, one is fastest.")
    parser.add_argument("--seeds", type=int, default=len(Grid.seeds), help="Students of each teacher and dose.")
    parser.add_argument("--doses", default=",".join(map(str, Grid.doses)), help="Percent, separated by commas.")
    parser.add_argument("--taught", type=int, default=Grid.n_taught, help="Training prompts.")
    parser.add_argument("--asked", type=int, default=Grid.n_asked, help="Kept-out prompts.")
    parser.add_argument("--draws", type=int, default=results.N_DRAWS, help="Draws of prompts.")
    parser.add_argument("--make-only", action="store_true", help="Train and ask, but score nothing.")
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    grid = Grid(
        n_taught=arguments.taught,
        n_asked=arguments.asked,
        doses=tuple(int(dose) for dose in arguments.doses.split(",")),
        seeds=tuple(range(1, arguments.seeds + 1)),
    )
    maker = Maker(grid, Cache(arguments.folder, partial(print, flush=True)))
    make_all(maker)
    print(f"Students trained: {maker.n_trained}. Replies asked for: {maker.n_asked}.", flush=True)
    if arguments.make_only:
        return
    named_files, home = scored(maker, arguments.folder)
    there = json.loads(results_file.read_text(encoding="utf-8")) if results_file.exists() else {}
    if there.get("rests_on") == rests_on(home, arguments.draws):
        print("Figures formed: none, they are there.")
    else:
        there = as_json(formed(maker, home, arguments.draws))
    publish(there, results_file, summary)
    print(f"For the rivals: python -m benchmarks.rivals --home {NAME}={home.root}")
    print(f"As files: {named_files}")
