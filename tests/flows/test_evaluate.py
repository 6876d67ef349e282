"""The whole pipeline against a real server on loopback: planted truth, nothing asked twice, kill -9."""

import time
from pathlib import Path

import pytest

from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

MODELS = ["independent-alpha", "independent-beta", "independent-gamma", "copies-alpha-at-60"]
LIMIT = 60


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
    return bench, stub, first.stdout


def _results(bench: Workbench) -> list[Path]:
    """Return the snapshot and the reports."""
    return [bench.home / "published.duckdb", *sorted((bench.home / "reports").iterdir())]


@pytest.mark.slow
def test_student_is_found_and_nothing_is_asked_twice(undisturbed) -> None:
    bench, stub, _ = undisturbed
    assert len(stub.calls) == LIMIT * len(MODELS)
    [row] = bench.query("select * from mart.target_summary where target = 'copies-alpha-at-60'")
    assert row["reference"] == "independent-alpha"
    assert row["n_prompts"] == LIMIT
    [far] = bench.query(
        "select opening_d from mart.likeness where target = 'copies-alpha-at-60' and reference = 'independent-beta'",
    )
    assert row["opening_d_low"] > far["opening_d"]


@pytest.mark.slow
def test_population_is_measured_and_told(undisturbed) -> None:
    bench, _, said = undisturbed
    assert "By how they begin, 4 models write like 3." in said
    [row] = bench.query("select * from mart.homogenisation where kernel = 'opening' and population = 'all'")
    assert (row["n_members"], row["n_prompts"], row["clipped_share"]) == (4, LIMIT, 0)
    alike = ["copies-alpha-at-60", "independent-alpha"]
    assert row["least_own"] in alike
    assert row["vendi_low"] <= row["vendi"] < 3.95
    [pair] = bench.query(
        f"select support from mart.model_tree where kernel = 'opening' and population = 'all' and members = {alike!r}",
    )
    assert pair["support"] > 0.95


def _environment(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile, or is somebody else's
        return b""


def _ends_within(seconds: float, home: Path) -> bool:
    """Say whether every process that was started for `home` is gone in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(str(home).encode() in _environment(path) for path in Path("/proc").glob("[0-9]*/environ")):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_killed_run_goes_on_where_it_was(undisturbed, tmp_path, monkeypatch) -> None:
    """`kill -9` in mid-run: only calls in flight are repeated, and the scores equal those of an undisturbed run."""
    monkeypatch.delenv("PREFECT_API_URL")  # With the server that a run starts by itself, which has to go as well.
    bench = Workbench(tmp_path)
    with StubEndpoint(delay_s=0.03) as stub:
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=LIMIT)
        bench.kill("evaluate", "test", when=lambda: len(stub.calls) >= LIMIT)
        assert _ends_within(10, bench.home)
        assert len(stub.calls) < LIMIT * len(MODELS)
        assert bench.run("evaluate", "test").returncode == 0
        assert len(stub.calls) - LIMIT * len(MODELS) <= 8 * len(MODELS)
    likeness = "select * from mart.likeness order by target, reference"
    assert bench.query(likeness) == undisturbed[0].query(likeness)
