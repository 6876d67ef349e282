"""A warehouse of an older version comes to the present one with all of its facts, or stays as it was."""

import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse import duckdb_files, migrations, schema_version, sqlfiles, store
from tasks.adapters.warehouse.judge_order import PREFERRED, register_judges
from tasks.adapters.warehouse.notebook import open_snapshot
from tasks.adapters.warehouse.schema_version import SCHEMA_VERSION
from tasks.domain.errors import InputError, WarehouseHeld, WorldError
from tests.support import old_home, small_home

pytestmark = pytest.mark.slow

CARRIED = {
    **{
        f"raw.{name}": f"raw.{name}"
        for name in ("run", "run_model", "model", "lineage", "prompt", "template", "request")
    },
    **{f"raw.{name}": f"raw.{name}" for name in ("reply", "attribute_claim", "search", "search_step")},
    **{f"raw.{name}": f"score.{name}" for name in ("drift", "index_weight", "embedding")},
    "raw.question": "raw.hypothesis",
    "raw.trial": "raw.probe",
    "raw.verdict": "raw.judge_label",
    "raw.judging": "raw.judge_call",
    "raw.helper_call": "raw.attacker_call",
    "raw.chosen_pair": "raw.sampled_pair",
    "raw.pair_judging": "raw.pair_judge_call",
    "raw.pair_verdict": "raw.pair_label",
}
"""Tables of version 1 whose rows are facts, or can't be formed again, and the tables that have them now."""

RENAMED = {
    "raw.question": {"asked_at": "stated_at"},
    "raw.request": {"wanted_at": "requested_at"},
    "raw.verdict": {"verdict_id": "label_id"},
    "raw.attribute_claim": {"verdict_id": "label_id"},
    "raw.search_step": {"n_helper_calls": "n_attacker_calls"},
    "raw.chosen_pair": {"chosen_at": "sampled_at"},
    "raw.pair_judging": {"n_cut_characters": "n_truncated_chars"},
    "raw.pair_verdict": {"verdict_id": "label_id", "n_cut_characters": "n_truncated_chars"},
}
"""By table of version 1: its columns that have another name now."""

REWORDED = {
    "raw.verdict": {"missing_reason": {"off_menu": "invalid_choice"}},
    "raw.chosen_pair": {"judge": {"text_likeness": "text_similarity"}},
    "raw.pair_verdict": {
        "missing_reason": {"off_menu": "invalid_choice"},
        "judge": {"text_likeness": "text_similarity"},
    },
    "raw.drift": {"measure": {"opening_d": "prefix_overlap_d", "own_opening": "own_prefix_overlap"}},
    "raw.index_weight": {"part": {"similarity": "rse"}},
}
"""By table and column of version 1: names that stand in it, and what they are now."""

ADDED = {"raw.lineage": {"base", "released"}, "raw.request": {"purpose"}, "raw.reply": {"cost_usd", "cost_source"}}
"""By table of version 1: columns of today's that version 1 has not."""

LEFT_OUT = {"raw.attribute_claim": "verdict_id not in (select verdict_id from old.raw.verdict)"}
"""By table of version 1: rows that it should not have had."""

FIRST = {
    "raw.run": "partition by run_id, event order by happened_at",
    "raw.prompt": "partition by prompt_set, prompt_id order by registered_at, prompt_key",
}
"""By table of version 1: of rows that say the same again, which one is kept."""

FORMED_ANEW = {
    f"raw.{name}"
    for name in (
        *("cosine", "embedding_likeness", "homogeneity", "identity_difference", "identity_score", "judge_agreement"),
        *("lineage_verdict", "model_contribution", "neighbour", "position_bias", "reference", "similarity_grade"),
        *("tree_node", "trial_sample"),
    )
}
"""Tables of version 1 that the next scoring forms."""

KEPT = "warehouse.version-1.duckdb"


@pytest.fixture
def home(tmp_path) -> Home:
    return old_home.write(Home(tmp_path / "home"))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Home:
    """A home whose warehouse was migrated; nobody writes to it."""
    place = old_home.write(Home(tmp_path_factory.mktemp("migrated")))
    with store.writing(place):
        pass
    return place


def _files(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(home.root.iterdir()) if path.suffix != ".lock"}


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> set[str]:
    found = "select schema_name || '.' || table_name from duckdb_tables() where database_name = ?"
    return {name for (name,) in connection.execute(found, [database]).fetchall()}


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [name for name, *_ in connection.execute(f"describe {table}").fetchall()]


@contextmanager
def _both(old: Path, new: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, path in (("old", old), ("new", new)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        yield connection


def _reworded(column: str, words: dict[str, str]) -> str:
    cases = "".join(f" when '{old}' then '{new}'" for old, new in words.items())
    return f"case {column}{cases} else {column} end" if words else column


def _assert_equal_facts(old: Path, new: Path) -> None:
    """Compare all carried tables row by row."""
    with _both(old, new) as connection:
        for before, after in CARRIED.items():
            columns = _columns(connection, f"old.{before}")
            now = [RENAMED.get(before, {}).get(column, column) for column in columns]
            assert set(_columns(connection, f"new.{after}")) - set(now) == ADDED.get(before, set()), before
            wrong = f" where not ({LEFT_OUT[before]})" if before in LEFT_OUT else ""
            wrong += f" qualify row_number() over ({FIRST[before]}) = 1" if before in FIRST else ""
            said = [_reworded(column, REWORDED.get(before, {}).get(column, {})) for column in columns]
            rows = f"select {', '.join(said)} from old.{before}{wrong}", f"select {', '.join(now)} from new.{after}"
            for left, right in (rows, rows[::-1]):
                assert connection.execute(f"{left} except all {right} limit 3").fetchall() == [], before


def test_facts_are_equal_before_and_after(migrated) -> None:
    with _both(migrated.root / KEPT, migrated.warehouse) as connection:
        assert {name for name in _tables(connection, "old") if name.startswith("raw.")} == CARRIED.keys() | FORMED_ANEW
        for before in CARRIED:
            [[n]] = connection.execute(f"select count(*) from old.{before}").fetchall()
            assert n, f"the old warehouse has no row of {before}, so that nothing is tested"
    _assert_equal_facts(migrated.root / KEPT, migrated.warehouse)


def _deciding(path: Path) -> list[tuple[str, str, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return sorted(connection.execute("select target, mode, judge from core.deciding_judge").fetchall())


def test_the_same_judges_count_before_and_after(migrated) -> None:
    before = _deciding(migrated.root / KEPT)
    assert len(before) > 5
    assert _deciding(migrated.warehouse) == before


def test_order_of_judges_is_what_the_ranks_of_the_scores_told(home) -> None:
    _alter(
        home,
        "update raw.identity_score set judge_rank = judge_rank - judge_rank % 100"
        " + case judge when 'llm_claim' then 0 when 'published' then 1 else 2 end",
    )
    before = _deciding(home.warehouse)
    with store.writing(home) as warehouse:
        order = warehouse.read("raw.judge_priority").sort("priority")
        counts = sorted(warehouse.read_columns("core.deciding_judge", ["target", "mode", "judge"]).rows())
    assert order["judge"].to_list() == ["llm_claim", "published", "text_claim"]
    assert {judge for _, _, judge in before} == {"llm_claim"}
    assert counts == before


def test_order_of_judges_is_the_usual_one_where_nothing_was_scored(home) -> None:
    _alter(home, "delete from raw.identity_score")
    with store.writing(home) as warehouse:
        order = warehouse.read("raw.judge_priority").sort("priority")
        register_judges(warehouse, (), order["registered_at"][0] + timedelta(days=1))
        assert warehouse.count("raw.judge_priority") == order.height == len(PREFERRED)
    assert order["judge"].to_list() == list(PREFERRED)


def test_claims_of_pruned_readings_are_left_out(migrated) -> None:
    """Version 0.1.0 left them behind, and then its own check let nothing be published any more."""
    with _both(migrated.root / KEPT, migrated.warehouse) as connection:
        for table, wrong in LEFT_OUT.items():
            [[n_old, n_wrong]] = connection.execute(
                f"select count(*), count(*) filter (where {wrong}) from old.{table}"
            ).fetchall()
            [[n_new]] = connection.execute(f"select count(*) from new.{table}").fetchall()
            assert n_old > n_new == n_old - n_wrong > 0


def test_rows_keep_their_order(migrated) -> None:
    with _both(migrated.root / KEPT, migrated.warehouse) as connection:
        ids = [connection.execute(f"select reply_id from {name}.raw.reply").fetchall() for name in ("old", "new")]
    assert ids[0] == ids[1]


def test_old_file_is_kept_as_it_was_and_the_version_is_said(home, capsys) -> None:
    before = home.warehouse.read_bytes()
    with store.writing(home) as warehouse:
        rows = warehouse.read("meta.schema_version")
        n_replies = warehouse.count("raw.reply")
    assert rows["version"].to_list() == [SCHEMA_VERSION]
    assert (home.root / KEPT).read_bytes() == before
    assert sorted(_files(home)) == ["published.duckdb", "warehouse.duckdb", KEPT]
    said = capsys.readouterr().err
    assert said.splitlines() == [
        f"The warehouse was brought from schema version 1 to {SCHEMA_VERSION}, with its {n_replies} replies; as it was it"
        f" is kept as {home.root / KEPT}, until you remove that.",
        "Scores are formed anew by the next `distillometer score` or `evaluate`.",
    ]


def test_second_opening_migrates_nothing(home, capsys) -> None:
    for n, open_home in enumerate((store.inspecting, store.writing, store.inspecting)):
        with open_home(home) as warehouse:
            assert warehouse.count("core.model")
        assert bool(capsys.readouterr().err) == (n == 0)
    assert len(list(home.root.glob("warehouse.version-*"))) == 1


def test_looking_migrates_under_the_lock(home) -> None:
    with duckdb_files.warehouse_lock(home), pytest.raises(WarehouseHeld), store.inspecting(home):
        pass
    assert not (home.root / KEPT).exists()
    with store.inspecting(home) as warehouse:
        assert warehouse.count("core.reply")
    assert (home.root / KEPT).exists()


def test_new_warehouse_and_its_snapshot_have_the_present_version(tmp_path) -> None:
    home = Home(tmp_path)
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, [("alpha", "p", n, f"text {n}") for n in (0, 1)], {"alpha": "a"})
        warehouse.publish(home.published)
    for open_home in (store.reading, store.writing):
        with open_home(home) as opened:
            assert opened.read("meta.schema_version")["version"].to_list() == [SCHEMA_VERSION]
    assert not list(home.root.glob("warehouse.version-*"))


@pytest.fixture
def newer(tmp_path) -> Home:
    """A home that a later version wrote."""
    home = Home(tmp_path / "newer")
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, [("alpha", "p", n, f"text {n}") for n in (0, 1)], {"alpha": "a"})
        warehouse.execute(f"insert into meta.schema_version values ({SCHEMA_VERSION + 7}, '9.1.0', now())")
        warehouse.publish(home.published)
    return home


@pytest.mark.fault
def test_newer_warehouse_is_refused_and_nothing_written(newer) -> None:
    before = _files(newer)
    for open_home in (store.inspecting, store.writing):
        with pytest.raises(InputError) as refused, open_home(newer):
            pass
        assert str(refused.value) == (
            f"{newer.warehouse}: the warehouse is of schema version {SCHEMA_VERSION + 7}, and this program knows no version"
            f" after {SCHEMA_VERSION}. Use distillometer 9.1.0, which wrote it, or a newer one; nothing was changed."
        )
        assert _files(newer) == before


@pytest.mark.fault
def test_snapshot_of_another_version_says_what_to_do(home, newer, tmp_path) -> None:
    old = f"{home.published}: the snapshot is of schema version 1, and this program reads version {SCHEMA_VERSION}. Compute it"
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).close()
    for open_it, message in (
        (lambda: store.reading(home), f"{old} again with `distillometer score`."),
        (lambda: open_snapshot(home.root), f"{old} again with `distillometer score`."),
        (lambda: open_snapshot(home.published), f"{old} again with `distillometer score`."),
        (lambda: store.reading(newer), f"the snapshot is of schema version {SCHEMA_VERSION + 7}, and"),
        (lambda: open_snapshot(other), "it is no snapshot of distillometer."),
    ):
        with pytest.raises(InputError) as refused, open_it():
            pass
        assert message in str(refused.value)


STOPPED = """
import sys
from tasks.adapters.warehouse import migrations, store
from tasks.adapters.settings import Home

def stop(*_, **__):
    print("there", flush=True)
    sys.stdin.read()

place, name = {
    "filling": (migrations.schema_version, "write_version"),
    "filled": (migrations, "_keep"),
    "kept": (migrations.os, "replace"),
}[sys.argv[1]]
setattr(place, name, stop)
with store.writing(Home(store.settings.Path(sys.argv[2]))):
    pass
"""


@pytest.mark.fault
@pytest.mark.parametrize("moment", ["filling", "filled", "kept"])
def test_killed_migration_leaves_the_old_warehouse_and_the_next_one_succeeds(home, moment) -> None:
    before = home.warehouse.read_bytes()
    command = [sys.executable, "-c", STOPPED, moment, str(home.root)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "there\n"
        with pytest.raises(WarehouseHeld, match=f"written by process {run.pid}"), store.writing(home):
            pass
        run.kill()
    assert home.warehouse.read_bytes() == before
    assert (home.root / f"warehouse.to-{SCHEMA_VERSION}.duckdb").exists()
    with store.writing(home):
        pass
    assert sorted(_files(home)) == ["published.duckdb", "warehouse.duckdb", KEPT]
    assert (home.root / KEPT).read_bytes() == before
    _assert_equal_facts(home.root / KEPT, home.warehouse)


def _fail(home: Home, named: str) -> None:
    """Have the migration fail, and see that it says so and leaves all as it was."""
    before = _files(home)
    with pytest.raises(WorldError) as failed, store.writing(home):
        pass
    assert f"{home.warehouse}: the warehouse can't be brought from schema version 1 to {SCHEMA_VERSION}: " in str(
        failed.value
    )
    assert named in str(failed.value)
    assert "It is as it was." in str(failed.value)
    assert _files(home) == before


@pytest.mark.fault
@pytest.mark.skipif(
    signal.getsignal(signal.SIGXFSZ) is not signal.SIG_IGN, reason="a file that grows too large ends this process"
)
@pytest.mark.parametrize("n_bytes", [5_000, 400_000])
def test_disk_that_is_full_loses_nothing(home, n_bytes) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, limits[1]))
    try:
        _fail(home, "File too large")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with store.writing(home) as warehouse:
        assert warehouse.count("raw.reply")


@pytest.mark.fault
def test_old_warehouse_that_can_not_be_read_is_left_alone(home) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("drop table raw.reply cascade")
    _fail(home, "Table with name reply does not exist")


@pytest.mark.fault
def test_file_system_without_second_names_gets_a_copy(home, monkeypatch) -> None:
    before = home.warehouse.read_bytes()

    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(migrations.os, "link", refuse)
    with store.writing(home):
        pass
    assert (home.root / KEPT).read_bytes() == before
    assert sorted(_files(home)) == ["published.duckdb", "warehouse.duckdb", KEPT]


@pytest.mark.fault
def test_backup_of_an_earlier_migration_is_not_overwritten(home) -> None:
    earlier = b"what somebody kept"
    (home.root / KEPT).write_bytes(earlier)
    before = home.warehouse.read_bytes()
    with store.writing(home):
        pass
    assert (home.root / KEPT).read_bytes() == earlier
    assert (home.root / "warehouse.version-1-2.duckdb").read_bytes() == before


@pytest.mark.fault
def test_what_a_killed_run_left_beside_the_old_warehouse_is_carried_and_kept(home, tmp_path) -> None:
    left = Home(tmp_path / "left")
    left.root.mkdir()
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("insert into raw.run_model values ('run', 'in the log alone')")
        log = home.warehouse.with_name("warehouse.duckdb.wal")
        shutil.copy(log, left.root)
        shutil.copy(home.warehouse, left.root)
    with store.writing(left) as warehouse:
        assert warehouse.read("raw.run_model", model="in the log alone").height == 1
    with duckdb.connect(str(left.root / KEPT), read_only=True) as connection:
        found = connection.execute("select run_id from raw.run_model where model = 'in the log alone'").fetchall()
    assert found == [("run",)]
    assert not list(left.root.glob("*.wal"))


def _alter(home: Home, *statements: str) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_other_warehouses_of_version_1_lack_or_have(home) -> None:
    """Before 0.1.0 was complete some columns were not there; after it, before versions were told, more were."""
    _alter(
        home,
        "alter table raw.trial drop column template_set",
        "alter table raw.search_step drop column n_judge_calls",
        "alter table raw.lineage add column released varchar",
        "alter table raw.lineage add column base varchar",
        "update raw.lineage set released = '2026-01', base = 'a base'",
        "create table raw.text_shape (text_id varchar, n_words bigint, opening varchar[])",
    )
    with store.writing(home) as warehouse:
        assert warehouse.read("raw.probe")["template_set"].unique().to_list() == [None]
        assert warehouse.read("raw.search_step")["n_judge_calls"].unique().to_list() == [0]
        assert warehouse.read("raw.lineage").select("base", "released").unique().rows() == [("a base", "2026-01")]
        assert warehouse.count("score.text_shape") == 0


def test_steps_follow_each_other_by_way_of_the_layouts_between(home, monkeypatch, tmp_path) -> None:
    """As it will be with the next version: tables of version 2 are declared as they were, whatever they are then."""
    folder = shutil.copytree(migrations.FOLDER, tmp_path / "migration")
    layout = (folder / f"layout_{SCHEMA_VERSION}.sql").read_text()
    (folder / f"layout_{SCHEMA_VERSION + 1}.sql").write_text(layout)
    with duckdb.connect() as connection:
        for schema in sqlfiles.SCHEMAS:
            connection.execute(f'create schema "{schema}"')
        connection.execute(layout)
        tables = sorted(_tables(connection, "memory"))
    steps = {name: f"insert into {name} from old.{name};" for name in tables}
    steps["raw.run_model"] = "insert into raw.run_model select run_id, upper(model) from old.raw.run_model;"
    (folder / f"{SCHEMA_VERSION}_to_{SCHEMA_VERSION + 1}.sql").write_text("\n".join(steps.values()))
    monkeypatch.setattr(migrations, "FOLDER", folder)
    for module in (migrations, schema_version):
        monkeypatch.setattr(module, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with store.writing(home) as warehouse:
        versions = warehouse.read("meta.schema_version")["version"].to_list()
        names = set(warehouse.read("raw.run_model")["model"])
        n_replies = warehouse.count("core.reply")
    assert versions == [SCHEMA_VERSION, SCHEMA_VERSION + 1]
    assert names
    assert all(name == name.upper() for name in names)
    assert n_replies
    assert sorted(_files(home)) == ["published.duckdb", "warehouse.duckdb", KEPT]


def test_computed_table_with_other_columns_is_formed_anew_without_a_migration(tmp_path) -> None:
    home = Home(tmp_path)
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, [("alpha", "p", n, f"text {n}") for n in (0, 1)], {"alpha": "a"})
    _alter(
        home,
        "alter table score.base_gap drop column gap_square_total",
        "delete from main.created_from",
    )
    with store.writing(home) as warehouse:
        assert "gap_square_total" in warehouse.read("score.base_gap").columns
        assert warehouse.count("core.reply") == 2


def test_of_rows_that_say_the_same_again_the_first_stays(home) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "insert into raw.run select * replace (happened_at + interval 1 hour as happened_at) from raw.run"
        )
        connection.execute(
            "insert into raw.prompt select * replace"
            " ('again ' || prompt_key as prompt_key, registered_at + interval 1 hour as registered_at) from raw.prompt"
        )
    with store.writing(home) as warehouse:
        runs, prompts = warehouse.read("raw.run"), warehouse.read("raw.prompt")
    assert runs.height == runs.unique(["run_id", "event"]).height > 0
    assert prompts.height == prompts.unique(["prompt_set", "prompt_id"]).height > 0
    assert not prompts["prompt_key"].str.starts_with("again ").any()
