"""A published snapshot is swapped in whole, opens anywhere while a run writes, and says what everything in it is."""

import json
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import empty_snapshots, sqlcolumns, sqlfiles, store
from tests.support import small_home

RECORDED = [
    (model, prompt, sample, f"{prefix_overlap} {model} {prompt} {sample}")
    for model, prefix_overlap in (("alpha", "well then"), ("beta", "well then"), ("gamma", "quite other"))
    for prompt in ("p1", "p2")
    for sample in (0, 1)
]
VENDORS = {"alpha": "a", "beta": "b", "gamma": "c"}
CATALOGUE = {"meta.relation", "meta.relation_column"}
READ_ALL = """
import json, sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    counts = {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in sys.argv[2:]}
assert "tasks" not in sys.modules
print(json.dumps(counts))
"""


def _counts_elsewhere(path: Path, names: list[str]) -> dict[str, int]:
    """Return the rows of each relation as another process counts them that knows DuckDB and nothing of the project."""
    command = [sys.executable, "-c", READ_ALL, str(path), *names]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("built"))
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, RECORDED, VENDORS)
        warehouse.publish(home.published)
    return home


@pytest.fixture
def home(built, tmp_path) -> Home:
    return Home(Path(shutil.copytree(built.root, tmp_path / "home")))


def test_reader_keeps_the_old_snapshot_and_the_next_one_gets_the_new(home) -> None:
    with duckdb.connect(str(home.published), read_only=True) as old, store.writing(home) as warehouse:
        small_home.fill(warehouse, [("alpha", "p3", 0, "one more")], {})
        warehouse.publish(home.published)
        assert _counts_elsewhere(home.published, ["core.reply"]) == {"core.reply": 13}
        assert old.sql("select count(*) from core.reply").fetchall() == [(12,)]
        assert old.sql("select count(*) from mart.pair_similarity").fetchall() == [(6,)]
    assert [path.name for path in home.root.glob("published*")] == ["published.duckdb"]


def test_return_to_an_earlier_lineage_is_published(home) -> None:
    """A lineage file is appended each time it is loaded: the same again changes nothing, an earlier one again does."""
    published = []
    for number, vendor in enumerate(("a", "z", "z", "a")):
        with store.writing(home) as warehouse:
            row = {"model": "alpha", "vendor": vendor, "learned_from": [], "source": "file"}
            warehouse.append("lineage", [row | {"loaded_at": datetime(2027, 1, 1 + number)}])
            warehouse.publish(home.published)
        with store.reading(home) as snapshot:
            assert snapshot.read("core.model", model="alpha")["vendor"].to_list() == [vendor]
        published.append(home.published.stat().st_ino)
    assert published[1] == published[2]
    assert published[2] != published[3]


def test_nothing_of_an_unpublished_write_shows(home) -> None:
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, [("alpha", "p3", 0, "one more")], {})
        with store.reading(home) as snapshot:
            assert snapshot.count("core.reply") == 12


@pytest.mark.fault
def test_another_process_reads_every_relation_while_a_run_writes(home) -> None:
    names = [relation.quoted for relation in sqlfiles.published()]
    with store.writing(home):
        counts = _counts_elsewhere(home.published, names)
    assert counts['"mart"."pair_similarity"'] == 6
    assert counts['"mart"."pair_evidence"'] == 48
    assert counts['"mart"."self_similarity"'] == 3
    assert counts['"audit"."no_background"'] == 3


def test_snapshot_holds_what_the_warehouse_holds(home) -> None:
    with store.writing(home) as warehouse, store.reading(home) as snapshot:
        kept = set(snapshot.read("meta.relation")["relation"])
        assert kept == {relation.full_name for relation in sqlfiles.published()}
        for relation in sqlfiles.relations():
            if relation.full_name in kept - CATALOGUE:
                rows = [sorted(place.read(relation.quoted).rows(), key=repr) for place in (warehouse, snapshot)]
                assert rows[0] == rows[1], relation.full_name


def test_rows_that_are_stored_at_publishing_are_a_view_of_the_warehouse_and_so_never_behind(home) -> None:
    kinds = "select view_name as name, 'view' as kind from duckdb_views() union all select table_name, 'table' from duckdb_tables()"
    with store.writing(home) as warehouse, store.reading(home) as snapshot:
        here, there = (dict(place.ask(kinds).rows()) for place in (warehouse, snapshot))
    assert (here["probe_label"], there["probe_label"]) == ("view", "table")
    assert (here["labelled_probe"], there["labelled_probe"]) == ("view", "view")


def test_every_relation_says_what_its_rows_are(home) -> None:
    with store.reading(home) as snapshot:
        told = {row["relation"]: row for row in snapshot.read("meta.relation").iter_rows(named=True)}
    for relation in sqlfiles.published():
        row = told[relation.full_name]
        assert row["comment"] == relation.comment
        assert row["comment"].startswith("one row per ")
        assert (row["grain"], row["filter_by"] or "") == (relation.grain, relation.filter_by)
        assert (row["details"] or "") == relation.details
    assert told["mart.pair_evidence"]["filter_by"] == "target, reference"
    assert told["core.probe_label"]["kind"] == "table"
    assert told["mart.verdict"]["kind"] == "view"


def test_every_column_says_what_stands_in_it(home) -> None:
    """Also seen from another database to which the file is attached, as analysts do who join it with their own."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home.published}' as measured (read_only)")
        comments = {
            (relation, column): comment
            for relation, column, comment in connection.execute(
                "select schema_name || '.' || table_name, column_name, comment from duckdb_columns()"
                " where database_name = 'measured' and not internal"
            ).fetchall()
        }
    with store.reading(home) as snapshot:
        told = snapshot.read_columns("meta.relation_column", ["relation", "column_name", "comment"])
    assert comments == {(relation, column): comment for relation, column, comment in told.iter_rows()}
    silent = [f"{relation}.{column}" for (relation, column), comment in sorted(comments.items()) if not comment]
    assert not silent, f"say in sql/columns.toml what stands in {silent}"


def test_every_meaning_is_of_a_column_and_said_once(home) -> None:
    """What a relation says again of a column that it selects, or that the dictionary says, is left out."""
    columns: dict[str, list[str]] = {}
    with store.reading(home) as snapshot:
        for relation, column in snapshot.read_columns("meta.relation_column", ["relation", "column_name"]).iter_rows():
            columns.setdefault(relation, []).append(column)
    meanings, dictionary = sqlcolumns.column_meanings(columns), sqlcolumns.column_dictionary()
    by_name = {
        name for of, named in columns.items() for name in named if meanings[of].get(name) == dictionary.get(name)
    }
    assert sorted(dictionary.keys() - by_name) == [], "every column of that name has a meaning of its own"
    for of in sqlfiles.published():
        for column, text in of.own_meanings.items():
            assert column in columns[of.full_name], f"{of.full_name} has no column {column}"
            inherited = {meanings[source].get(column) for source in of.reads} - {None}
            assert inherited != {text}, f"{of.full_name}.{column}: {text}"
            assert inherited or text != dictionary.get(column), f"{of.full_name}.{column}: {text}"


def test_no_relation_of_the_snapshot_reads_one_that_is_not_there() -> None:
    published = {relation.full_name for relation in sqlfiles.published()}
    for relation in sqlfiles.published():
        assert relation.is_copied or relation.reads <= published, relation.full_name


def test_what_is_stored_in_the_snapshot_is_formed_out_of_what_is_stored_there(home) -> None:
    """Formed in the warehouse, one that reads another such relation would form that anew, out of every pair and prompt."""
    target = home.root / "apart.duckdb"
    with store.writing(home) as warehouse:
        warehouse._connection.execute(
            "create or replace view mart.target_summary as select error('formed here') as target"
        )
        warehouse.publish(target)
    with duckdb.connect(str(target), read_only=True) as snapshot:
        kinds = snapshot.execute(
            "select table_name from duckdb_tables() where schema_name = 'mart' order by table_name"
        ).fetchall()
    assert ("target_summary",) in kinds
    assert ("target_summary",) in kinds


def test_views_use_no_function_that_older_readers_of_a_snapshot_lack() -> None:
    new = re.compile(r"\bif\(")
    assert not [
        relation.full_name for relation in sqlfiles.published() if not relation.stored and new.search(relation.text)
    ]


@pytest.mark.fault
def test_what_an_interrupted_publish_left_is_no_hindrance(home) -> None:
    home.published.with_suffix(".new.duckdb").write_bytes(b"half a file")
    with store.writing(home) as warehouse:
        warehouse.publish(home.published)
    assert _counts_elsewhere(home.published, ["core.reply"]) == {"core.reply": 12}


@pytest.mark.fault
def test_a_publish_that_fails_leaves_the_old_snapshot(home, monkeypatch) -> None:
    before = home.published.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with store.writing(home) as warehouse:
        small_home.fill(warehouse, [("alpha", "p3", 0, "one more")], {})
        monkeypatch.setattr(empty_snapshots, "copy_to", fail)
        with pytest.raises(OSError, match="full"):
            warehouse.publish(home.published)
    assert home.published.read_bytes() == before


def test_a_kept_empty_snapshot_is_used_and_a_broken_one_replaced(home, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(empty_snapshots, "cache_dir", lambda: tmp_path / "cache")
    kept, stale = (tmp_path / f"cache/snapshot-{of[:16]}.duckdb" for of in (sqlfiles.digest(), "0123"))
    kept.parent.mkdir()
    stale.touch()
    kept.write_bytes(b"no database")

    def published() -> tuple[list[dict], list[dict]]:
        home.published.unlink(missing_ok=True)
        with store.writing(home) as warehouse:
            warehouse.publish(home.published)
        with store.reading(home) as snapshot:
            catalogue = snapshot.read("meta.relation_column").sort("relation", "position").to_dicts()
            return catalogue, snapshot.read("core.reply").sort("reply_id").to_dicts()

    first = published()
    assert list(kept.parent.iterdir()) == [kept]
    assert kept.read_bytes()[8:12] == b"DUCK"
    written = kept.stat().st_mtime_ns
    assert published() == first
    assert kept.stat().st_mtime_ns == written
