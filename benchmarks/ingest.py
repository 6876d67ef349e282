"""How fast replies recorded elsewhere are taken in, and in what memory: `python -m benchmarks.ingest [replies]`.

Beside it DuckDB alone reads the same JSON into a table of a database file. Ingesting reads it, gives every prompt,
request and reply its id, and writes them into the warehouse; the snapshot that the command publishes afterwards is not
counted.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow import parquet

from benchmarks.measuring import Measure, apart

SEED = 20_261_129
CHARACTERS = 1_500
N_WORDS, N_PARAGRAPHS = 4_000, 2_000
COLUMNS = ("model", "prompt", "reply")


def write(path: Path, n_models: int, n_prompts: int) -> Path:
    """Write made-up replies of 1,500 characters, one of each model to each prompt, as JSON lines and as Parquet."""
    rng = random.Random(SEED)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvwz", k=rng.randint(2, 10))) for _ in range(N_WORDS)]
    ends = (".\n", ". ", ' – "so".\n\n', "? ", ": é, ü.\n")
    paragraphs = [" ".join(rng.choices(words, k=40)) + rng.choice(ends) for _ in range(N_PARAGRAPHS)]
    prompts = [f"{number}. {' '.join(rng.choices(words, k=12))}?" for number in range(n_prompts)]
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    with (
        path.open("w", encoding="utf-8") as lines,
        parquet.ParquetWriter(path.with_suffix(".parquet"), schema, compression="zstd") as table,
    ):
        for number in range(n_models):
            rows = [
                {
                    "model": f"made-up-{number:05d}",
                    "prompt": prompt,
                    "reply": "".join(rng.choices(paragraphs, k=8))[:CHARACTERS],
                }
                for prompt in prompts
            ]
            lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            table.write_table(pa.Table.from_pylist(rows, schema))
    return path


def ingested(path: str, home: str) -> tuple[int, float]:
    """Take a file in; return how many replies were new, and the seconds until the warehouse is closed."""
    from tasks import ingest
    from tasks.adapters.settings import Home
    from tasks.adapters.warehouse import store

    place = Home(Path(home))
    with store.writing(place):
        started = time.perf_counter()
        done = ingest.ingest.fn(Path(path), "replies", place)
    return done.n_new, time.perf_counter() - started


def read_alone(path: str, database: str) -> float:
    """Have DuckDB read a JSON file into a table; return the seconds until the database is closed."""
    connection = duckdb.connect(database)
    started = time.perf_counter()
    connection.execute(f"create table t as select * from read_json('{path}')")
    connection.close()
    return time.perf_counter() - started


def measure(n_models: int, n_prompts: int) -> list[Measure]:
    """Return what it takes to ingest replies as JSON lines and as Parquet: a quarter of the models, and all."""
    found: list[Measure] = []
    for n in (max(n_models // 4, 1), n_models):
        with tempfile.TemporaryDirectory() as folder:
            found += _measured(Path(folder), n, n_prompts)
    return found


def _measured(folder: Path, n_models: int, n_prompts: int) -> list[Measure]:
    path = write(folder / "replies.jsonl", n_models, n_prompts)
    said = f"{n_models * n_prompts:,} replies of 1.5 kB ({n_models:,} models x {n_prompts:,} prompts)"
    in_file, _, _ = apart(read_alone, str(path), str(folder / "alone.duckdb"))
    (folder / "alone.duckdb").unlink()
    in_memory, _, beside_megabytes = apart(read_alone, str(path), ":memory:")
    found = []
    for kind in (".jsonl", ".parquet"):
        source = path.with_suffix(kind)
        (n_new, seconds), _, megabytes = _apart(source, folder / f"home{kind}")
        assert n_new == n_models * n_prompts
        found.append(
            Measure(
                work=f"ingest, {kind[1:]}",
                stated_input=f"{said}, {source.stat().st_size / 1e6:,.0f} MB",
                seconds=seconds,
                beside="DuckDB alone: read_json of the same replies into a table of a file",
                beside_seconds=in_file,
                megabytes=megabytes,
                note=f"ratio {seconds / in_file:.1f}; into a table in memory DuckDB alone takes {in_memory:.1f} s"
                f" and {beside_megabytes:,.0f} MB (ratio {seconds / in_memory:.1f})",
            )
        )
    return found


def _apart(source: Path, home: Path) -> tuple[Any, float, float]:
    return apart(ingested, str(source), str(home))


if __name__ == "__main__":
    n_replies = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    for line in measure(max(n_replies // 1_000, 1), min(n_replies, 1_000)):
        print(f"{line.work}: {line.stated_input}: {line.seconds:.1f} s, {line.megabytes:,.0f} MB")
        print(f"    {line.beside}: {line.beside_seconds:.1f} s; {line.note}")
