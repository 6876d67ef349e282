"""What `query` is given is somebody's SQL: it reads the snapshot, and nothing else of the machine."""

import pytest

from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError

REFUSED = [
    "copy (select 42) to '{folder}/out.csv'",
    "explain copy (select 42) to '{folder}/out.csv'",
    "explain analyze copy (select 42) to '{folder}/out.csv'",
    "EXPLAIN (ANALYZE, FORMAT JSON) copy (select 42) to '{folder}/out.csv'",
    "/* a */ explain analyze copy (select 42) to '{folder}/out.csv'",
    "explain explain analyze copy (select 42) to '{folder}/out.csv'",
    "copy mart.verdict to '{folder}/out.parquet'",
    "copy mart.verdict from '{folder}/in.csv'",
    "export database '{folder}/out'",
    "import database '{folder}/out'",
    "select * from read_text('/proc/self/environ')",
    "select content from read_text('{folder}/in.csv')",
    "select * from read_blob('{folder}/in.csv')",
    "select * from read_csv('{folder}/in.csv')",
    "select * from read_csv_auto('{folder}/in.csv')",
    "select * from sniff_csv('{folder}/in.csv')",
    "select * from read_json('{folder}/in.csv')",
    "select * from read_ndjson_objects('{folder}/in.csv')",
    "select * from read_parquet('{folder}/in.parquet')",
    "select * from parquet_metadata('{folder}/in.parquet')",
    "select * from '{folder}/in.csv'",
    'from "{folder}/in.csv"',
    "select * from glob('{folder}/*')",
    "select * from glob('/etc/*')",
    "with files as (from glob('/etc/*')) select count(*) from files",
    "select (select max(content) from read_text('/etc/hostname'))",
    "pivot (from read_csv('{folder}/in.csv')) on a",
    "attach '{folder}/other.duckdb' as other",
    "attach ':memory:' as other",
    "detach published",
    "use mart",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "reset enable_external_access",
    "set lock_configuration = false",
    "pragma enable_external_access",
    "set memory_limit = '1GB'",
    "create table main.mine as select 1",
    "create temp table mine as select 1",
    "insert into mart.verdict select * from mart.verdict",
    "delete from raw.reply",
    "drop view mart.verdict",
    "update raw.reply set reply_text = ''",
    "call pragma_version()",
    "prepare q as select 1",
    "checkpoint",
    "begin",
    "select 1; copy (select 42) to '{folder}/out.csv'",
    "",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_reaches_beyond_the_snapshot_is_refused(analysed, tmp_path, text: str) -> None:
    (tmp_path / "in.csv").write_text("a,b\n1,secret\n")
    with store.reading(analysed) as snapshot:
        assert snapshot.ask("select count(*) as n from mart.verdict").height == 1
        with pytest.raises(InputError):
            snapshot.ask(text.format(folder=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    "text",
    [
        "select * from mart.verdict limit 3",
        "from mart.verdict",
        "with a as (select 1 as x) select * from a",
        "explain select * from mart.verdict",
        "explain analyze select count(*) from mart.verdict",
        "describe mart.verdict",
        "summarize mart.coverage",
        "pivot mart.coverage on model using sum(n_requests)",
        "select * from range(1000000) order by hash(range) limit 3",
        "values (1), (2)",
    ],
)
def test_what_reads_the_snapshot_is_answered(analysed, text: str) -> None:
    with store.reading(analysed) as snapshot:
        snapshot.ask(text)


def test_a_user_takes_nothing_from_the_program_itself(analysed, tmp_path) -> None:
    """The lock ends with the connection that had it."""
    with store.reading(analysed) as snapshot:
        snapshot.ask("select 1")
        assert snapshot.count("core.reply") > 0
    with store.reading(analysed) as snapshot:
        snapshot.execute(f"copy (select 42) to '{tmp_path / 'out.csv'}'")
    assert (tmp_path / "out.csv").exists()
