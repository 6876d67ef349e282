"""Homes, databases, lineages and queries that can't be: one message, exit code 2 or 3, and not a byte is changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse import store
from tests.support import small_home
from tests.support.workbench import Workbench

LINEAGE = "model,vendor,group,family,role\nalpha,a,a,a,independent\n"
VERBS = [["evaluate", "test"], ["plan", "test"], ["score"], ["report"], ["query", "select 1"]]


@pytest.fixture
def filled(small, bench) -> Home:
    """A home of this test's own, with replies and a snapshot."""
    return Home(Path(shutil.copytree(small.root, bench.home)))


@pytest.fixture
def replies(bench) -> str:
    path = bench.root / "r.csv"
    path.write_text("model,prompt,reply\nm,Q?,R\n")
    return str(path)


def test_home_that_is_a_file(bench, refused, replies) -> None:
    bench.home.write_text("")
    for verb in (*VERBS, ["ingest", replies]):
        assert f"{bench.home}: the home is no folder. Give another --home." in refused(*verb)
        assert f"{bench.home}: the home is no folder" in refused(*verb, home=bench.home / "below")


def test_home_that_no_folder_can_be_made_in(refused, replies) -> None:
    for verb in (["evaluate", "test"], ["ingest", replies]):
        answer = refused(*verb, code=3, home=Path("/proc/nowhere"))
        assert "/proc/nowhere/prefect: it can't be written: " in answer
        assert "Use another --home" in answer


AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
"""Runs a command of root's without root's right to write anywhere."""
LITTLE_ROOM = ["prlimit", "--fsize=4096"]
"""Runs a command for which no file can be longer, as on a full disk."""


def _run_under(rule: list[str], bench: Workbench, verb: str) -> str:
    """Run a verb in a process of its own under a rule of the system; it has to fail, and to change no file."""
    if shutil.which(rule[0]) is None:
        pytest.skip(f"there is no {rule[0]} here")
    before = {path: path.stat().st_mtime_ns for path in bench.home.glob("*.duckdb")}
    environment = {name: value for name, value in bench.environment.items() if name != "PREFECT_API_URL"}
    done = subprocess.run([*rule, *bench.command(verb)], env=environment, cwd=PROJECT, capture_output=True, text=True)
    assert {path: path.stat().st_mtime_ns for path in bench.home.glob("*.duckdb")} == before
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("score", "the home can't be written: Permission denied. Use another --home."),
        (
            "report",
            "home: it can't be written: Permission denied. Give yourself the right to write there",
        ),
    ],
)
def test_home_that_can_only_be_read(filled, bench, verb, said) -> None:
    """Where Prefect may write, as its folder was made elsewhere, the home itself says no."""
    (filled.root / "prefect").mkdir()
    writable = [filled.root / "prefect"] if verb == "report" else []
    for path in (*filled.root.rglob("*"), filled.root):
        if path not in writable:
            path.chmod(path.stat().st_mode & ~0o222)
    assert said in _run_under(AS_ANYBODY if os.geteuid() == 0 else ["env"], bench, verb)


@pytest.mark.slow
@pytest.mark.parametrize(("verb", "name"), [("score", "prefect/room"), ("report", "reports/latest.html")])
def test_home_on_a_full_disk(filled, bench, verb, name) -> None:
    said = f"{name}: it can't be written: the disk, or this user's share of it, is full. Make room and run the same"
    assert said in _run_under(LITTLE_ROOM, bench, verb)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_home_without_permission(bench, refused, replies) -> None:
    bench.home.mkdir(mode=0o500)
    for verb in (["evaluate", "test"], ["ingest", replies]):
        assert "it can't be written: Permission denied" in refused(*verb, code=3)


def test_warehouse_that_is_no_database(bench, refused, replies) -> None:
    bench.home.mkdir()
    (bench.home / "warehouse.duckdb").write_text("no database\n" * 1000)
    for verb in (["evaluate", "test"], ["ingest", replies], ["score"]):
        answer = refused(*verb, code=3)
        assert "warehouse.duckdb: the database is damaged: " in answer
        assert "else move it away with the .wal beside it" in answer


def test_snapshot_that_is_no_database(bench, refused) -> None:
    bench.home.mkdir()
    (bench.home / "published.duckdb").write_text("no database\n" * 1000)
    for verb in (["evaluate", "test"], ["plan", "test"], ["report"], ["query", "select 1"]):
        answer = refused(*verb, code=3)
        assert "published.duckdb: the snapshot is damaged: " in answer
        assert "`distillometer score` or `evaluate` publishes it anew" in answer


def test_warehouse_held_by_another_run(filled, refused, replies) -> None:
    with store.writing(filled):
        for verb in (["evaluate", "test"], ["ingest", replies], ["score"]):
            answer = refused(*verb, code=3)
            assert "warehouse.duckdb: the warehouse is being written by process " in answer
            assert "Wait for it to end" in answer


def test_warehouse_held_by_another_program(filled, refused, replies) -> None:
    """A DuckDB shell takes no lock file; what it holds is said before anything starts."""
    hold = f"import duckdb; held = duckdb.connect({str(filled.warehouse)!r}); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "held\n"
        for verb in (["evaluate", "test"], ["ingest", replies], ["score"]):
            answer = refused(*verb, code=3)
            assert "warehouse.duckdb: the database is held by another program. Close it" in answer
        program.communicate("\n")


def test_held_as_users_see_it(bench, filled) -> None:
    with store.writing(filled):
        done = bench.run("evaluate", "test")
    assert done.returncode == 3
    assert "is being written by process" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (filled.root / "prefect").exists()


def test_nothing_to_score(bench, refused) -> None:
    assert "there is no warehouse here yet. Run `distillometer evaluate`" in refused("score")
    with store.writing(Home(bench.home)):
        pass
    assert "warehouse.duckdb: the warehouse has no replies. Run" in refused("score")


def test_reference_without_replies(filled, bench, refused) -> None:
    answer = refused("score", "--references", "alpha, alhpa")
    assert "--references: no replies of alhpa. Models with replies: alpha, beta, gamma." in answer
    path = bench.root / "lineage.csv"
    path.write_text(LINEAGE)
    assert "no replies of nobody" in refused("score", "--references", "nobody", "--lineage", str(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "lineage.csv: there is no such file"),
        ("", "lineage.csv: the file is empty"),
        (LINEAGE.splitlines()[0], "lineage.csv: the file has no rows"),
        ("model,vendor\nalpha,a\n", "lineage.csv:1: missing columns: group, family, role; found: model, vendor"),
        (LINEAGE + "beta,b,b,b,teacher\n", "lineage.csv:3: column 'role' is 'teacher'. Known: independent, undoc"),
        (LINEAGE + "\nalpha,a,a,a,student\n", "lineage.csv:4: model 'alpha' comes twice"),
        (LINEAGE + ",b,b,b,student\n", "lineage.csv:3: column 'model' is empty"),
        (LINEAGE + "beta,b\n", "lineage.csv:3: the row has 2 cells, the header has 5"),
        (LINEAGE.replace("alpha", "other"), "lineage.csv: none of its 1 models is in the warehouse. Here are, for exa"),
    ],
)
def test_lineage(filled, bench, refused, text, said) -> None:
    path = bench.root / "lineage.csv"
    if text is not None:
        path.write_text(text)
    assert said in refused("score", "--lineage", str(path))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", "DuckDB refuses the query: Parser Error"),
        ("select nothing from mart.pair_similarity", "DuckDB refuses the query: Binder Error"),
        ("select * from mart.likenes", "Did you mean"),
        ("select cast('x' as integer)", "DuckDB refuses the query: Conversion Error"),
        ("", "the query is not one SELECT but nothing"),
        ("select interval 3 day", "a column's type can't be shown. Cast it to varchar."),
        ("drop table raw.reply", "published.duckdb: the query is not one SELECT but DROP. The snapshot is only read"),
        ("select 1; drop table raw.reply", "the query is not one SELECT but SELECT, DROP"),
        ("insert into raw.reply select * from raw.reply", "not one SELECT but INSERT"),
        ("update raw.reply set reply_text = ''", "not one SELECT but UPDATE"),
        ("delete from raw.reply", "not one SELECT but DELETE"),
        ("copy raw.reply to 'reply.csv'", "not one SELECT but COPY"),
        ("attach 'other.duckdb'", "not one SELECT but ATTACH"),
        ("create temp table mine as select 1", "not one SELECT but CREATE"),
        ("with new as (delete from raw.reply returning *) select * from new", "DuckDB refuses the query"),
        ("explain analyze delete from raw.reply", "not one SELECT but DELETE"),
    ],
)
def test_query(filled, refused, monkeypatch, sql, said) -> None:
    monkeypatch.chdir(filled.root)
    assert said in refused("query", sql)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give either SQL or --example. Examples: "),
        (["select 1", "--example", "identical_replies"], "give either SQL or --example"),
        (["--example", "identical"], "there is no example 'identical'. Near to it: identical_replies"),
        (["select 1", "--format", "xlsx"], "--format: it is 'xlsx'. Known: table, csv, json, parquet."),
        (["select 1", "-o", "missing/x.csv"], "--output: no file can be written at missing/x.csv"),
        (["select 1", "-o", "."], "--output: no file can be written at ."),
    ],
)
def test_query_options(filled, refused, arguments, said) -> None:
    assert said in refused("query", *arguments)


def test_queries_that_only_read(filled) -> None:
    with store.reading(filled) as snapshot:
        assert snapshot.ask("from raw.reply").height == 6
        assert snapshot.ask("-- why\nwith x as (select 1 as a) select * from x;")["a"].to_list() == [1]
        assert snapshot.ask("pivot (select model from raw.model) on model using count(*)").columns == sorted(
            small_home.MODELS
        )
        for text in ("describe raw.reply", "summarize raw.model", "explain select 1", "show all tables"):
            assert snapshot.ask(text).height


def test_nothing_is_published(refused) -> None:
    for verb in (["report"], ["query", "select 1"]):
        answer = refused(*verb)
        assert "nothing is published here yet. Run `distillometer evaluate`" in answer
