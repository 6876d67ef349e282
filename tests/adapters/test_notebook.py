"""A snapshot gives Polars frames, says what is in it, and refuses what it can't give in words that help."""

import shutil

import polars as pl
import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles
from tasks.adapters.warehouse.notebook import open_snapshot
from tasks.domain.errors import InputError


@pytest.fixture
def snapshot(analysed: Home):
    with open_snapshot(analysed.root) as opened:
        yield opened


def test_says_what_there_is(snapshot) -> None:
    mart = snapshot.relations()
    assert set(mart["schema_name"]) == {"mart"}
    assert "mart.verdict" in mart["relation"].to_list()
    assert set(snapshot.relations(None)["schema_name"]) == {"mart", "core", "audit", "score", "raw", "meta"}
    columns = snapshot.columns("mart.spend")
    assert columns["column_name"].to_list() == snapshot.frame("mart.spend").columns
    assert columns.filter(pl.col("column_name") == "model")["comment"].to_list() == ["Name of the model."]


def test_gives_rows_by_the_values_of_columns(snapshot) -> None:
    assert snapshot.frame("verdict", target="alpha-2", is_kin=False)["candidate_group"].sort().to_list() == [
        "beta",
        "gamma",
    ]
    assert snapshot.frame("core.model", model=["alpha-1", "beta-1"]).height == 2
    assert snapshot.frame("audit.no_background").height == 4, "check is a word of SQL's own"
    evidence = snapshot.frame("mart.pair_evidence", target="alpha-2", reference="beta-1")
    assert set(evidence["reference_reply_text"]) >= {"Plain water.", "A red kite."}


def test_runs_sql_and_the_examples(snapshot) -> None:
    assert snapshot.sql("select count(*) as n from core.model;").to_dicts() == [{"n": 4}]
    for name in sqlfiles.examples():
        assert not snapshot.example(name).is_empty(), name


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda s: s.frame("mart.verdicts"), ["no relation 'mart.verdicts'", "Near to it: mart.verdict"]),
        (lambda s: s.frame("verdict; drop table x"), ["no relation 'verdict; drop table x'"]),
        (lambda s: s.frame("mart.verdict", tarjet="x"), ["mart.verdict: there is no column 'tarjet'", "target"]),
        (lambda s: s.frame("mart.verdict", **{"1 = 1 or target": "x"}), ["no column '1 = 1 or target'"]),
        (
            lambda s: s.frame("pair_evidence", target="x"),
            ["mart.pair_evidence: its rows are formed for the pairs", "reference=..."],
        ),
        (lambda s: s.relations("marts"), ["no schema 'marts'", "Near to it: mart"]),
        (lambda s: s.example("closest_pair"), ["no example 'closest_pair'", "Near to it: closest_pairs"]),
        (lambda s: s.sql("drop table raw.reply"), ["not one SELECT but DROP"]),
    ],
)
def test_refuses_what_is_not_there(snapshot, ask, said) -> None:
    with pytest.raises(InputError) as caught:
        ask(snapshot)
    for part in said:
        assert part in str(caught.value)


def test_opens_a_file_that_was_copied_elsewhere(analysed, tmp_path) -> None:
    path = shutil.copy(analysed.published, tmp_path / "copy.duckdb")
    snapshot = open_snapshot(path)
    frame = snapshot.frame("mart.background")
    snapshot.close()
    assert frame.height == 4
    with pytest.raises(InputError, match=r"other\.duckdb: there is no such file"):
        open_snapshot(tmp_path / "other.duckdb")
    with pytest.raises(InputError, match="nothing is published"):
        open_snapshot(tmp_path)
