"""Each relation of `sql/` gives the rows that its cases expect; the cases lie in `tests/sql/<schema>/<relation>.toml`.

A case is a table of TOML, named by what it shows. `given.<schema>.<relation>` and `expect` are texts: a line of column
names, then a line for each row, cells apart by `|`. An empty cell is null, `''` the empty text, `=` begins an SQL
expression. What is given is a table and hides the relation of that name; what is not given is formed as in the
warehouse from what is, and tables of raw and score are empty. `expect` may name some of the columns; row order does not count.
"""

import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tasks.adapters.warehouse import sqlcolumns, sqlfiles, store
from tasks.domain.pairwise.features import N_PREFIX, words_of_texts

RELATIONS = {relation.full_name: relation for relation in sqlfiles.relations()}
OF_CATALOGUE = {"meta.relation", "meta.relation_column"}
"""What reads no relation but DuckDB's own lists: it finds those that a case gives."""
TESTED = [name for name, relation in RELATIONS.items() if not relation.is_declared]
FILES = {f"{path.parent.name}.{path.stem}": path for path in sorted(Path(__file__).parent.glob("*/*.toml"))}
CASES = [
    pytest.param(name, case, id=f"{name}-{title.replace(' ', '-')}")
    for name, path in FILES.items()
    for title, case in tomllib.loads(path.read_text(encoding="utf-8")).items()
]

Columns = dict[str, dict[str, str]]


def _value(cell: str) -> str:
    if cell in ("", "''"):
        return cell or "null"
    return f"({cell[1:]})" if cell.startswith("=") else "'" + cell.replace("'", "''") + "'"


def _insert(connection: duckdb.DuckDBPyConnection, table: str, text: str) -> list[str]:
    """Fill `table` with the rows of `text` and return the columns that it names."""
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    for row in rows:
        assert len(row) == len(head), f"{table}: {row} has other columns than {head}"
        connection.execute(f"insert into {table} ({', '.join(head)}) values ({', '.join(map(_value, row))})")
    return head


def _form(connection: duckdb.DuckDBPyConnection, name: str, given: dict[str, str], columns: Columns) -> None:
    """Create table `actual`: what the relation gives on the given rows."""
    needed, waiting = set(), set(RELATIONS[name].reads)
    while waiting:
        needed.add(one := waiting.pop())
        waiting |= set() if one in given else RELATIONS[one].reads - needed
    needed |= given.keys() if name in OF_CATALOGUE else set()
    assert given.keys() <= needed, f"{name} does not read {given.keys() - needed}"
    for relation in (relation for full_name, relation in RELATIONS.items() if full_name in needed):
        if relation.full_name in given or relation.is_declared:
            typed = ", ".join(f"{column} {kind}" for column, kind in columns[relation.full_name].items())
            connection.execute(f"create table {relation.quoted} ({typed})")
            if relation.full_name in given:
                _insert(connection, relation.quoted, given[relation.full_name])
        else:
            connection.execute(f"create view {relation.quoted} as {relation.text}")
    for replies in given.keys() & {"core.reply", "core.round_reply"} if "score.text_shape" in needed else ():
        _keep_shapes(connection, replies)
    if name in OF_CATALOGUE:
        sqlcolumns.describe(connection)
    connection.execute(f"create table actual as {RELATIONS[name].text}")


def _keep_shapes(connection: duckdb.DuckDBPyConnection, replies: str) -> None:
    """Form the shapes of the texts of given replies as a scoring does."""
    connection.execute(f"update {replies} set text_id = md5(reply_text) where text_id is null")
    texts = connection.sql(f"select distinct text_id, reply_text from {replies} where text_id is not null").pl()
    words, counts = words_of_texts(texts["reply_text"], N_PREFIX)
    for row in zip(texts["text_id"], counts, words.to_list(), strict=True):
        connection.execute("insert into score.text_shape values (?, ?, ?)", list(row))


def _given(case: dict[str, Any]) -> dict[str, str]:
    return {f"{schema}.{stem}": text for schema, tables in case["given"].items() for stem, text in tables.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_plain, value))
    return round(value, 9) + 0.0 if isinstance(value, float) else value


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(name: str, case: dict[str, Any], columns: Columns, scratch: duckdb.DuckDBPyConnection) -> None:
    assert case.keys() == {"given", "expect"}
    _form(scratch, name, _given(case), columns)
    scratch.execute("create table expected as from actual limit 0")
    chosen = ", ".join(_insert(scratch, "expected", case["expect"]))
    actual, expected = (
        sorted((tuple(map(_plain, row)) for row in scratch.sql(f"select {chosen} from {table}").fetchall()), key=repr)
        for table in ("actual", "expected")
    )
    assert actual == expected
    grain = RELATIONS[name].grain
    [[n_rows, n_keys]] = scratch.sql(f"select count(*), count(distinct row({grain})) from actual").fetchall()
    assert n_rows == n_keys, f"the grain ({grain}) is not unique"


@pytest.mark.parametrize("name", TESTED)
def test_nothing_comes_of_nothing(name: str, empty: store.Store) -> None:
    if name not in OF_CATALOGUE:
        assert empty.ask(RELATIONS[name].text).is_empty()


def test_every_relation_has_a_case_and_every_case_a_relation() -> None:
    assert set(TESTED) == {param.values[0] for param in CASES}
    assert set(FILES) <= set(TESTED)
