"""The whole pipeline against a real server on loopback: planted truth, nothing asked twice, kill -9."""

import threading
import time
from pathlib import Path

import pytest

from tasks.adapters.settings import PROJECT
from tests.support.stub_endpoint import Call, StubEndpoint
from tests.support.workbench import Workbench

MODELS = ["independent-alpha", "independent-beta", "independent-gamma", "copies-alpha-at-60"]
LIMIT = 50


@pytest.fixture(scope="module")
def undisturbed(served, tmp_path_factory) -> tuple[Workbench, StubEndpoint, str]:
    """Return the workbench, the stub that answered it, and what the run printed."""
    bench = Workbench(tmp_path_factory.mktemp("undisturbed"))
    with StubEndpoint() as stub:
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=LIMIT)
        first = bench.run("evaluate", "test")
        assert first.returncode == 0, first.stderr
        assert len(stub.calls) == LIMIT * len(MODELS)
        written = [path.stat().st_mtime_ns for path in _results(bench)]
        again = bench.run("evaluate", "test")
        assert again.returncode == 0, again.stderr
        assert [path.stat().st_mtime_ns for path in _results(bench)] == written, "a run that asks nothing wrote anew"
    assert "to be made: 0" in again.stdout
    assert "Nothing has changed since the last run of this plan: its results stand." in again.stdout
    assert again.stdout.split("its results stand.")[1] in first.stdout
    return bench, stub, first.stdout


def _results(bench: Workbench) -> list[Path]:
    """Return the snapshot and the reports."""
    return [bench.home / "published.duckdb", *sorted((bench.home / "reports").iterdir())]


PROBES_AND_GRADES = """
[identity]
template_limit = 3
question_limit = 2
[rse]
judges = ["text_similarity"]
"""


@pytest.mark.fault
@pytest.mark.flow
@pytest.mark.slow
def test_files_that_are_edited_meanwhile_are_not_seen_half(served, tmp_path) -> None:
    """As soon as the first call arrives the plan says less, and neither cards nor prompts are there any more."""
    bench, models = Workbench(tmp_path), MODELS[:2]
    with StubEndpoint() as stub:
        for model in models:
            bench.card(model, stub.base_url)
        bench.plan(models, limit=4, extra=PROBES_AND_GRADES)
        data, edited = bench.root / "data", threading.Event()
        written = {path: path.read_bytes() for path in (data / "plans/test.toml", *data.glob("models/*"))}

        def edit(call: Call) -> bool:
            if not edited.is_set():
                bench.plan(models[:1], limit=1)
                for path in data.glob("models/*"):
                    path.unlink()
                (data / "prompts").unlink()
                edited.set()
            return False

        stub.faults.append((edit, "500"))
        done = bench.run("evaluate", "test", "--round", "R")
        assert done.returncode == 0, done.stderr
        assert edited.is_set()
        assert len(stub.calls) == 2 * (4 + 3 * 2)
        scored = bench.query("select distinct target from mart.identity_score order by target")
        graded = bench.query("select distinct target from mart.rse_grade order by target")
        assert scored == graded == [{"target": model} for model in sorted(models)]
        [kept] = (bench.home / "plans").iterdir()
        # As it was before, the plan is the same one, and nothing of it is asked again.
        (data / "prompts").symlink_to(PROJECT / "data/prompts")
        for path, content in written.items():
            path.write_bytes(content)
        again = bench.run("evaluate", "test", "--round", "R")
        assert again.returncode == 0, again.stderr
        assert len(stub.calls) == 2 * (4 + 3 * 2)
        assert list((bench.home / "plans").iterdir()) == [kept]


@pytest.mark.flow
def test_student_is_found_and_nothing_is_asked_twice(undisturbed) -> None:
    bench, stub, _ = undisturbed
    assert len(stub.calls) == LIMIT * len(MODELS)
    [row] = bench.query("select * from mart.target_summary where target = 'copies-alpha-at-60'")
    assert row["reference"] == "independent-alpha"
    assert row["n_prompts"] == LIMIT
    [far] = bench.query(
        "select prefix_overlap_d from mart.pair_similarity where target = 'copies-alpha-at-60' and reference = 'independent-beta'",
    )
    assert row["prefix_overlap_d_low"] > far["prefix_overlap_d"]


@pytest.mark.flow
def test_population_is_measured_and_told(undisturbed) -> None:
    bench, _, said = undisturbed
    assert "By how they begin, 4 models write like 3." in said
    [row] = bench.query("select * from mart.homogeneity where kernel = 'prefix_overlap' and population = 'all'")
    assert (row["n_members"], row["n_prompts"], row["clipped_share"]) == (4, LIMIT, 0)
    alike = ["copies-alpha-at-60", "independent-alpha"]
    assert row["least_own"] in alike
    assert row["vendi_low"] <= row["vendi"] < 3.95
    [pair] = bench.query(
        f"select support from mart.model_tree where kernel = 'prefix_overlap' and population = 'all' and members = {alike!r}",
    )
    assert pair["support"] > 0.95


def _environment(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile, or is somebody else's
        return b""


def _all_end(home: Path) -> bool:
    """Wait until every process that was started for `home` is gone; say whether they all went."""
    deadline = time.monotonic() + 600
    while any(str(home).encode() in _environment(path) for path in Path("/proc").glob("[0-9]*/environ")):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.fault
@pytest.mark.flow
@pytest.mark.slow
def test_killed_run_goes_on_where_it_was(undisturbed, tmp_path, monkeypatch) -> None:
    """`kill -9` in mid-run: only calls in flight are repeated, and the scores equal those of an undisturbed run."""
    bench = Workbench(tmp_path)
    with StubEndpoint() as stub:
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=LIMIT)
        stub.most_answered = LIMIT
        with monkeypatch.context() as alone:
            alone.delenv("PREFECT_API_URL")  # With the server that a run starts by itself, which has to go as well.
            bench.kill("evaluate", "test", when=lambda: len(stub.calls) > LIMIT)
        assert _all_end(bench.home)
        stub.most_answered = None
        done = bench.run("evaluate", "test")
        assert done.returncode == 0, done.stderr
        assert len(stub.calls) - LIMIT * len(MODELS) <= 8 * len(MODELS)
    similarity = "select * from mart.pair_similarity order by target, reference"
    assert bench.query(similarity) == undisturbed[0].query(similarity)
