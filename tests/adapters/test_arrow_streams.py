"""Tables between DuckDB and Polars without a package between them: types, names that come twice, columns of nulls."""

import subprocess
import sys

import duckdb
import polars as pl
import pytest

from tasks.adapters.settings import PROJECT
from tasks.adapters.warehouse.arrow_streams import frame_of, stream_of


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        yield opened


def test_types_come_over_as_they_are(connection) -> None:
    query = """
        select 1::utinyint as small, 5::hugeint as huge, 1.25::decimal(10, 2) as money, 'a'::enum('a', 'b') as kind,
            {'a': [1, 2]} as nested, timestamp '2026-01-01 10:00:00' as at, 'x'::blob as bytes, null as nothing,
            [1.5, 2.5]::float[2] as vector
    """
    frame = frame_of(connection.sql(query))
    assert frame.schema["vector"] == pl.Array(pl.Float32, 2)
    assert frame.schema["at"] == pl.Datetime("us")
    assert frame.drop("at", "huge", "money").rows() == [(1, "a", {"a": [1, 2]}, b"x", None, [1.5, 2.5])]
    assert frame_of(connection.sql("select 1 as a where false")).schema == {"a": pl.Int32}


def test_names_that_come_again_are_numbered(connection) -> None:
    frame = frame_of(connection.sql('select 1 as a, 2 as a, 3 as a_1, 4 as "b ""c""", 5 as "b ""c"""'))
    assert frame.rows() == [(1, 2, 3, 4, 5)]
    assert frame.columns == ["a", "a_2", "a_1", 'b "c"', 'b "c"_1']


@pytest.mark.fault
@pytest.mark.parametrize(
    "value", ["interval 1 day", "union_value(k := 1)", "[interval 1 day]", "{'a': interval 1 day}"]
)
def test_type_that_polars_lacks_is_an_error_and_no_panic(connection, capfd, value) -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        frame_of(connection.sql(f"select {value} as v"))
    assert capfd.readouterr().err == ""


def test_frames_are_read_more_than_once_also_with_columns_of_nulls(connection) -> None:
    frame = pl.DataFrame({"a": [1, 2], "n": [None, None], "l": [[None], []], "t": ["x", None]})
    connection.register("incoming", stream_of(frame))
    connection.execute("create table stored (a int, n int, l varchar[], t varchar)")
    connection.execute("insert into stored by name select * from incoming union all by name select * from incoming")
    rows = connection.execute("select * from stored order by all").fetchall()
    assert rows == [(1, None, [None], "x")] * 2 + [(2, None, [], None)] * 2


def test_nothing_of_duckdb_outlives_its_module() -> None:
    """Its binding would list it on standard error at the end of the process."""
    script = "import duckdb\nfrom tasks.adapters.warehouse.arrow_streams import frame_of\n"
    script += "print(frame_of(duckdb.connect().sql('select 1 as a')).item())"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1\n", "")
