"""Data sets of the Hugging Face Hub: what an address means, and what is fetched; the network itself is not reached here."""

from pathlib import Path

import polars as pl
import pytest

from tasks.adapters.inputs import formats, hub_data_sets, recorded_files
from tasks.adapters.settings import Home
from tasks.domain import registry
from tasks.domain.errors import InputError, WorldError


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("hf://datasets/a/b", "hf://datasets/a/b@~parquet/**/*.parquet"),
        (str(Path("hf://datasets/a/b")), "hf://datasets/a/b@~parquet/**/*.parquet"),
        ("hf://datasets/a/b@v1", "hf://datasets/a/b@v1/**/*.parquet"),
        ("hf://datasets/a/b/data", "hf://datasets/a/b/data/**/*.parquet"),
        ("hf://datasets/a/b@main/x/y.parquet", "hf://datasets/a/b@main/x/y.parquet"),
        ("hf://datasets/a/b/data/train-*.parquet", "hf://datasets/a/b/data/train-*.parquet"),
    ],
)
def test_address_of_a_data_set(given, address) -> None:
    assert hub_data_sets.is_address(Path(given))
    assert hub_data_sets.source_of(given) == (address, "b")


@pytest.mark.fault
@pytest.mark.parametrize("given", ["hf://datasets/a", "hf://models/a/b", "hf://", "hf://datasets/a/b/x.csv"])
def test_what_is_no_address_of_parquet_files_is_refused(tmp_path, given) -> None:
    with (
        pytest.raises(InputError, match="is no address of a data set's Parquet files"),
        hub_data_sets.local(Path(given), Home(tmp_path)),
    ):
        pass


def test_known_columns_of_all_files_are_fetched(tmp_path) -> None:
    """From a folder in the place of the Hub: the query is the same."""
    for number, generator in enumerate(("org/m-1", "org/m-2")):
        folder = tmp_path / "hub" / str(number)
        folder.mkdir(parents=True)
        rows = {"instruction": ["Why?"], "output": ["So."], "generator": [generator], "picture": [b"x" * 99]}
        pl.DataFrame(rows).write_parquet(folder / "train.parquet")
    hub_data_sets.fetch(f"{tmp_path}/hub/**/*.parquet", tmp_path / "b.parquet")
    assert set(pl.read_parquet_schema(tmp_path / "b.parquet")) == {"instruction", "output", "generator"}
    assert recorded_files.detect(tmp_path / "b.parquet") == "hf-dataset"
    replies = registry.load(formats, "hf_dataset").read(tmp_path / "b.parquet")
    assert sorted(reply.model for reply in replies) == ["m-1", "m-2"]


@pytest.mark.fault
def test_data_set_without_a_known_column_is_refused_with_those_it_has(tmp_path) -> None:
    pl.DataFrame({"pixels": [1], "label": [0]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="none of its columns is known: pixels, label"):
        hub_data_sets.fetch(str(tmp_path / "a.parquet"), tmp_path / "b.parquet")


@pytest.mark.fault
def test_without_a_network_one_sentence_says_what_to_do(tmp_path, monkeypatch) -> None:
    """DuckDB looks for its extension in a folder of its own, and can't fetch it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with (
        pytest.raises(WorldError, match=r"it can't be fetched: .*give their folder"),
        hub_data_sets.local(Path("hf://datasets/nobody/nothing"), Home(tmp_path / "home")),
    ):
        pass
    assert not list(tmp_path.glob("home*"))
