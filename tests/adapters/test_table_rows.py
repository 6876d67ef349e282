"""A row is appended once, by the key in its table's header; facts are never replaced, and scores never pile up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles, store
from tasks.adapters.warehouse.store import Store
from tasks.adapters.warehouse.table_rows import Key
from tests.support import small_home

TABLES = {one.name: one for one in sqlfiles.relations() if one.is_declared and one.schema != "meta"}
APPENDED = [name for name, relation in TABLES.items() if not relation.is_computed]
COMPUTED = [name for name, relation in TABLES.items() if relation.is_computed]
FACTS = [name for name, relation in TABLES.items() if relation.schema == "raw"]
AT = datetime(2026, 1, 5)
MISSING = "missing_reason"
"""A row that has a value has no reason for lacking it."""


@pytest.fixture(scope="module")
def for_keys(tmp_path_factory) -> Iterator[Store]:
    """Yield a warehouse in which each case has a table to itself: to open one for each takes a second."""
    with store.writing(Home(tmp_path_factory.mktemp("keys"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def for_kinds(tmp_path_factory) -> Iterator[Store]:
    """Yield another one of the kind."""
    with store.writing(Home(tmp_path_factory.mktemp("kinds"))) as opened:
        yield opened


@pytest.fixture
def warehouse(tmp_path) -> Iterator[Store]:
    with store.writing(Home(tmp_path / "home")) as opened:
        yield opened


def _value(kind: pl.DataType, number: int) -> Any:
    """Return a value of a column's type, another one for each number."""
    if isinstance(kind, pl.List):
        return [_value(kind.inner, number)]
    if kind == pl.Boolean:
        return bool(number)
    if kind == pl.Datetime:
        return AT + timedelta(days=number)
    return f"text {number}" if kind == pl.String else number


def _row(warehouse: Store, name: str) -> dict[str, Any]:
    schema = warehouse.schema(TABLES[name].full_name)
    row = {column: None if column == MISSING else _value(kind, 0) for column, kind in schema.items()}
    return row | ({"purpose": "reply"} if "purpose" in row else {})


@pytest.mark.parametrize("name", APPENDED)
def test_a_row_that_is_there_by_its_key_is_left_out(name: str, for_keys: Store) -> None:
    row, schema = _row(for_keys, name), for_keys.schema(TABLES[name].full_name)
    grain = TABLES[name].grain.split(", ")
    assert for_keys.append(name, [row, row]) == 1
    assert for_keys.append(name, pl.DataFrame([row], schema=schema)) == 0
    # By each column of the grain it is another row, by any other column alone it is not.
    others = {column: _value(kind, 1) for column, kind in schema.items() if column not in (MISSING, "purpose")}
    assert for_keys.append(name, [row | {c: v for c, v in others.items() if c not in grain}]) == 0
    told_by = [column for column in grain if column != Key.of(TABLES[name]).as_of]
    assert [for_keys.append(name, [row | {column: others[column]}]) for column in told_by] == [1] * len(told_by)
    assert for_keys.count(TABLES[name].full_name) == 1 + len(told_by)


def test_keys_hold_for_what_is_null_in_them(warehouse: Store) -> None:
    probe = _row(warehouse, "probe") | {"template_set": None}
    assert (warehouse.append("probe", [probe, probe]), warehouse.append("probe", [probe])) == (1, 0)
    assert warehouse.append("probe", [probe | {"template_set": "identity"}]) == 1


def _said(vendor: str | None, day: int, **other: Any) -> dict[str, Any]:
    row = {
        "model": "m",
        "vendor": vendor,
        "learned_from": ["g"],
        "source": "card",
        "loaded_at": AT + timedelta(days=day),
    }
    return row | other


def test_of_a_history_only_what_changes_is_kept(warehouse: Store) -> None:
    """A return to what was said earlier is a change; others' words, and those of another source, are others' history."""
    told = [_said("a", 1), _said("a", 2), _said("z", 3), _said("a", 4), _said(None, 5), _said(None, 6)]
    assert [warehouse.append("lineage", [row]) for row in told] == [1, 0, 1, 1, 1, 0]
    assert warehouse.append("lineage", [_said(None, 7, learned_from=[])]) == 1, "a list that differs is a change"
    assert warehouse.append("lineage", [_said("a", 8, source="file"), _said("a", 8, model="n")]) == 2


def test_a_whole_history_is_appended_as_it_is(warehouse: Store, tmp_path) -> None:
    history = [_said("a", 1), _said("z", 3), _said("a", 4)]
    assert warehouse.append("lineage", history[::-1]) == 3
    with store.writing(Home(tmp_path / "other")) as other:
        assert other.append("lineage", warehouse.read("raw.lineage")) == 3
        assert other.append("lineage", warehouse.read("raw.lineage")) == 0


def test_a_card_is_registered_again_where_it_differs_from_the_one_that_counts(warehouse: Store) -> None:
    card = {"model": "m", "source": "card", "fingerprint": "f"}
    told = [(1, "old", None), (2, "old", None), (3, "new", None), (4, "old", None), (5, "old", 2.5), (6, "old", 2.5)]
    rows = [
        card | {"card_text": text, "input_usd": price, "registered_at": AT + timedelta(days=day)}
        for day, text, price in told
    ]
    assert [warehouse.append("model", [row]) for row in rows] == [1, 0, 1, 1, 1, 0]
    [known] = warehouse.read("core.model").to_dicts()
    assert (known["card_text"], known["input_usd"]) == ("old", 2.5)


@pytest.mark.parametrize("name", COMPUTED)
def test_what_a_scoring_replaces_is_not_appended_to(name: str, for_kinds: Store) -> None:
    row = _row(for_kinds, name)
    with pytest.raises(ValueError, match=rf"^each scoring replaces the rows of score\.{name}: use Store\.replace"):
        for_kinds.append(name, [row])
    for _ in range(2):
        for_kinds.replace(name, [row])
    assert for_kinds.count(f"score.{name}") == 1


@pytest.mark.parametrize("name", FACTS)
def test_facts_are_not_replaced(name: str, for_kinds: Store) -> None:
    for_kinds.append(name, [_row(for_kinds, name)])
    with pytest.raises(ValueError, match=rf"^raw\.{name} holds facts, which are never replaced: use Store\.append"):
        for_kinds.replace(name, [])
    with pytest.raises(ValueError, match="holds facts"), for_kinds.replacing(name):
        pass
    with pytest.raises(ValueError, match="holds facts"), for_kinds.replacing() as put:
        put(name, [])
    assert for_kinds.count(f"raw.{name}") == 1


def test_only_the_rows_that_are_meant_are_replaced(warehouse: Store) -> None:
    row = _row(warehouse, "position_bias")
    warehouse.replace("position_bias", [row | {"judge": judge} for judge in ("a", "b")])
    warehouse.replace("position_bias", pl.DataFrame([row | {"judge": "a", "n": 7}]), judge="a")
    assert sorted(warehouse.read_columns("score.position_bias", ["judge", "n"]).rows()) == [("a", 7), ("b", 0)]
    warehouse.replace("position_bias", [], judge="b")
    assert warehouse.read("score.position_bias")["judge"].to_list() == ["a"]


def test_a_table_that_no_file_declares_is_named(warehouse: Store) -> None:
    for name in ("replies", "model_round"):
        with pytest.raises(
            ValueError, match=rf"^there is no table '{name}': no file {name}\.sql in sql/raw or sql/score"
        ):
            warehouse.append(name, [])


@pytest.mark.parametrize("column", ["distinct model", "md5(reply_text) as text_id", "*", 'model"', "count(*)", ""])
def test_columns_are_read_by_their_names_alone(column: str, warehouse: Store) -> None:
    for read in (warehouse.read_columns, warehouse.read_distinct):
        with pytest.raises(ValueError, match=r"is no name of a column of core\.reply: .* a view of sql/core") as caught:
            read("core.reply", ["model", column])
        assert repr(column) in str(caught.value)


def test_rows_are_read_once_where_asked(warehouse: Store) -> None:
    recorded = [(model, prompt, sample, "Hm.") for model in ("a", "b") for prompt in ("p1", "p2") for sample in (0, 1)]
    small_home.fill(warehouse, recorded, {})
    assert warehouse.read_columns("core.reply", ["model", "prompt_id"]).height == 8
    assert sorted(warehouse.read_distinct("core.reply", ["model", "prompt_id"]).rows()) == [
        ("a", "p1"),
        ("a", "p2"),
        ("b", "p1"),
        ("b", "p2"),
    ]
    assert warehouse.read_distinct("core.reply", ["prompt_id"], model=["a"], sample=1).height == 2
