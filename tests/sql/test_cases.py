"""Each relation of `sql/` gives the rows that its cases expect; the cases lie in `tests/sql/<schema>/<relation>.toml`.

A case is a table of TOML, named by what it shows. `given.<schema>.<relation>` and `expect` are texts: a line of column
names, then a line for each row, cells apart by `|`. An empty cell is null, `''` the empty text, `=` begins an SQL
expression. What is given is a table and hides the relation of that name; what is not given is formed as in the
warehouse from what is, and raw relations are empty. `expect` may name some of the columns; row order does not count.
"""

import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tasks.adapters import sqlfiles, store
from tasks.adapters.settings import Home

RELATIONS = {relation.full_name: relation for relation in sqlfiles.relations()}
TESTED = [name for name, relation in RELATIONS.items() if relation.schema != "raw"]
FILES = {f"{path.parent.name}.{path.stem}": path for path in sorted(Path(__file__).parent.glob("*/*.toml"))}
CASES = [
    pytest.param(name, case, id=f"{name}-{title.replace(' ', '-')}")
    for name, path in FILES.items()
    for title, case in tomllib.loads(path.read_text(encoding="utf-8")).items()
]

Columns = dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def columns(tmp_path_factory) -> Columns:
    """Return the columns and their types of each relation, as the project's own loader creates it."""
    found: Columns = {}
    with store.writing(Home(tmp_path_factory.mktemp("schema"))) as warehouse:
        rows = warehouse.query("select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()")
        for name, column, data_type in rows.iter_rows():
            found.setdefault(name, {})[column] = data_type
    return found


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


def _formed(name: str, given: dict[str, str], columns: Columns) -> duckdb.DuckDBPyConnection:
    """Return a database in which table `actual` holds what the relation gives on the given rows."""
    needed, waiting = set(), set(RELATIONS[name].reads)
    while waiting:
        needed.add(one := waiting.pop())
        waiting |= set() if one in given else RELATIONS[one].reads - needed
    assert given.keys() <= needed, f"{name} does not read {given.keys() - needed}"
    connection = duckdb.connect()
    for schema in sqlfiles.SCHEMAS:
        connection.execute(f'create schema "{schema}"')
    for relation in (relation for full_name, relation in RELATIONS.items() if full_name in needed):
        if relation.full_name in given or relation.schema == "raw":
            typed = ", ".join(f"{column} {kind}" for column, kind in columns[relation.full_name].items())
            connection.execute(f"create table {relation.quoted} ({typed})")
            if relation.full_name in given:
                _insert(connection, relation.quoted, given[relation.full_name])
        else:
            connection.execute(f"create view {relation.quoted} as {relation.text}")
    connection.execute(f"create table actual as {RELATIONS[name].text}")
    return connection


def _given(case: dict[str, Any]) -> dict[str, str]:
    return {f"{schema}.{stem}": text for schema, tables in case["given"].items() for stem, text in tables.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_plain, value))
    return round(value, 9) + 0.0 if isinstance(value, float) else value


@pytest.mark.parametrize(("name", "case"), CASES)
def test_case(name: str, case: dict[str, Any], columns: Columns) -> None:
    assert case.keys() == {"given", "expect"}
    with _formed(name, _given(case), columns) as connection:
        connection.execute("create table expected as from actual limit 0")
        chosen = ", ".join(_insert(connection, "expected", case["expect"]))
        actual, expected = (
            sorted(
                (tuple(map(_plain, row)) for row in connection.sql(f"select {chosen} from {table}").fetchall()),
                key=repr,
            )
            for table in ("actual", "expected")
        )
        assert actual == expected
        [[n_rows, n_keys]] = connection.sql(
            f"select count(*), count(distinct row({RELATIONS[name].grain})) from actual"
        ).fetchall()
        assert n_rows == n_keys, f"the grain ({RELATIONS[name].grain}) is not unique"


@pytest.mark.parametrize("name", TESTED)
def test_nothing_comes_of_nothing(name: str, columns: Columns) -> None:
    with _formed(name, {}, columns) as connection:
        assert connection.sql("from actual").fetchall() == []


def test_every_relation_has_a_case_and_every_case_a_relation() -> None:
    assert set(TESTED) == {param.values[0] for param in CASES}
    assert set(FILES) <= set(TESTED)
