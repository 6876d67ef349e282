"""Reference banks as files: whole, or refused with one message."""

import json

import numpy as np
import polars as pl
import pytest

from tasks.adapters.inputs import bank_files
from tasks.adapters.settings import PROJECT, Home
from tasks.domain.bank.bank import Bank
from tasks.domain.bank.building import build
from tasks.domain.errors import InputError
from tasks.domain.pairwise.engine import PromptTexts
from tasks.domain.verdict.population import DocumentedModel
from tests.support.workbench import run_here

pytestmark = pytest.mark.fault

MODELS = tuple(DocumentedModel(name, name, name, name, "independent", True, True, True) for name in ("a", "b"))


@pytest.fixture
def bank() -> Bank:
    texts = ["Salt keeps fish.", "Ice keeps fish fresh.", ""]
    prompts = [PromptTexts(texts, np.array([0, 1, 1]), f"prompt-{n}", "set") for n in range(3)]
    built = build("small", "two models", MODELS, frozenset({"keeps"}), [prompts])
    assert built is not None
    return built


@pytest.fixture
def path(bank, tmp_path):
    bank_files.write(bank, tmp_path / "small.parquet")
    return tmp_path / "small.parquet"


KEY = "distillometer.bank"


def _with_card(path, **changes: object) -> None:
    frame, card = pl.read_parquet(path), json.loads(pl.read_parquet_metadata(path)[KEY]) | changes
    frame.write_parquet(path, metadata={KEY: json.dumps(card)})


def test_a_bank_comes_back_as_it_was_written(bank, path) -> None:
    found = bank_files.read(path)
    assert found.digest == bank.digest
    assert found.content == bank.content
    assert np.array_equal(found.features.pairs.values, bank.features.pairs.values)
    # No word of a reply is in the file.
    assert b"fish" not in path.read_bytes()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"note": "another"}, "its content does not fit its checksum"),
        ({"format": 2}, "its format is 2, this version reads 1"),
        ({"models": [{"model": "a"}]}, "can't be read as a reference bank"),
        ({"prompts": "none"}, "can't be read as a reference bank"),
    ],
)
def test_a_bank_whose_card_was_changed_is_refused(path, changes, message) -> None:
    _with_card(path, **changes)
    with pytest.raises(InputError, match=message) as refused:
        bank_files.read(path)
    assert str(path) in str(refused.value)


def test_a_bank_whose_replies_were_changed_is_refused(path) -> None:
    frame, card = pl.read_parquet(path), pl.read_parquet_metadata(path)[KEY]
    frame.with_columns(pl.lit(9, pl.Int32).alias("n_words")).write_parquet(path, metadata={KEY: card})
    with pytest.raises(InputError, match="checksum"):
        bank_files.read(path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet at all", b"PAR1" + bytes(40) + b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused(tmp_path, content) -> None:
    path = tmp_path / "odd.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match="can't be read as a reference bank"):
        bank_files.read(path)


def test_a_parquet_file_that_is_no_bank_is_refused(tmp_path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(InputError, match="no reference bank"):
        bank_files.read(tmp_path / "other.parquet")


def test_a_bank_is_found_by_name_in_the_home_and_by_path(path, tmp_path, bank) -> None:
    home = Home(tmp_path / "home")
    bank_files.write(bank, home.banks / "small.parquet")
    assert bank_files.path_of("small", home) == home.banks / "small.parquet"
    assert bank_files.path_of(str(path), home) == path
    with pytest.raises(InputError, match="smal"):
        bank_files.path_of("smal", home)
    with pytest.raises(InputError):
        bank_files.path_of(str(tmp_path / "none.parquet"), home)


def test_own_bank_comes_before_one_that_compare_built(bank, tmp_path) -> None:
    home = Home(tmp_path / "home")
    built = bank_files.of_population("small", home)
    bank_files.write(bank, built)
    assert built in bank_files.paths(home)
    assert bank_files.path_of("small", home) == built
    assert bank_files.population_home(built, home) == Home(built.parent)
    own = home.banks / "small.parquet"
    bank_files.write(bank, own)
    assert bank_files.path_of("small", home) == own
    assert bank_files.population_home(own, home) is None


def test_banks_of_home_and_data_are_listed_each_name_once(bank, tmp_path, monkeypatch) -> None:
    home, data = Home(tmp_path / "home"), tmp_path / "data"
    monkeypatch.setenv("DISTILLOMETER_DATA", str(data))
    shipped = PROJECT / "data" / "banks" / "demo.parquet"
    assert bank_files.paths(home) == [shipped]
    for folder, name in ((home.banks, "small"), (data / "banks", "small"), (data / "banks", "other")):
        bank_files.write(bank, folder / f"{name}.parquet")
    assert bank_files.paths(home) == [shipped, data / "banks" / "other.parquet", home.banks / "small.parquet"]
    listed = run_here("bank", "list", "--home", str(home.root), "--json")
    [table] = json.loads(listed.stdout)["tables"]
    demo, *rows = [(row["bank"], row["models"], row["prompts"], row["note"]) for row in table["rows"]]
    assert demo[:3] == ("demo", 3, 24)
    assert rows == [
        ("other", 2, 3, "two models"),
        ("small", 2, 3, "two models"),
    ]
    (home.banks / "bad.parquet").write_bytes(b"no bank")
    refused = run_here("bank", "list", "--home", str(home.root))
    assert (refused.returncode, f"{home.banks / 'bad.parquet'}: it is no reference bank" in refused.stderr) == (2, True)
