"""What fills many chunks is never held whole, is taken in whole or not at all, and comes to the same rows as one by one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tasks import ingest
from tasks.adapters.inputs import textfiles
from tasks.adapters.inputs.formats import replies as replies_format
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.ids import prompt_id, reply_id, request_id
from tasks.domain.recorded import rows
from tasks.domain.rows import Message
from tests.support.staged import staged_rows

BLOCK = 2_000
ODD = ["plain", ' "quoted" \\ back', "\ttab\r\n", "bell \x07 and \x1f", "é 🚀 \u2028 \x85", "\\u000b \x0b", " \n ", ""]


@pytest.fixture
def small_chunks(monkeypatch) -> None:
    """Blocks and chunks so small that a short file fills many."""
    monkeypatch.setattr(textfiles, "BLOCK_BYTES", BLOCK)
    monkeypatch.setattr(rows, "CHUNK_REPLIES", 20)
    monkeypatch.setattr(replies_format, "CHUNK_REPLIES", 20)


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    """A home whose warehouse stays open: prefix overlap it anew for each step takes longer than the step."""
    home = Home(tmp_path / "home")
    with store.writing(home):
        yield home


def rows_of(n_models: int, n_prompts: int) -> list[dict[str, Any]]:
    return [
        {"model": f"m{model}", "prompt": f"Question {prompt}?", "reply": f"{model} {prompt} {ODD[prompt % len(ODD)]}"}
        for model in range(n_models)
        for prompt in range(n_prompts)
    ]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(path)
    elif path.suffix == ".csv":
        pl.DataFrame(rows, infer_schema_length=None).write_csv(path)
    else:
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def tables(home: Home) -> dict[str, int]:
    with store.writing(home) as warehouse:
        return {name: warehouse.count(f"raw.{name}") for name in ("model", "prompt", "request", "reply")}


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "csv"])
def test_file_of_many_chunks_is_never_held_whole(tmp_path, home, monkeypatch, suffix) -> None:
    path = write(tmp_path / f"r.{suffix}", rows_of(10, 40))
    sizes = []
    whole = rows.RecordedRows._rows

    def seen(self: rows.RecordedRows, chunk: pl.DataFrame) -> rows.Tables:
        sizes.append(chunk.height)
        return whole(self, chunk)

    monkeypatch.setattr(rows.RecordedRows, "_rows", seen)
    done = ingest.ingest.fn(path, "replies", home)
    assert (done.n_models, done.n_prompts, done.n_replies, done.n_new) == (10, 40, 400, 400)
    assert sum(sizes) == 400
    assert max(sizes) <= 40
    assert tables(home) == {"model": 10, "prompt": 40, "request": 400, "reply": 400}
    assert ingest.ingest.fn(path, "replies", home).n_new == 0
    assert not list(home.root.glob(".distillometer-*"))


@pytest.mark.usefixtures("small_chunks")
def test_change_in_a_late_chunk_replaces(tmp_path, home) -> None:
    rows = rows_of(10, 40)
    ingest.ingest.fn(write(tmp_path / "r.jsonl", rows), "replies", home)
    rows[3]["reply"], rows[390]["reply"] = "early", "late"
    done = ingest.ingest.fn(write(tmp_path / "r.jsonl", rows), "replies", home)
    assert (done.n_new, done.n_replaced) == (2, 2)
    with store.writing(home) as warehouse:
        texts = set(warehouse.read_columns("core.reply", ["reply_text"])["reply_text"])
    assert {"early", "late"} <= texts
    assert ingest.ingest.fn(tmp_path / "r.jsonl", "replies", home).n_new == 0


@pytest.mark.usefixtures("small_chunks")
def test_error_in_the_last_chunk_writes_nothing(tmp_path, home) -> None:
    ingest.ingest.fn(write(tmp_path / "first.jsonl", rows_of(1, 5)), "replies", home)
    before = tables(home)
    path = write(tmp_path / "r.jsonl", [*rows_of(10, 40), {"model": "m", "prompt": "Q?", "reply": 7}])
    with pytest.raises(InputError, match=r"r\.jsonl:401: column 'reply' is 7, not a text"):
        ingest.ingest.fn(path, "replies", home)
    assert tables(home) == before
    assert not list(home.root.glob(".distillometer-*"))


@pytest.mark.usefixtures("small_chunks")
def test_failure_while_it_is_written_writes_nothing(tmp_path, home, monkeypatch) -> None:
    path = write(tmp_path / "r.jsonl", rows_of(10, 40))
    monkeypatch.setattr(ingest, "_replace", lambda part, incoming: incoming.run("no_such_statement"))
    with pytest.raises(FileNotFoundError):
        ingest.ingest.fn(path, "replies", home)
    assert set(tables(home).values()) == {0}
    monkeypatch.undo()
    assert ingest.ingest.fn(path, "replies", home).n_new == 400


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("suffix", ["jsonl", "parquet", "csv"])
def test_samples_are_counted_across_chunks(tmp_path, suffix) -> None:
    rows = [{"model": "m", "prompt": f"Question {n % 30}?", "reply": f"r{n}"} for n in range(120)]
    found = staged_rows(write(tmp_path / f"r.{suffix}", rows), "replies", tmp_path)
    assert [row["sample"] for row in found.replies] == [n // 30 for n in range(120)]
    assert len(found.prompts) == 30


@pytest.mark.fault
@pytest.mark.usefixtures("small_chunks")
def test_sample_twice_in_two_chunks_is_refused(tmp_path) -> None:
    rows = [{"model": "m", "prompt": f"Question {n % 100}?", "reply": "r", "sample": n // 101} for n in range(120)]
    with pytest.raises(InputError, match=r"model 'm' has sample 0 of prompt '[0-9a-f]{12}' twice"):
        staged_rows(write(tmp_path / "r.jsonl", rows), "replies", tmp_path)


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_ids_are_those_of_one_reply_at_a_time(tmp_path, suffix) -> None:
    rows = [{"model": f'm "{n}" é', "prompt": f"Q {text} ?", "reply": text} for n, text in enumerate(ODD)]
    found = staged_rows(write(tmp_path / f"r.{suffix}", rows), "replies", tmp_path)
    for row, told in zip(found.replies, rows, strict=True):
        text = told["reply"] if told["reply"].strip() else None
        prompt = prompt_id((Message("user", told["prompt"]),))
        request = request_id(f"ingested {told['model']}", prompt, {}, 0, "ingested")
        assert (row["prompt_id"], row["request_id"], row["reply_text"]) == (prompt, request, text)
        assert row["reply_id"] == reply_id(request, text, "recorded")


LABELLED = [
    {"model": "m", "prompt": "Q?", "reply": "one", "prompt_id": 7, "sample": 3, "category": "", "language": "de"},
    {"model": "m", "prompt": "R?", "reply": " \x1c ", "prompt_id": -2, "sample": 0, "category": "x", "other": [1, {}]},
    {"model": "m", "prompt": "\ud83d\ude80", "reply": "three", "prompt_id": 0, "language": None},
]
TEXTS = {
    "plain": "".join(json.dumps(row) + "\n" for row in LABELLED),
    "windows": "".join(json.dumps(row) + "\r\n" for row in LABELLED),
    "blank lines": "\n".join(json.dumps(row) + "\n" for row in LABELLED),
    "no end": "\n".join(json.dumps(row) for row in LABELLED),
    "mark": "\ufeff" + json.dumps(LABELLED[0]),
    "nulls": json.dumps(LABELLED[0] | {"reply": None}),
    "key twice": '{"model": "m", "prompt": "Q?", "reply": "x", "reply": "y"}',
    "types change": json.dumps(LABELLED[0]) + "\n" + json.dumps(LABELLED[1] | {"prompt_id": "seven", "sample": "1"}),
}


@pytest.mark.parametrize("case", TEXTS)
def test_table_as_a_whole_comes_to_the_rows_of_one_by_one(tmp_path, monkeypatch, case) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(TEXTS[case].encode("utf-8", "surrogatepass"))
    fast = staged_rows(path, "replies", tmp_path)
    monkeypatch.setattr(replies_format, "json_frame", lambda block, needed, known: None)
    slow = staged_rows(path, "replies", tmp_path)
    times = {"requested_at": None, "replied_at": None, "registered_at": None}
    assert [row | times for row in fast.replies] == [row | times for row in slow.replies]
    assert [row | times for row in fast.prompts.values()] == [row | times for row in slow.prompts.values()]


@pytest.mark.fault
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"model": "m", "prompt": "Q?", "reply": "x"}{"model": "m", "prompt": "R?", "reply": "x"}\n', ":1: it is not"),
        ('{"model": "m",\n"prompt": "Q?", "reply": "x"}\n', ":1: it is not valid JSON"),
        (
            '{"model": "m", "prompt": "Q?", "reply": "x"}\n{"model": "m", "prompt": " ", "reply": "x"}\n',
            ":2: column 'prompt'",
        ),
        (
            '{"model": "m", "prompt": "Q?", "reply": "x"}\n{"model": "m", "prompt": "Q?"}\n',
            ":2: missing columns: reply",
        ),
        ('{"model": "m", "prompt": "Q?", "reply": "x", "sample": -1}\n', ":1: column 'sample' is -1"),
        ('{"model": "m", "prompt": "Q?", "reply": "x", "category": 1.5}\n', ":1: column 'category' is 1.5"),
    ],
)
def test_what_reads_well_as_a_whole_but_is_wrong_is_refused(tmp_path, text, said) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        staged_rows(path, "replies", tmp_path)
    assert f"r.jsonl{said}" in str(raised.value)
