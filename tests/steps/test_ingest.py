"""Recorded replies become rows once; what changed in a file is told from what is new."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.similarity import choose_references, sum_pairs
from tests.support.staged import staged_rows


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    """A home whose warehouse stays open: prefix overlap it anew for each step takes longer than the step."""
    home = Home(tmp_path / "home")
    with store.writing(home):
        yield home


def write_replies(path: Path, replies: dict[tuple[str, str], list[str]]) -> Path:
    """Write a jsonl file of the texts of each model and prompt."""
    rows = [
        {"model": model, "prompt": prompt, "reply": text}
        for (model, prompt), texts in replies.items()
        for text in texts
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_alpaca(folder: Path, model: str, replies: dict[str, str]) -> Path:
    (folder / model).mkdir(parents=True)
    items = [{"instruction": prompt, "output": text} for prompt, text in replies.items()]
    (folder / model / "model_outputs.json").write_text(json.dumps(items))
    return folder


def present(home: Home) -> dict[tuple[str, str, int], str | None]:
    """Return what counts now: the text of each model, prompt and sample."""
    with store.writing(home) as warehouse:
        prompts = dict(warehouse.read_columns("core.prompt", ["prompt_id", "prompt_text"]).rows())
        replies = warehouse.read_columns("core.reply", ["model", "prompt_id", "sample", "reply_text"]).rows()
    return {(model, prompts[prompt], sample): text for model, prompt, sample, text in replies}


def counts(done: ingest.Ingested) -> tuple[int, int, int]:
    return done.n_replies, done.n_new, done.n_replaced


def test_rows(tmp_path, home) -> None:
    path = write_replies(tmp_path / "r.jsonl", {("a", "P"): ["one", "two"], ("b", "P"): [""], ("b", "Q"): ["three"]})
    done = ingest.ingest.fn(path, "replies", home)
    assert done == ingest.Ingested("replies", "replies", 2, 2, 4, n_missing=1, n_new=4, n_replaced=0)
    assert present(home) == {("a", "P", 0): "one", ("a", "P", 1): "two", ("b", "P", 0): None, ("b", "Q", 0): "three"}
    with store.writing(home) as warehouse:
        outcomes = warehouse.read("core.outcome")
        assert outcomes["is_settled"].all()
        assert outcomes["missing_reason"].drop_nulls().to_list() == ["empty_reply"]
        assert set(outcomes["fingerprint"]) == {"ingested"}
        assert set(warehouse.read("raw.prompt")["prompt_set"]) == {"replies"}
        assert sorted(warehouse.read("raw.model")["model"]) == ["a", "b"]
        assert warehouse.read("core.unanswered_request").is_empty()


def test_same_again_adds_nothing(tmp_path, home) -> None:
    path = write_replies(tmp_path / "r.jsonl", {("a", "P"): ["one", "two"], ("b", "P"): [""]})
    ingest.ingest.fn(path, "replies", home)
    tables = ("raw.model", "raw.prompt", "raw.request", "raw.reply")
    with store.writing(home) as warehouse:
        before = {table: warehouse.count(table) for table in tables}
    assert counts(ingest.ingest.fn(path, "replies", home)) == (3, 0, 0)
    with store.writing(home) as warehouse:
        assert {table: warehouse.count(table) for table in tables} == before


def test_changed_text_replaces(tmp_path, home) -> None:
    path = tmp_path / "r.jsonl"
    write_replies(path, {("a", "P"): ["one"], ("a", "Q"): ["stays"]})
    ingest.ingest.fn(path, "replies", home)
    write_replies(path, {("a", "P"): ["changed"], ("a", "Q"): ["stays"], ("a", "R"): ["new"]})
    assert counts(ingest.ingest.fn(path, "replies", home)) == (3, 2, 1)
    assert present(home) == {("a", "P", 0): "changed", ("a", "Q", 0): "stays", ("a", "R", 0): "new"}


def test_text_that_comes_back_replaces_again(tmp_path, home) -> None:
    path = tmp_path / "r.jsonl"
    for text in ("one", "two", "one", "two"):
        write_replies(path, {("a", "P"): [text]})
        ingest.ingest.fn(path, "replies", home)
        assert present(home) == {("a", "P", 0): text}
        assert counts(ingest.ingest.fn(path, "replies", home)) == (1, 0, 0)


def test_empty_text_takes_no_text_away(tmp_path, home) -> None:
    path = tmp_path / "r.jsonl"
    for text, expected in (("", (1, 1, 0)), ("said", (1, 1, 1)), ("", (1, 0, 0))):
        write_replies(path, {("a", "P"): [text]})
        assert counts(ingest.ingest.fn(path, "replies", home)) == expected
    assert present(home) == {("a", "P", 0): "said"}


def test_names_replace_those_of_the_file(tmp_path, home) -> None:
    path = write_replies(tmp_path / "r.jsonl", {("a", "P"): ["one"]})
    done = ingest.ingest.fn(path, "replies", home, "renamed", "mine")
    assert (done.prompt_set, done.n_models) == ("mine", 1)
    assert present(home) == {("renamed", "P", 0): "one"}
    with store.writing(home) as warehouse:
        assert warehouse.read("core.prompt")["prompt_set"].to_list() == ["mine"]
        assert warehouse.read("raw.model")["model"].to_list() == ["renamed"]


def test_a_prompt_that_another_file_numbers_otherwise_stays_one(tmp_path, home) -> None:
    whole = write_alpaca(tmp_path / "whole", "a", {"P": "one", "Q": "two"})
    part = write_alpaca(tmp_path / "part", "b", {"Q": "three"})
    for folder in (whole, part):
        ingest.ingest.fn(folder, "alpaca-eval", home)
    with store.writing(home) as warehouse:
        prompts = warehouse.read("raw.prompt").sort("prompt_key")
    assert prompts.select("prompt_text", "prompt_key").rows() == [("P", "0000"), ("Q", "0001")]


@pytest.mark.fault
def test_one_name_for_two_models_is_refused(tmp_path) -> None:
    home = Home(tmp_path / "home")
    path = write_replies(tmp_path / "r.jsonl", {("a", "P"): ["one"], ("b", "P"): ["two"]})
    with pytest.raises(InputError, match="--model names one model, the file holds 2"):
        ingest.ingest.fn(path, "replies", home, "renamed")
    assert not home.root.exists()


def test_two_formats_share_a_prompt(tmp_path, home) -> None:
    folder = write_alpaca(tmp_path / "alpaca", "student", {"P": "Sure, here is one way", "only here": "x"})
    path = write_replies(tmp_path / "r.jsonl", {("teacher", "P"): ["Sure, here is another"]})
    ingest.ingest.fn(folder, "alpaca-eval", home)
    done = ingest.ingest.fn(path, "replies", home)
    assert (done.n_prompts, done.n_new) == (1, 1)
    with disable_run_logger():
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
    with store.writing(home) as warehouse:
        prompts = warehouse.read("raw.prompt").filter(prompt_text="P")
        assert prompts["prompt_id"].n_unique() == 1
        assert sorted(prompts["prompt_set"]) == ["alpaca-eval", "replies"]
        [pair] = warehouse.read("mart.pair_similarity", target="student", reference="teacher").to_dicts()
    assert pair["n_prompts"] == 1


def test_same_reply_from_two_formats_counts_once_and_another_replaces(tmp_path, home) -> None:
    folder = write_alpaca(tmp_path / "alpaca", "m", {"P": "one", "Q": "two"})
    ingest.ingest.fn(folder, "alpaca-eval", home)
    path = write_replies(tmp_path / "r.jsonl", {("m", "P"): ["one"], ("m", "Q"): ["other"]})
    assert counts(ingest.ingest.fn(path, "replies", home)) == (2, 1, 1)
    assert present(home) == {("m", "P", 0): "one", ("m", "Q", 0): "other"}


@pytest.mark.fault
def test_sample_twice_is_refused(tmp_path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("model,prompt,reply,sample\nm,P,one,0\nm,P,two,0\n")
    with pytest.raises(InputError, match=rf"{path}: model 'm' has sample 0 of prompt '\w+' twice"):
        staged_rows(path, "replies", tmp_path)


def test_samples_are_taken_as_numbered(tmp_path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("model,prompt,reply,sample\nm,P,one,3\nm,P,two,1\n")
    assert [row["sample"] for row in staged_rows(path, "replies", tmp_path).replies] == [3, 1]
