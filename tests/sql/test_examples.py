"""Each example query runs as it stands on a published snapshot, in plain DuckDB, and finds what is there."""

from pathlib import Path

import duckdb
import pytest

from tasks.adapters import sqlfiles, store
from tasks.adapters.settings import Home
from tests.support import small_home

VENDORS = {"alpha-1": "alpha", "alpha-2": "alpha", "beta-1": "beta"}
RECORDED = [
    ("alpha-1", "p1", 0, "Plain water."),
    ("alpha-2", "p1", 0, "Plain water."),
    ("beta-1", "p1", 0, "Plain water."),
    ("alpha-1", "p2", 0, "A red kite."),
    ("alpha-2", "p2", 0, "A red kite, of course."),
    ("beta-1", "p2", 0, "A red kite."),
    ("alpha-1", "p3", 0, "我不知道。"),
    ("alpha-2", "p3", 0, None),
    ("beta-1", "p3", 0, None),
]
NEIGHBOURS = [
    ("within_prompt", "alpha-1/p2/0", "beta-1/p2/0", 1, 1.0),
    ("within_prompt", "alpha-1/p2/0", "alpha-2/p2/0", 2, 0.75),
    ("within_prompt", "alpha-2/p2/0", "beta-1/p2/0", 1, 0.75),
    ("centred_global", "alpha-1/p2/0", "beta-1/p1/0", 1, 0.5),
]
EXPECTED = {
    "identical_replies": [("alpha-1", "beta-1", 2), ("alpha-2", "beta-1", 1)],
    "nearest_replies": [
        ("alpha-1", "beta-1", 1.0, "Question p2", "A red kite.", "A red kite."),
        ("alpha-2", "beta-1", 0.75, "Question p2", "A red kite, of course.", "A red kite."),
    ],
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Path:
    home = Home(tmp_path_factory.mktemp("examples"))
    columns = ("neighbour_kind", "reply_id", "neighbour_reply_id", "rank", "cos")
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, RECORDED, VENDORS)
        warehouse.append("neighbour", [dict(zip(columns, row, strict=True), embedder="e") for row in NEIGHBOURS])
        warehouse.publish(home.published)
    return home.published


@pytest.mark.parametrize("name", sqlfiles.examples())
def test_example_finds_what_is_there(name: str, snapshot: Path) -> None:
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        assert connection.execute(sqlfiles.examples()[name]).fetchall() == EXPECTED[name]


@pytest.mark.parametrize("name", sqlfiles.examples())
def test_example_says_on_its_first_line_what_it_asks(name: str) -> None:
    first = sqlfiles.examples()[name].splitlines()[0]
    assert first.startswith("-- ")
    assert "?" in first
