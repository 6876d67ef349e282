"""Runs every benchmark in one go and writes what it found to `benchmarks/RESULTS.md`: `python -m benchmarks.all`."""

import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks import asking, batch_jobs, ingest, killed, scoring, start, throttling, vectors
from benchmarks.measuring import Measure

RESULTS = Path(__file__).parent / "RESULTS.md"
PACKAGES = ("duckdb", "polars", "numpy", "prefect", "openai", "faiss-cpu", "sentence-transformers", "torch")
PARTS: dict[str, Callable[[], Sequence[Measure]]] = {
    "Start": start.measure_start,
    "Ingest": lambda: ingest.measure(100, 1_000),
    "Scoring: growth with models and with prompts": scoring.measure,
    "Asking": lambda: [line for n in (16, 64, 256) for line in asking.measure(3_200, n)],
    "Endpoints that say 429": throttling.measure,
    "Asking until kill -9": killed.measure,
    "Batch endpoint": lambda: [*batch_jobs.measure(), *batch_jobs.measure_kills()],
    "Embedding": lambda: vectors.measure_embedding(vectors.N_TEXTS),
    "FAISS": lambda: vectors.measure_faiss(vectors.N_VECTORS),
}


def lines_of(part: str, measures: Sequence[Measure]) -> list[str]:
    """Return one part of the results as a table of Markdown."""
    rows = ["", f"## {part}", "", "| Work | Input | s | Beside it | s | MB | |", "|---|---|--:|---|--:|--:|---|"]
    for one in measures:
        beside = "" if one.beside_seconds is None else f"{one.beside_seconds:,.2f}"
        megabytes = "" if one.megabytes is None else f"{one.megabytes:,.0f}"
        cells = (one.work, one.stated_input, f"{one.seconds:,.2f}", one.beside, beside, megabytes, one.note)
        rows.append("| " + " | ".join(cells) + " |")
    return rows


def _plain_loop() -> float:
    """Return how long ten million additions take: what tells one machine's figures from another's."""
    started, total = time.perf_counter(), 0
    for number in range(10**7):
        total += number
    return time.perf_counter() - started


def main(chosen: Sequence[str]) -> None:
    """Run all parts, or those whose names begin so, print them as they end, and write those of a whole run."""
    memory = psutil.virtual_memory().total / 2**30
    head = [
        "# What was measured",
        "",
        "`make bench` writes this file: medians of one run, each beside what it is held against.",
        "MB: the peak of resident memory, children included.",
        "",
        f"- Machine: {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()};",
        f"  ten million additions in plain Python take {_plain_loop():.2f} s.",
        f"- Versions: {', '.join(f'{name} {version(name)}' for name in PACKAGES)}.",
    ]
    print("\n".join(head), flush=True)
    found = list(head)
    for part, measure in PARTS.items():
        if not chosen or any(part.lower().startswith(name.lower()) for name in chosen):
            rows = lines_of(part, measure())
            print("\n".join(rows), flush=True)
            found += rows
    if not chosen:
        RESULTS.write_text("\n".join(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
