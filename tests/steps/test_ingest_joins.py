"""What identifies a prompt is its normalised text: sources that write it differently join, and older warehouses keep their ids."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tasks import ingest
from tasks.adapters.inputs import recorded_files
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.ids import exact_prompt_id, prompt_id
from tasks.domain.prompting.normal_text import normal_text
from tasks.domain.recorded.known_prompts import KnownPrompts
from tasks.domain.recorded.many_ids import exact_prompt_ids, prompt_ids
from tasks.domain.rows import Message

NORMAL = "Where does the café stand?\n\n  - in code,  two blanks stay\nEnd."
WRITTEN = {
    "as it is": NORMAL,
    "line ends": NORMAL.replace("\n", "\r\n"),
    "old line ends": NORMAL.replace("\n", "\r"),
    "blanks around": f" \n{NORMAL}\n\n",
    "blanks at line ends": NORMAL.replace("\n", " \t\n"),
    "wide blanks": f"\u3000{NORMAL}\u00a0",
    "marks apart": unicodedata.normalize("NFD", NORMAL),
}


def asked(text: str) -> tuple[Message, ...]:
    return (Message("user", text),)


@pytest.mark.parametrize("name", WRITTEN)
def test_spellings_of_one_text_have_one_id(name) -> None:
    assert normal_text(WRITTEN[name]) == NORMAL
    assert prompt_id(asked(WRITTEN[name])) == exact_prompt_id(asked(NORMAL))
    assert prompt_ids([WRITTEN[name]]) == [prompt_id(asked(WRITTEN[name]))]
    assert exact_prompt_ids([WRITTEN[name]]) == [exact_prompt_id(asked(WRITTEN[name]))]


@pytest.mark.parametrize(
    "other", ["Where does the cafe stand?", NORMAL.replace("  - ", "- "), NORMAL.replace(",  ", ", ")]
)
def test_texts_that_differ_otherwise_are_other_prompts(other) -> None:
    assert prompt_id(asked(other)) != prompt_id(asked(NORMAL))


def test_roles_and_turns_still_count() -> None:
    told = (Message("system", NORMAL), Message("user", "Hi"))
    assert (
        len(
            {
                prompt_id(told),
                prompt_id(told[::-1]),
                prompt_id(asked(NORMAL)),
                prompt_id((*told, Message("assistant", None))),
            }
        )
        == 4
    )


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "home")


def _prompts(home: Home) -> pl.DataFrame:
    with store.inspecting(home) as warehouse:
        return warehouse.query(
            "select prompt_id, count(distinct model) as n_models, count(*) as n from raw.request group by all order by all"
        )


@pytest.mark.parametrize("name", WRITTEN)
def test_two_formats_join(tmp_path, home, name) -> None:
    """A table with the plain text, and records of Every Eval Ever with another spelling of it."""
    table = lines(tmp_path / "table.jsonl", [{"model": "one", "prompt": NORMAL, "reply": "Here."}])
    record = {"schema_version": "0.3.0", "evaluation_id": "e", "model_id": "o/two", "evaluation_name": "n"}
    record |= {"sample_id": "1", "interaction_type": "single_turn", "input": {"raw": WRITTEN[name], "reference": []}}
    records = lines(tmp_path / "e_samples.jsonl", [record | {"output": {"raw": ["There."]}}])
    ingest.ingest.fn(table, "replies", home)
    ingest.ingest.fn(records, "every-eval-ever", home)
    assert _prompts(home).rows() == [(exact_prompt_id(asked(NORMAL)), 2, 2)]


@pytest.mark.parametrize("is_batched", [True, False])
def test_spellings_in_one_file_are_samples_of_one_prompt(tmp_path, home, is_batched) -> None:
    rows = [{"model": "one", "prompt": text, "reply": f"Reply {n}."} for n, text in enumerate(WRITTEN.values())]
    if not is_batched:
        rows.append({"model": "one", "prompt": "Else?", "reply": "Yes.", "language": 5})
    done = ingest.ingest.fn(lines(tmp_path / "r.jsonl", rows), "replies", home)
    assert (done.n_prompts, done.n_replies) == (1 if is_batched else 2, len(rows))
    with store.inspecting(home) as warehouse:
        stored = warehouse.read("raw.prompt").sort("prompt_text")["prompt_text"].to_list()
    assert stored == ["Else?", NORMAL][is_batched:]


def test_warehouse_of_an_earlier_version_keeps_its_ids_and_joins(tmp_path, home) -> None:
    rows = [
        {"model": model, "prompt": WRITTEN[name], "reply": f"{model} says so."}
        for model, name in (("one", "blanks around"), ("two", "blanks around"))
    ]
    path = lines(tmp_path / "old.jsonl", rows)
    _ingest_with_exact_ids(path, home)
    exact = exact_prompt_id(asked(WRITTEN["blanks around"]))
    assert _prompts(home).rows() == [(exact, 2, 2)]
    assert ingest.ingest.fn(path, "replies", home).n_new == 0
    other = lines(tmp_path / "new.jsonl", [{"model": "three", "prompt": NORMAL, "reply": "Other."}])
    ingest.ingest.fn(other, "replies", home)
    assert _prompts(home).rows() == [(exact, 3, 3)]


def test_both_spellings_of_an_earlier_version_stay_apart(tmp_path, home) -> None:
    path = lines(
        tmp_path / "old.jsonl",
        [
            {"model": "one", "prompt": WRITTEN[name], "reply": name}
            for name in ("as it is", "blanks around", "line ends")
        ],
    )
    _ingest_with_exact_ids(path, home)
    assert len(_prompts(home)) == 3
    assert ingest.ingest.fn(path, "replies", home).n_new == 0


def _ingest_with_exact_ids(path: Path, home: Home) -> None:
    """Ingest a file as an earlier version did: every prompt by the id of its text as it is written."""
    texts = [json.loads(line)["prompt"] for line in path.read_text().splitlines()]
    known = KnownPrompts(frozenset(exact_prompt_ids(texts)))
    with recorded_files.staged(path, "replies", home, known=known):
        ingest.ingest.fn(path, "replies", home)
