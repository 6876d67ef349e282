"""A home that version 0.1.0 left, under this program: nothing is asked again, and it is scored anew with the same figures."""

import subprocess
from pathlib import Path

import duckdb
import pytest

from flows.cli import main
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.schema_version import SCHEMA_VERSION
from tests.support import old_home
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

STUB = "http://127.0.0.1:47810/v1"
MODELS = ["independent-alpha", "copies-alpha-at-60", "leaks-OpenAI-at-60"]

SAME_FORMULAS = {
    "raw.identity_score": "score.identity_score",
    "raw.identity_difference": "score.identity_difference",
    "raw.judge_agreement": "score.judge_agreement",
    "raw.similarity_grade": "score.rse_grade",
    "raw.position_bias": "score.position_bias",
}
"""Tables of scores whose formulas have not changed since 0.1.0, and the tables that have them now."""

RENAMED = {
    "raw.similarity_grade": {"n_cut": "n_truncated", "reason": "missing_reason"},
    "raw.position_bias": {"differing_share": "inconsistency_rate", "reason": "missing_reason"},
    "raw.judge_agreement": {"reason": "missing_reason"},
}
"""By table of 0.1.0: its columns that have another name now."""

LEFT_OUT = {"computed_at", "judge_rank"}
"""Columns that tell another time, or what is told by the order of judges that was registered."""

WORDS = {"text_likeness": "text_similarity"}
"""Names that stand in rows, and what they are now."""


@pytest.fixture(scope="module")
def upgraded(served, tmp_path_factory) -> tuple[Workbench, subprocess.CompletedProcess[str]]:
    bench = Workbench(tmp_path_factory.mktemp("upgraded"))
    old_home.write(Home(bench.home))
    done = bench.run("score", "--embed-prompts", "2", "--embed-probes", "4")
    assert done.returncode == 0, done.stderr
    return bench, done


@pytest.fixture
def old(bench) -> Home:
    return old_home.write(Home(bench.home))


def _kept(bench: Workbench) -> Path:
    return bench.home / "warehouse.version-1.duckdb"


def _rows(path: Path, table: str, columns: list[str]) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(f"select {', '.join(columns)} from {table}").fetchall()
    rounded = [tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for row in found]
    return sorted(rounded, key=repr)


@pytest.mark.flow
def test_what_happened_is_told_once(upgraded) -> None:
    bench, done = upgraded
    assert done.stderr.count(f"The warehouse was brought from schema version 1 to {SCHEMA_VERSION}, with its ") == 1
    assert f"it is kept as {_kept(bench)}, until you remove that." in done.stderr
    again = bench.run("score", "--embed-prompts", "2", "--embed-probes", "4")
    assert again.returncode == 0, again.stderr
    assert "was brought" not in again.stderr
    assert "Nothing has changed since the last scoring" in again.stdout


@pytest.mark.flow
@pytest.mark.parametrize("table", SAME_FORMULAS)
def test_scores_of_the_same_formula_are_what_0_1_0_computed(upgraded, table) -> None:
    bench, _ = upgraded
    with duckdb.connect(str(_kept(bench)), read_only=True) as connection:
        columns = [name for name, *_ in connection.execute(f"describe {table}").fetchall() if name not in LEFT_OUT]
    now = [RENAMED.get(table, {}).get(column, column) for column in columns]
    before = _rows(_kept(bench), table, columns)
    assert before
    before = sorted((tuple(WORDS.get(cell, cell) for cell in row) for row in before), key=repr)
    assert _rows(bench.home / "warehouse.duckdb", SAME_FORMULAS[table], now) == before


@pytest.mark.flow
def test_what_can_not_be_formed_again_stays(upgraded) -> None:
    bench, _ = upgraded
    with duckdb.connect(str(_kept(bench)), read_only=True) as connection:
        weights = connection.execute("select part, weight from raw.index_weight order by part").fetchall()
        pruned = connection.execute(
            "select target, measure, change, p from raw.drift where round = 'R2' order by target, measure"
        ).fetchall()
    assert weights == [("identity", 2.0), ("lineage", 3.0), ("similarity", 1.0)]
    now = [tuple(row.values()) for row in bench.query("from score.index_weight select part, weight order by weight")]
    assert now == [("rse", 1.0), ("identity", 2.0), ("lineage", 3.0)]
    found = bench.query(
        "select target, measure, change, p from score.drift where round = 'R2' order by target, measure"
    )
    assert pruned
    words = {"opening_d": "prefix_overlap_d", "own_opening": "own_prefix_overlap"}
    renamed = [(target, words.get(measure, measure), *rest) for target, measure, *rest in pruned]
    assert sorted(tuple(row.values()) for row in found) == sorted(renamed)
    with duckdb.connect(str(_kept(bench)), read_only=True) as connection:
        n_vectors = connection.execute("select count(*) from raw.embedding").fetchall()
    assert bench.query("select count(*) as n from score.embedding") == [{"n": n} for (n,) in n_vectors]
    assert bench.query("select count(*) > 0 as is_there from score.neighbour") == [{"is_there": True}]
    # The round that they were compared with is gone.
    assert bench.query("select * from raw.request where round = 'R1' and model = 'independent-alpha'") == []


@pytest.mark.flow
def test_results_are_shown(upgraded) -> None:
    bench, done = upgraded
    assert all(model in done.stdout for model in MODELS)
    assert bench.query("select count(distinct model) as n from core.reply") == [{"n": 14}]
    shown = bench.run("show", "leaderboard")
    assert shown.returncode == 0, shown.stderr
    assert all(model in shown.stdout for model in MODELS)
    asked = bench.run("query", "select version from meta.schema_version", "--format", "csv")
    assert asked.stdout == f"version\n{SCHEMA_VERSION}\n"
    [named] = bench.query(
        "select count(*) as n from mart.verdict where target = 'copies-amber-at-70' and is_hypothesis"
    )
    assert named["n"] == 1


@pytest.mark.fault
def test_snapshot_of_0_1_0_is_refused_in_words(old, refused) -> None:
    for verb in (["query", "select 1"], ["show", "leaderboard"], ["report"], ["export", str(old.root / "out")]):
        said = refused(*verb)
        assert f"the snapshot is of schema version 1, and this program reads version {SCHEMA_VERSION}." in said
        assert "Compute it again with `distillometer score`." in said


@pytest.mark.fault
def test_newer_warehouse_is_refused_in_words(bench, refused) -> None:
    with store.writing(Home(bench.home)) as warehouse:
        warehouse.execute(f"insert into meta.schema_version values ({SCHEMA_VERSION + 1}, '9.1.0', now())")
    for verb in (["score"], ["evaluate", "test"]):
        said = refused(*verb)
        assert (
            f"the warehouse is of schema version {SCHEMA_VERSION + 1}, and this program knows no version after" in said
        )
        assert "Use distillometer 9.1.0, which wrote it, or a newer one; nothing was changed." in said


@pytest.fixture
def asked_before(old, bench) -> Workbench:
    """The old home with the cards and the prompts of the plan that filled it; nobody listens at the endpoint."""
    for model in MODELS:
        bench.card(model, STUB)
    bench.plan(MODELS, limit=9, samples=2)
    return bench


def test_plan_sees_what_0_1_0_has_asked(asked_before, capsys) -> None:
    """Before the first scoring nothing of this version is published: what is known is read in the warehouse itself."""
    bench = asked_before
    with pytest.raises(SystemExit) as left:
        main.main(["plan", "test", "--round", "R3", "--home", str(bench.home)])
    assert left.value.code == 0
    said = capsys.readouterr()
    assert f"Calls: {2 * 9 * len(MODELS)}; answered: {2 * 9 * len(MODELS)}; to be made: 0" in said.out
    assert "was brought from schema version 1" in said.err


@pytest.mark.flow
def test_round_that_0_1_0_has_asked_is_evaluated_without_a_call(served, asked_before) -> None:
    """Also identity is scored, of which this plan knows nothing: its scores were not carried over."""
    bench = asked_before
    done = bench.run("evaluate", "test", "--round", "R3")
    assert done.returncode == 0, done.stderr
    assert "was brought from schema version 1" in done.stderr
    scored = "select distinct mode from mart.identity_score order by mode"
    assert [row["mode"] for row in bench.query(scored)] == ["bank", "published", "search"]
    assert bench.query(
        "select count(*) as n from raw.reply where replied_at > (select since from meta.schema_version)"
    ) == [{"n": 0}]
