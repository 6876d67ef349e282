"""How long scoring takes, in what memory, how both grow: `python -m benchmarks.scoring [models] [prompts] [home]`.

Made-up replies, or those that a home has, resampled, are taken in and then scored: summed over all pairs, tested,
published. All models are independent, of 25 vendors and 50 families, and all are candidates.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.ingest import write
from benchmarks.measuring import Measure, apart
from benchmarks.resampling import resample

GROWTH = ((57, 201), (114, 201), (227, 201), (227, 402), (227, 805), (557, 348))
BEFORE = ("ingest", "lineage")
"""What comes before a scoring."""
N_VENDORS = 25


def scored(path: str, home: str) -> dict[str, float]:
    """Do all steps from a file of replies to a snapshot; return how many seconds each took."""
    from prefect.logging import disable_run_logger

    from tasks import ingest
    from tasks.adapters.settings import Home
    from tasks.adapters.warehouse import store
    from tasks.publish import publish_snapshot
    from tasks.similarity import choose_references, homogeneity, sum_pairs, verdict

    place = Home(Path(home))
    with disable_run_logger(), store.writing(place) as warehouse:
        took = dict[str, float]()
        steps: dict[str, Callable[[], object]] = {
            "ingest": lambda: ingest.ingest.fn(Path(path), "replies", place),
            "lineage": lambda: warehouse.append("lineage", _lineage(warehouse.read("core.model")["model"])),
            "words": lambda: choose_references.score.fn([], place),
            "sums": lambda: sum_pairs.sum_pairs.fn(place),
            "population": lambda: homogeneity.homogeneity.fn(0, place),
            "verdicts": lambda: verdict.verdict.fn("none/none", place),
            "publish": lambda: publish_snapshot.publish_snapshot.fn(place),
        }
        for name, step in steps.items():
            started = time.perf_counter()
            step()
            took[name] = time.perf_counter() - started
    return took


def _lineage(models: pl.Series) -> list[dict[str, object]]:
    """Say who made each model: as many vendors as in real populations, all of them independent."""
    from tasks.adapters.settings import now

    return [
        {"model": model, "vendor": f"v{number % N_VENDORS:02}", "family": f"f{number % (2 * N_VENDORS):02}"}
        | {"candidate_group": f"g{number % (2 * N_VENDORS):02}", "role": "independent", "learned_from": []}
        | {"source": "file", "loaded_at": now()}
        for number, model in enumerate(models)
    ]


def measure(sizes: tuple[tuple[int, int], ...] = GROWTH, published: Path | None = None) -> list[Measure]:
    """Return what scoring takes at each size (models, prompts), the whole of it and its steps in the note.

    Args:
        sizes: models and prompts of each run.
        published: a home whose replies are resampled; left out, replies are made up.
    """
    kind = "replies of 1.5 kB" if published is None else "published replies, resampled"
    found = []
    for n_models, n_prompts in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = (
                write(Path(folder) / "replies.jsonl", n_models, n_prompts)
                if published is None
                else resample(published, Path(folder) / "replies.parquet", n_models, n_prompts)
            )
            took, _, megabytes = apart(scored, str(path), f"{folder}/home")
            size = sum(file.stat().st_size for file in Path(folder, "home").glob("*.duckdb")) / 1e6
        steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in took.items() if name not in BEFORE)
        found.append(
            Measure(
                work="score",
                stated_input=f"{n_models:,} models x {n_prompts:,} prompts, {kind}",
                seconds=sum(seconds for name, seconds in took.items() if name not in BEFORE),
                megabytes=megabytes,
                note=f"{steps}; taken in before in {took['ingest']:.1f} s; warehouse and snapshot {size:,.0f} MB",
            )
        )
    return found


if __name__ == "__main__":
    chosen = ((int(sys.argv[1]), int(sys.argv[2])),) if len(sys.argv) > 2 else GROWTH
    for one in chosen:
        [line] = measure((one,), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
        print(f"{line.stated_input}: {line.seconds:.1f} s, {line.megabytes:,.0f} MB; {line.note}", flush=True)
