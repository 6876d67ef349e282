"""One text that steers, reorders and hides, at every place where text from outside is shown: no such character gets through.

The report's page, with what it packs, is held to the same in tests/steps/test_render.py and test_report_in_browser.py.
"""

import io
import logging
import re
import sys
from collections.abc import Iterator

import polars as pl
import pytest

from flows.cli import main
from flows.cli.output import tables
from tasks.adapters import printed_logs, secrets, settings, spreadsheets, terminal
from tasks.adapters.inputs import cards
from tasks.adapters.warehouse import exports
from tasks.collect.ping import PingResult
from tasks.domain.errors import InputError
from tasks.domain.inert_text import inert, spelled_out
from tasks.domain.reporting import cells, markdown

STEERING = "\x1b\x07\x08\x7f\x9b\x85\r\x00"
REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
HIDING = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u3164\uffa0\u180e\ufe00\U000e0041\U000e0100"
SEEN = "plain, café 日本語 👩 ❤️ שלום\u3000and\ta tab"
"""Of the characters that have no width of their own only the selector in the heart, which every terminal knows, is left."""

HOSTILE = f"gpt{'|'.join(STEERING + REORDERING + HIDING)}]0;title"
EVIL = {*STEERING, *REORDERING, *HIDING}


class Window(io.StringIO):
    """A terminal: what is printed for programs alone stays as it is."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("character", sorted(EVIL))
def test_what_is_not_seen_has_a_place_holder(character) -> None:
    assert inert(f"a{character}b") == "a\ufffdb"
    assert spelled_out(f"a{character}b") == f"a⟨U+{ord(character):04X}⟩b"


def test_what_is_seen_stays() -> None:
    assert inert(SEEN) == spelled_out(SEEN) == SEEN


def _log(window: Window) -> None:
    logger, handler = logging.getLogger("tests.inert"), logging.StreamHandler(window)
    logger.addHandler(handler)
    try:
        logger.warning("Finished: %s", HOSTILE)
        try:
            raise ValueError(HOSTILE)
        except ValueError:
            logger.exception("a batch failed")
    finally:
        logger.removeHandler(handler)


def _trace() -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError as error:
        secrets.print_traceback(type(error), error, error.__traceback__)


FRAME = pl.DataFrame({"model": [HOSTILE], HOSTILE: [[HOSTILE]]})
ON_A_TERMINAL = {
    "lines": lambda window: terminal.print_lines([HOSTILE]),
    "warnings": lambda window: terminal.print_warnings([HOSTILE]),
    "table": lambda window: terminal.out().print(terminal.table(HOSTILE, FRAME)),
    "query, table": lambda window: terminal.write_frame(FRAME, "table", None),
    "query, csv": lambda window: terminal.write_frame(FRAME, "csv", None),
    "query, json": lambda window: terminal.write_frame(FRAME, "json", None),
    "ping": lambda window: tables.print_ping_results([PingResult(HOSTILE, HOSTILE, 1.0, HOSTILE)]),
    "log": _log,
    "traceback": lambda window: _trace(),
}


@pytest.fixture
def inert_logs(monkeypatch) -> Iterator[None]:
    factory = logging.getLogRecordFactory()
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    printed_logs.make_inert()
    yield
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize("outlet", ON_A_TERMINAL)
def test_on_a_terminal(inert_logs, monkeypatch, outlet) -> None:
    window = Window()
    monkeypatch.setattr(sys, "stdout", window)
    monkeypatch.setattr(sys, "stderr", window)
    ON_A_TERMINAL[outlet](window)
    shown = window.getvalue()
    assert "�" in shown
    # A console that writes to a terminal sets colours and what is bold itself.
    assert not EVIL & set(re.sub(r"\x1b\[[0-9;]*m", "", shown))


def test_the_message_of_an_error(capsys, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise InputError(f"it is {HOSTILE}.", where=HOSTILE, remedy=HOSTILE)

    monkeypatch.setattr(cards, "card_names", refuse)
    with pytest.raises(SystemExit):
        main.main(["models"])
    shown = capsys.readouterr().err
    assert shown.count("gpt�|") == 3
    assert not EVIL & set(shown)


def test_logs_are_inert_from_the_preparation_of_prefect_on(tmp_path, monkeypatch) -> None:
    factory = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr("os.environ", {**settings.os.environ})
    try:
        settings.configure_prefect(settings.Home(tmp_path))
        settings.configure_prefect(settings.Home(tmp_path))
        record = logging.getLogRecordFactory()("name", logging.INFO, "path", 1, "%s", (HOSTILE,), None)
    finally:
        logging.setLogRecordFactory(factory)
    assert record.getMessage() == inert(HOSTILE)
    assert sys.excepthook is secrets.print_traceback


@pytest.mark.parametrize(
    "shown",
    [cells.safe_text(HOSTILE), cells.plain(HOSTILE).text, cells.truncate(HOSTILE, 500)[0], markdown.escaped(HOSTILE)],
)
def test_in_the_report_and_in_artifacts(shown) -> None:
    assert "�" in shown
    assert not EVIL & set(shown)


def test_two_names_that_look_alike_are_told_apart_in_artifacts() -> None:
    assert markdown.escaped("gpt\u200b4") != markdown.escaped("gpt4")


def test_in_spreadsheets_it_is_named_and_in_parquet_and_json_as_it_came(tmp_path) -> None:
    written = {name: tmp_path / f"x.{name}" for name in exports.FORMATS}
    for name, path in written.items():
        exports.write_frame(FRAME, path, name)
    text = written["csv"].read_bytes().decode()
    assert "⟨U+202E⟩" in text
    assert not EVIL & set(text)
    assert pl.read_parquet(written["parquet"]).equals(FRAME)
    assert "\u202e" in written["json"].read_text(encoding="utf-8")
    assert spreadsheets.inert_cell(HOSTILE) == spelled_out(HOSTILE)
    assert spreadsheets.inert_cell(f"={HOSTILE}") == f"'={spelled_out(HOSTILE)}"
