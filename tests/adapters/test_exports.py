"""An export is whole or not there, says what its columns are, harms no spreadsheet, and touches nobody else's files."""

import csv
import json

import polars as pl
import pytest

from tasks.adapters import spreadsheets
from tasks.adapters.warehouse import exports
from tasks.adapters.warehouse.notebook import open_snapshot
from tasks.domain.errors import InputError, WorldError
from tasks.domain.inert_text import spelled_out


@pytest.fixture
def snapshot(analysed):
    with open_snapshot(analysed.root) as opened:
        yield opened


@pytest.mark.parametrize("format_name", exports.FORMATS)
def test_each_relation_is_a_file_and_each_column_is_in_the_dictionary(snapshot, tmp_path, format_name) -> None:
    folder = tmp_path / "out"
    written = exports.export(snapshot, folder, format_name, with_all=format_name == "parquet")
    files = {path.name for path in folder.iterdir()}
    assert files == {done.name for done in written}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    told = snapshot.relations(None if format_name == "parquet" else "mart")
    expected = set(told.filter(pl.col("filter_by").is_null())["relation"])
    assert {
        name.removesuffix(f".{format_name}") for name in files - {"dictionary.csv", "data_dictionary.md"}
    } == expected
    with (folder / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        dictionary = list(csv.DictReader(file))
    assert all(row["comment"] for row in dictionary)
    left_out = set(told.filter(pl.col("filter_by").is_not_null())["relation"])
    assert {row["relation"] for row in dictionary if not row["file"]} == left_out
    assert left_out >= {"mart.pair_evidence", "mart.nearest_reply"}
    read = folder / f"mart.verdict.{format_name}"
    columns = [row["column_name"] for row in dictionary if row["file"] == read.name]
    if format_name == "json":
        rows = json.loads(read.read_text(encoding="utf-8"))
    else:
        frame = pl.read_parquet(read) if format_name == "parquet" else pl.read_csv(read)
        rows = frame.to_dicts()
    assert list(rows[0]) == columns
    assert [(row["target"], row["candidate_group"]) for row in rows] == [
        ("alpha-1", "beta"),
        ("alpha-2", "alpha"),
        ("alpha-2", "beta"),
        ("alpha-2", "gamma"),
    ]
    readable = (folder / "data_dictionary.md").read_text(encoding="utf-8")
    assert "## mart.verdict\n\nOne row per target and candidate group" in readable
    assert "| degree | DOUBLE |" in readable
    assert exports.NOTES[format_name] in readable


@pytest.mark.fault
@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@sum(1)", "'@sum(1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        (' "quoted", =1', ' "quoted", =1'),
        ("", ""),
    ],
)
def test_no_text_of_a_csv_file_is_a_formula(text, cell, tmp_path) -> None:
    frame = pl.DataFrame({"reply_text": [text, None], "degree": [-1.5, None]})
    made = spreadsheets.inert(frame)
    assert spreadsheets.inert_cell(text) == spelled_out(cell)
    assert made.to_dicts() == [{"reply_text": cell, "degree": -1.5}, {"reply_text": None, "degree": None}]
    from tasks.adapters import terminal

    (tmp_path / "x.csv").write_text(terminal.csv_text(made), encoding="utf-8", newline="")
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        assert [row[0] for row in csv.reader(file)][:2] == ["reply_text", cell]


def test_an_earlier_export_is_replaced_whole(snapshot, tmp_path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for name, text in ((exports.READABLE, f"{exports.TITLE}\n"), (exports.DICTIONARY, ""), ("mart.old.json", "[]")):
        (folder / name).write_text(text)
    exports.export(snapshot, folder, "csv", with_all=False)
    assert not list(folder.glob("*.json"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.fault
@pytest.mark.parametrize("name", ["notes.txt", "mart.verdict.csv", "data_dictionary.md", "dictionary.csv"])
def test_a_folder_with_other_things_is_left_as_it_is(snapshot, tmp_path, name) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match="it holds other things than an export: ") as caught:
        exports.export(snapshot, tmp_path, "csv", with_all=False)
    assert name in str(caught.value)
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.fault
def test_what_an_export_can_not_do(snapshot, tmp_path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="it is there and no folder"):
        exports.export(snapshot, tmp_path / "file", "csv", with_all=False)
    with pytest.raises(InputError, match="its parent is no folder"):
        exports.export(snapshot, tmp_path / "no" / "out", "csv", with_all=False)
    with pytest.raises(InputError, match=r"--format: it is 'xlsx'\. Known: parquet, csv, json"):
        exports.export(snapshot, tmp_path / "out", "xlsx", with_all=False)


@pytest.mark.fault
def test_an_export_that_fails_leaves_nothing_and_the_earlier_one(snapshot, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / exports.READABLE).write_text(exports.TITLE)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "_write_dictionary", fail)
    with pytest.raises(WorldError, match="the export can't be written: No space left"):
        exports.export(snapshot, folder, "csv", with_all=False)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in folder.iterdir()] == [exports.READABLE]
