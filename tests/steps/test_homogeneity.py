"""Replies in a warehouse -> populations, contributions and trees in the published snapshot."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import pytest
from prefect.logging import disable_run_logger

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.similarity import homogeneity
from tests.support import small_home

VENDORS = {"alpha-1": "alpha", "alpha-2": "alpha", "beta": "beta", "copy-of-beta": "copy", "delta": "delta"}
WORDS = ["amber", "birch", "cedar", "ember", "fjord", "grove", "heath", "islet"]


def _text(model: str, prompt: int) -> str | None:
    writer = "beta" if model == "copy-of-beta" else model
    chance = random.Random(f"{writer} {prompt}")
    if model == "delta" and prompt == 3:
        return None
    # The two alphas begin alike on every other prompt.
    start = f"Well now {prompt}" if model.startswith("alpha") and prompt % 2 else chance.choice(WORDS)
    return " ".join([start, *chance.choices(WORDS, k=14)])


RECORDED = [(model, f"p{prompt:02d}", 0, _text(model, prompt)) for model in VENDORS for prompt in range(40)]


def measured(root: Path, recorded: Iterable[small_home.Recorded], seed: int = 0) -> tuple[int, Home]:
    home = Home(root)
    with disable_run_logger(), store.writing(home) as warehouse:
        small_home.fill(warehouse, recorded, VENDORS)
        n = homogeneity.homogeneity.fn(seed, home)
    return n, home


def read(home: Home, name: str, **where: object) -> pl.DataFrame:
    with store.writing(home) as warehouse:
        return warehouse.read(name, **where)


RELATIONS = ("mart.homogeneity", "mart.model_contribution", "mart.model_tree")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    """A home that stays open: to open it for each relation takes longer than to read them."""
    home = Home(tmp_path_factory.mktemp("home"))
    with store.writing(home):
        n, _ = measured(home.root, RECORDED)
        assert n == 4
        yield home


def test_copy_is_found_and_counts_once(home) -> None:
    [row] = read(home, "mart.homogeneity", kernel="prefix_overlap", population="all").to_dicts()
    assert (row["n_members"], row["n_prompts"], row["n_common_prompts"], row["n_left_out"]) == (5, 40, 39, 0)
    assert 3 < row["vendi_low"] < row["vendi"] < row["vendi_high"] < 4.5
    assert row["least_own"] == "beta"
    # By mean over different prompts the kernel need not fit together, but it nearly does.
    assert row["clipped_share"] < 0.001
    members = {
        one["member"]: one
        for one in read(home, "mart.model_contribution", kernel="prefix_overlap", population="all").to_dicts()
    }
    assert (members["beta"]["nearest"], members["beta"]["nearest_similarity"]) == ("copy-of-beta", 1.0)
    assert abs(members["copy-of-beta"]["contribution"]) < 0.3
    assert members["delta"]["contribution"] > 0.8
    assert members["alpha-1"]["family"] == "alpha"


def test_tree_joins_the_copy_and_the_family(home) -> None:
    for kernel in ("prefix_overlap", "bigram"):
        nodes = read(home, "mart.model_tree", kernel=kernel, population="all").to_dicts()
        groups = {" ".join(node["members"]): node for node in nodes}
        assert groups["beta copy-of-beta"]["support"] == 1
        assert groups["beta copy-of-beta"]["height"] == 0
    assert groups["beta copy-of-beta"]["families"] == ["beta", "copy"]
    prefix_overlap = read(home, "mart.model_tree", kernel="prefix_overlap", population="all").to_dicts()
    assert {" ".join(node["members"]): node["support"] for node in prefix_overlap}["alpha-1 alpha-2"] > 0.95
    [newick] = read(home, "mart.homogeneity", kernel="prefix_overlap", population="all")["newick"].to_list()
    assert "('beta':0,'copy-of-beta':0)1:" in newick


def test_snapshot_tells_the_same(home) -> None:
    with store.writing(home) as warehouse:
        warehouse.publish(home.published)
    with store.reading(home) as snapshot:
        for name in RELATIONS:
            assert snapshot.read(name).sort(pl.all()).equals(read(home, name).sort(pl.all())), name


def test_family_has_one_voice(home) -> None:
    [row] = read(home, "mart.homogeneity", kernel="prefix_overlap", population="families").to_dicts()
    assert (row["n_members"], row["n_models"]) == (4, 5)
    members = read(home, "mart.model_contribution", kernel="prefix_overlap", population="families")["member"].to_list()
    assert sorted(members) == ["alpha", "beta", "copy", "delta"]


def test_order_of_rows_and_repetition_change_nothing(home, tmp_path) -> None:
    shuffled = random.Random(3).sample(RECORDED, len(RECORDED))
    _, other = measured(tmp_path / "shuffled", shuffled)
    with store.writing(other):
        for name in RELATIONS:
            here, there = (read(one, name) for one in (home, other))
            order = [column for column in ("kernel", "population", "member", "node") if column in here.columns]
            assert here.sort(order).equals(there.sort(order)), name


def test_another_seed_draws_other_prompts(home, tmp_path) -> None:
    _, other = measured(tmp_path / "seed", RECORDED, seed=1)
    here, there = (read(one, "mart.homogeneity").sort("kernel", "population") for one in (home, other))
    assert here["vendi"].equals(there["vendi"])
    assert not here["vendi_low"].equals(there["vendi_low"])


def test_model_without_common_prompts_is_left_out_and_told(tmp_path) -> None:
    strange = [(model, prompt if model != "delta" else f"other-{prompt}", *rest) for model, prompt, *rest in RECORDED]
    _, home = measured(tmp_path, strange)
    [row] = read(home, "mart.homogeneity", kernel="bigram", population="all").to_dicts()
    assert (row["n_members"], row["n_left_out"]) == (4, 1)
    patchy = read(home, "audit.population_patchy").sort("kernel", "population")
    assert patchy["population"].to_list() == ["all", "families"] * 2


def test_similarity_to_itself_says_what_one_model_would_come_to(home, tmp_path) -> None:
    assert read(home, "mart.homogeneity")["vendi_of_one_model"].to_list() == [None] * 4
    again = [(model, prompt, 1, text) for model, prompt, _, text in RECORDED if model == "alpha-1"]
    _, other = measured(tmp_path, [*RECORDED, *again])
    # Its second samples equal its first: many samples of it would be one.
    [row] = read(other, "mart.homogeneity", kernel="prefix_overlap", population="all").to_dicts()
    assert row["vendi_of_one_model"] == pytest.approx(1.0)


def test_two_models_are_no_population(tmp_path) -> None:
    n, home = measured(tmp_path, [row for row in RECORDED if row[0] in {"beta", "delta"}])
    assert n == 0
    with store.writing(home):
        for name in RELATIONS:
            assert read(home, name).is_empty()


def test_models_that_never_answered_are_no_members(tmp_path) -> None:
    silent = [(model, prompt, 0, text if model == "beta" else None) for model, prompt, _, text in RECORDED]
    n, _ = measured(tmp_path, silent)
    assert n == 0
    few = [row for row in RECORDED if row[0] in {"alpha-1", "beta", "delta"}]
    few += [("alpha-2", "p00", 0, None), ("copy-of-beta", "p00", 0, "...")]
    n, home = measured(tmp_path / "few", few)
    # All and families, by two kernels; every model is a reference.
    assert n == 4
    [row] = read(home, "mart.homogeneity", kernel="prefix_overlap", population="all").to_dicts()
    assert (row["n_members"], row["n_left_out"]) == (3, 2)


def test_one_model_is_no_population(tmp_path) -> None:
    n, _ = measured(tmp_path, [row for row in RECORDED if row[0] == "beta"])
    assert n == 0
