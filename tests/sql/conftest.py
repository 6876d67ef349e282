"""What the cases of `tests/sql` stand on: an empty warehouse, and a scratch database for each case."""

from collections.abc import Iterator

import duckdb
import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles, store
from tasks.adapters.warehouse.sqlmacros import create_formulas


@pytest.fixture(scope="session")
def empty(tmp_path_factory) -> Iterator[store.Store]:
    """Yield a warehouse with nothing in it, as the project's own loader creates it."""
    with store.writing(Home(tmp_path_factory.mktemp("empty"))) as warehouse:
        yield warehouse


@pytest.fixture(scope="session")
def columns(empty) -> dict[str, dict[str, str]]:
    """Return the columns and their types of each relation."""
    found: dict[str, dict[str, str]] = {}
    rows = empty.ask("select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()")
    for name, column, data_type in rows.iter_rows():
        found.setdefault(name, {})[column] = data_type
    return found


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database in memory with the schemas, nothing in them, and the formulas that relations share."""
    with duckdb.connect() as connection:
        for schema in sqlfiles.SCHEMAS:
            connection.execute(f'create schema "{schema}"')
        create_formulas(connection)
        yield connection


@pytest.fixture
def scratch(database) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield that database for one case: what the case creates there is gone after it."""
    database.begin()
    yield database
    database.rollback()
