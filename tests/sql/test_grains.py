"""The grain that a header tells also tells apart the rows of tables, which no SELECT forms."""

import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles, store
from tasks.adapters.warehouse.table_rows import Key
from tests.support.grains import repeated

TABLES = {relation.full_name: relation for relation in sqlfiles.relations() if relation.is_declared}


def test_rows_of_every_relation_are_told_apart_by_its_grain(analysed: Home) -> None:
    assert repeated(analysed) == []


def test_a_grain_that_is_not_unique_is_found(analysed: Home, tmp_path) -> None:
    home = Home(tmp_path / "home")
    with store.writing(home) as warehouse, store.reading(analysed) as snapshot:
        rows = snapshot.read("score.reference")
        for _ in range(2):
            with warehouse.replacing() as put:
                put("reference", rows)
        warehouse.publish(home.published)
    assert repeated(home, ["raw", "score"]) == ["score.reference"]


@pytest.mark.parametrize("name", TABLES)
def test_grain_and_key_of_a_table_are_columns_of_it(name: str, columns: dict[str, dict[str, str]]) -> None:
    relation, key = TABLES[name], Key.of(TABLES[name])
    grain = relation.grain.split(", ")
    assert columns[name].keys() >= {*grain, *key.columns}
    # Else a row that is left out by the key, or none that is, might break the grain.
    assert grain == [*key.columns, *([key.as_of] if key.as_of else [])]


def test_no_two_schemas_have_a_table_of_one_name() -> None:
    """`Store.append` and `Store.replace` know a table by its name alone."""
    assert len({relation.name for relation in TABLES.values()}) == len(TABLES)


def test_facts_are_not_kept_and_scores_say_why_they_are() -> None:
    assert {name for name, relation in TABLES.items() if relation.kept} == {
        "score.drift",
        "score.embedding",
        "score.index_weight",
        "score.text_shape",
    }
