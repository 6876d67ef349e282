"""What is printed steers no terminal and turns no missing value into a number; what is written can be read back."""

import csv
import io
import json
import re
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tasks.adapters import terminal
from tasks.domain.errors import InputError

FRAME = pl.DataFrame(
    {
        "model": ["alpha", "甲\u202e[red]x[/red]", None],
        "n": [1, None, 3],
        "share": [0.12345, None, float("nan")],
        "asks": [["name", "maker"], [], None],
        "is_background": [True, None, False],
        "facts": [{"a": 1, "b": "é"}, None, {"a": None, "b": None}],
    }
)


def shown(frame: pl.DataFrame, columns: list[tuple[str, str]] | None = None) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(terminal.table("", frame, columns))
    return console.file.getvalue()


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")] for line in text.splitlines() if "│" in line]


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("plain, café, 日本語 🚀", None),
        ("two\nlines\tand a tab", None),
        ("wide\u3000space and\u00a0another", None),
        ("\x1b[31mred\x1b[0m", "�[31mred�[0m"),
        ("\x9b31m bell\x07 back\x08 return\r", "�31m bell� back� return�"),
        ("abc\u202edef\u2066ghi\u2069", "abc�def�ghi�"),
        ("zero\u200bwidth\ufeffmark", "zero�width�mark"),
        ("\u2028line\u2029paragraph\x85next", "�line�paragraph�next"),
        ("half \ud83d", "half �"),
        ("nul\x00", "nul�"),
    ],
)
def test_printable(raw, seen) -> None:
    assert terminal.printable(raw) == (raw if seen is None else seen)


@given(st.text())
def test_printable_keeps_length_and_needs_no_second_time(text) -> None:
    once = terminal.printable(text)
    assert len(once) == len(text)
    assert terminal.printable(once) == once
    assert not set(once) & {"\x1b", "\x9b", "\u202e", "\r", "\x07"}


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (None, "-"),
        (0, "0"),
        (0.0, "0.000"),
        (-0.12345, "-0.123"),
        (123.456, "123.5"),
        (True, "yes"),
        (False, "no"),
        ([], ""),
        (["a", None, 0.5], "a, -, 0.500"),
        ("", ""),
        (datetime(2026, 1, 2, 3), "2026-01-02 03:00:00"),
    ],
)
def test_cell(value, seen) -> None:
    assert terminal.cell(value) == seen


def test_table_shows_missing_as_a_dash_and_markup_as_it_stands() -> None:
    assert rows(shown(FRAME.drop("facts"))) == [
        ["alpha", "1", "0.123", "name, maker", "yes"],
        ["甲�[red]x[/red]", "-", "-", "", "-"],
        ["-", "3", "nan", "-", "no"],
    ]


def test_headings_are_from_outside_too() -> None:
    text = shown(pl.DataFrame({"[/b]\u202ex": [1]}))
    assert "[/b]�x" in text
    assert shown(FRAME, [("n", "number"), ("model", "[bold]who[/bold]")]).startswith(" number ┃ [bold]who[/bold]"[1:])


def test_say_escapes_markup_and_controls(capsys) -> None:
    terminal.print_lines(["[bold]not bold[/bold] \x1b[2J", "[/]"])
    assert capsys.readouterr().out == "[bold]not bold[/bold] �[2J\n[/]\n"


@pytest.mark.parametrize("to_file", [True, False])
def test_json(tmp_path, capsys, to_file) -> None:
    path = tmp_path / "x.json"
    terminal.write_frame(FRAME, "json", path if to_file else None)
    text = path.read_text(encoding="utf-8") if to_file else capsys.readouterr().out
    assert "甲" in text
    assert json.loads(text, parse_constant=pytest.fail) == [
        {"model": "alpha", "n": 1, "share": 0.12345, "asks": ["name", "maker"], "is_background": True}
        | {"facts": {"a": 1, "b": "é"}},
        {"model": "甲\u202e[red]x[/red]", "n": None, "share": None, "asks": [], "is_background": None, "facts": None},
        {"model": None, "n": 3, "share": None, "asks": None, "is_background": False, "facts": {"a": None, "b": None}},
    ]


def test_json_numbers_stay_numbers() -> None:
    frame = pl.DataFrame(
        {"n": [Decimal(12)], "mean": [Decimal("1.5")], "at": [datetime(2026, 1, 2)], "raw": [b"\x01"]},
        schema_overrides={"n": pl.Decimal(38, 0)},
    )
    [row] = json.loads(terminal._json(frame))
    assert row == {"n": 12, "mean": 1.5, "at": "2026-01-02 00:00:00", "raw": "01"}
    assert isinstance(row["n"], int)


@pytest.mark.parametrize("to_file", [True, False])
def test_csv(tmp_path, capsys, to_file) -> None:
    path = tmp_path / "x.csv"
    frame = FRAME.with_columns(raw=pl.Series([b"\xff", None, b""]), text=pl.Series(["a,b", 'say "x"\nand', ""]))
    terminal.write_frame(frame, "csv", path if to_file else None)
    text = path.read_text(encoding="utf-8") if to_file else capsys.readouterr().out
    header, *found = csv.reader(io.StringIO(text, newline=""))
    assert header == frame.columns
    assert found == [
        ["alpha", "1", "0.12345", '["name", "maker"]', "true", '{"a": 1, "b": "é"}', "ff", "a,b"],
        ["甲\u202e[red]x[/red]", "", "", "[]", "", "", "", 'say "x"\nand'],
        ["", "3", "NaN", "", "false", '{"a": null, "b": null}', "", ""],
    ]


def test_parquet(tmp_path) -> None:
    path = tmp_path / "x.parquet"
    terminal.write_frame(FRAME, "parquet", path)
    assert pl.read_parquet(path).equals(FRAME)


def test_parquet_to_a_pipe(monkeypatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw))
    terminal.write_frame(FRAME, "parquet", None)
    assert pl.read_parquet(io.BytesIO(raw.getvalue())).equals(FRAME)


@pytest.mark.parametrize("to_file", [True, False])
def test_table(tmp_path, capsys, to_file) -> None:
    path = tmp_path / "x.txt"
    terminal.write_frame(FRAME, "table", path if to_file else None)
    text = path.read_text(encoding="utf-8") if to_file else capsys.readouterr().out
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.splitlines()[-1] == "3 rows"


@pytest.mark.parametrize("name", terminal.FORMATS)
def test_nothing_found(tmp_path, name) -> None:
    path = tmp_path / "x"
    terminal.write_frame(FRAME.clear(), name, path)
    assert path.stat().st_size


class Window(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_csv_holds_no_formula_unless_it_is_to_be_raw(capsys) -> None:
    texts = ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "'=1", "plain", "a=b", None]
    written = {}
    for is_raw in (False, True):
        terminal.write_frame(pl.DataFrame({"text": texts}), "csv", None, is_raw=is_raw)
        written[is_raw] = [row[0] for row in csv.reader(io.StringIO(capsys.readouterr().out, newline="")) if row][1:]
    # An empty line of one column is no row to the reader: the missing text is left out of both.
    assert written[True] == texts[:-1]
    assert written[False] == ["'" + text for text in texts[:7] if text] + ["plain", "a=b"]


@pytest.mark.fault
@pytest.mark.parametrize("name", ["csv", "json", "table"])
def test_hostile_text_on_a_terminal(monkeypatch, name) -> None:
    window = Window()
    monkeypatch.setattr(sys, "stdout", window)
    terminal.write_frame(pl.DataFrame({"a": ["\x9b2Jx\u202ey"]}), name, None)
    assert "x�y" in window.getvalue()
    assert not set(window.getvalue()) & {"\x9b", "\u202e"}


@pytest.mark.parametrize(
    ("name", "target", "said"),
    [
        ("xlsx", None, "--format: it is 'xlsx'. Known: table, csv, json, parquet."),
        ("csv", Path("/nowhere/x.csv"), "--output: no file can be written at /nowhere/x.csv"),
        ("csv", Path("/"), "--output: no file can be written at /."),
        ("parquet", None, "--format: parquet is not for a terminal. Give --output FILE.parquet."),
    ],
)
def test_refused(monkeypatch, name, target, said) -> None:
    monkeypatch.setattr(sys, "stdout", Window())
    with pytest.raises(InputError) as raised:
        terminal.write_frame(FRAME, name, target)
    assert said in str(raised.value)


def test_narrow_windows_shorten_names_in_the_middle_and_keep_teacher_verdict_and_p(monkeypatch) -> None:
    monkeypatch.setattr(terminal, "out", lambda: terminal.Console(width=60, highlight=False))
    long = "a-model-whose-name-is-longer-than-a-window-of-sixty-8b-instruct"
    frame = pl.DataFrame(
        {"target": [long], "group": ["gpt-4"], "verdict": ["strong"], "p_target": [8.5e-13], "more": [1]}
    )
    table = terminal.table("", frame, [(name, name) for name in frame.columns])
    cells = [next(iter(column.cells)) for column in table.columns]
    assert cells[1:] == ["gpt-4", "strong", "< .0001"]
    assert re.fullmatch("a-model-.*….*-instruct", cells[0])
    assert str(table.caption) == "A wider window also shows: more."
