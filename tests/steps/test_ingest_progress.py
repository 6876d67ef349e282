"""`ingest` says how much of its files is read, and how far storing is."""

import json
import re

import polars as pl
import pytest

from tasks import ingest
from tasks.adapters.inputs import textfiles
from tasks.adapters.prefect import progress
from tasks.adapters.settings import Home

ROWS = [{"model": "m", "prompt": f"Question {n}?", "reply": f"{n} " + "word " * 2_000} for n in range(400)]


@pytest.fixture(autouse=True)
def every_line(monkeypatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setattr(textfiles, "BLOCK_BYTES", 1 << 20)


def shown(text: str, title: str) -> list[tuple[int, int]]:
    return [(int(n), int(of)) for n, of in re.findall(rf"^{re.escape(title)}: (\d+) of (\d+)", text, re.MULTILINE)]


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_megabytes_that_are_read_and_parts_that_are_stored(tmp_path, capsys, suffix) -> None:
    path = tmp_path / f"r.{suffix}"
    if suffix == "parquet":
        pl.DataFrame(ROWS).write_parquet(path, compression="uncompressed")
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    ingest.ingest.fn(path, "replies", Home(tmp_path / "home"))
    told = capsys.readouterr().err
    read, stored = shown(told, f"reading r.{suffix} (MB)"), shown(told, ingest.STORING)
    n_mb = -(-path.stat().st_size // 1_000_000)
    assert {of for _, of in read} == {n_mb}
    assert [n for n, _ in read] == sorted(n for n, _ in read)
    assert n_mb - 1 <= read[-1][0] <= n_mb
    assert suffix == "parquet" or len(read) > 2
    assert stored[-1][0] == stored[-1][1] >= 6


def test_files_of_a_folder_are_counted_together(tmp_path, capsys) -> None:
    for model in ("a", "b"):
        (tmp_path / "in" / model).mkdir(parents=True)
        rows = [{"instruction": row["prompt"], "output": row["reply"]} for row in ROWS]
        (tmp_path / "in" / model / "model_outputs.json").write_text(json.dumps(rows))
    ingest.ingest.fn(tmp_path / "in", "alpaca-eval", Home(tmp_path / "home"))
    read = shown(capsys.readouterr().err, "reading in (MB)")
    assert read[0][1] == 9
    assert [n for n, _ in read] == [4, 8]
