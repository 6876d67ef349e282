"""Repeated samples in a warehouse -> which models are one: a model under two names is, another is not."""

import random
from pathlib import Path

import polars as pl
from prefect.logging import disable_run_logger

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.verdict.same_model import OTHER, SAME, UNTESTED
from tasks.similarity import choose_references, model_equality, sum_pairs
from tests.support import small_home

VENDORS = {"original": "acme", "renamed": "globex", "another": "initech", "asked-once": "umbrella"}
OPENINGS = ["Well now", "Here is", "Let me see", "In short", "To begin with"]


def _text(model: str, prompt: int, sample: int) -> str:
    """Return a reply: an opening and words that a model likes, drawn anew for each sample."""
    writer = "original" if model == "renamed" else model
    liked = random.Random(f"{writer} {prompt}")
    words = [f"{writer}{liked.randrange(1000)}" for _ in range(12)]
    chance = random.Random(f"{model} {prompt} {sample}")
    return " ".join([liked.choice(OPENINGS), *(word for word in words if chance.random() < 0.9)])


def _tested(root: Path, recorded: list[small_home.Recorded]) -> pl.DataFrame:
    home = Home(root)
    with disable_run_logger(), store.writing(home) as warehouse:
        small_home.fill(warehouse, recorded, VENDORS)
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
        model_equality.compare_samples.fn(0, home)
        return warehouse.read("mart.pair_self_normalised")


def test_a_model_under_two_names_is_one_and_another_is_not(tmp_path) -> None:
    recorded = [
        (model, f"p{prompt:02d}", sample, _text(model, prompt, sample))
        for model in VENDORS
        for prompt in range(20)
        for sample in range(1 if model == "asked-once" else 3)
    ]
    found = {(row["left_model"], row["right_model"]): row for row in _tested(tmp_path, recorded).to_dicts()}
    assert set(found) == {("another", "original"), ("another", "renamed"), ("original", "renamed")}
    one = found["original", "renamed"]
    assert one["equality"] == SAME
    assert one["p_equality_holm"] > 0.05
    assert one["distance_high"] < one["detectable_distance"] + 0.1 < 0.25
    for other in (found["another", "original"], found["another", "renamed"]):
        assert other["equality"] == OTHER
        assert other["distance"] > 0.8


def test_four_prompts_are_too_few(tmp_path) -> None:
    recorded = [
        (model, f"p{prompt}", sample, _text(model, prompt, sample))
        for model in ("original", "renamed")
        for prompt in range(4)
        for sample in range(2)
    ]
    [row] = _tested(tmp_path, recorded).to_dicts()
    assert (row["equality"], row["distance"], row["p_equality"]) == (UNTESTED, None, None)
