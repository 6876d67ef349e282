"""The whole pipeline against a real server on loopback: planted truth, nothing asked twice, kill -9."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tasks.adapters.settings import PROJECT
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

MODELS = ["independent-alpha", "independent-beta", "independent-gamma", "copies-alpha-at-60"]


def _query(bench: Workbench, sql: str) -> list[dict]:
    done = bench.run("query", sql, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_student_is_found_and_nothing_is_asked_twice(served, tmp_path) -> None:
    bench = Workbench(tmp_path)
    with StubEndpoint() as stub:
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=60)
        first = bench.run("evaluate", "test")
        assert first.returncode == 0, first.stderr
        assert len(stub.calls) == 60 * len(MODELS)
        again = bench.run("evaluate", "test")
        assert again.returncode == 0, again.stderr
        assert len(stub.calls) == 60 * len(MODELS)
        assert "to be made: 0" in again.stdout
    [row] = _query(bench, "select * from mart.leaderboard where target = 'copies-alpha-at-60'")
    assert row["nearest_reference"] == "independent-alpha"
    assert row["n_prompts"] == 60
    [far] = _query(
        bench,
        "select opening_d from mart.likeness where target = 'copies-alpha-at-60' and reference = 'independent-beta'",
    )
    assert row["opening_d_low"] > far["opening_d"]


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
def test_killed_run_goes_on_where_it_was(tmp_path) -> None:
    """`kill -9` in mid-run: only calls in flight are repeated, and the scores equal those of an undisturbed run."""
    scores = {}
    for way in ("undisturbed", "killed"):
        (tmp_path / way).mkdir()
        bench = Workbench(tmp_path / way)
        with StubEndpoint(delay_s=0.03) as stub:
            for model in MODELS:
                bench.card(model, stub.base_url)
            bench.plan(MODELS, limit=100)
            if way == "killed":
                run = subprocess.Popen(
                    bench.command("evaluate", "test"),
                    env=bench.environment,
                    cwd=PROJECT,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                deadline = time.monotonic() + 120
                while len(stub.calls) < 150 and time.monotonic() < deadline:
                    time.sleep(0.01)
                os.kill(run.pid, signal.SIGKILL)
                run.wait()
                assert _ends_within(10, bench.home)
                assert 150 <= len(stub.calls) < 100 * len(MODELS)
            assert bench.run("evaluate", "test").returncode == 0
            assert len(stub.calls) - 100 * len(MODELS) <= 8 * len(MODELS)
        scores[way] = _query(bench, "select * from mart.likeness order by target, reference")
    assert scores["killed"] == scores["undisturbed"]
