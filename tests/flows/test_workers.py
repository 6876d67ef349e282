"""Batches on threads, on a Dask cluster and on Ray: the same scores; who dies asks nothing twice; limits over all."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import distributed
import polars as pl
import pytest

from tasks.adapters import store
from tasks.adapters.settings import PROJECT, home_at
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

MODELS = ["independent-alpha", "copies-alpha-at-60"]
LIMIT = 40
KEY = "SHARED_TEST_KEY"


def _bench(folder: Path, stub: StubEndpoint, workers: str, *, is_embedded: bool = False) -> Workbench:
    folder.mkdir()
    bench = Workbench(folder)
    for model in MODELS:
        bench.card(model, stub.base_url)
        card = folder / f"data/models/{model}.toml"
        card.write_text(card.read_text().replace("[sampling]", f'key_env = "{KEY}"\n[sampling]'))
    bench.plan(MODELS, limit=LIMIT, extra=workers)
    if is_embedded:
        plan = folder / "data/plans/test.toml"
        plan.write_text(plan.read_text().replace("enabled = false", "enabled = true"))
    return bench


def _run(bench: Workbench) -> str:
    done = bench.run("evaluate", "test", "--round", "R")
    assert done.returncode == 0, done.stderr
    return done.stderr


def _measured(bench: Workbench) -> dict[str, list[dict[str, Any]]]:
    """Return all that does not depend on when something was done."""
    with store.reading(home_at(bench.home)) as snapshot:
        names = ("mart.likeness", "mart.leaderboard", "mart.homogenisation", "mart.nearest_vote")
        found = {name: snapshot.read(name) for name in names}
    with store.writing(home_at(bench.home)) as warehouse:
        found["vectors"] = warehouse.read("raw.embedding")
    return {name: frame.sort(pl.all().exclude(pl.List(pl.Float32))).to_dicts() for name, frame in found.items()}


@pytest.mark.slow
def test_threads_dask_and_ray_score_alike(served, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(KEY, "sk-test")
    with StubEndpoint(key="sk-test") as stub:
        found = {}
        for runner in ("threads", "dask", "ray"):
            where = f'[workers]\nrunner = "{runner}"\n' + ("" if runner == "threads" else "count = 2\n")
            bench = _bench(tmp_path / runner, stub, where, is_embedded=True)
            _run(bench)
            found[runner] = _measured(bench)
            kept = {path.name.split("-")[0] for path in bench.home.glob("shared/*-*")}
            assert kept == (set() if runner == "threads" else {"batch", "vectors"})
            assert not list(bench.home.glob("journal/*"))
            assert not list(bench.home.glob("shared/journal/*"))
            # A key stays in the environment: neither a result nor a block holds it.
            assert not [path for path in bench.home.glob("shared/*-*") if b"sk-test" in path.read_bytes()]
    assert len(stub.calls) == 3 * LIMIT * len(MODELS)
    assert found["dask"] == found["threads"]
    assert found["ray"] == found["threads"]
    assert len(found["threads"]["vectors"]) > 0


@pytest.mark.slow
def test_killed_coordinator_asks_nothing_twice(served, tmp_path, monkeypatch) -> None:
    """The workers live on: what they were asking when the coordinator was killed they ask to its end, once."""
    monkeypatch.setenv(KEY, "sk-test")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=8, dashboard_address=None)
    with cluster, StubEndpoint(delay_s=0.2) as stub:
        where = f'[workers]\nrunner = "dask"\naddress = "{cluster.scheduler_address}"\nstorage = "{tmp_path}/storage"\n'
        bench = _bench(tmp_path / "bench", stub, where)
        bench.kill("evaluate", "test", "--round", "R", when=lambda: len(stub.calls) >= LIMIT)
        n_given = len(list(bench.home.glob("journal/*.elsewhere")))
        assert n_given > 0
        assert len(stub.calls) < LIMIT * len(MODELS)
        _run(bench)
    assert len(stub.calls) == LIMIT * len(MODELS)
    assert stub.repeated() == {}
    assert not list(bench.home.glob("journal/*"))


@pytest.mark.slow
def test_limit_of_a_key_holds_over_models_and_has_to_be_there(served, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(KEY, "sk-test")
    with StubEndpoint(delay_s=0.05) as stub:
        bench = _bench(tmp_path / "bench", stub, f'[workers.limits]\n{KEY} = "shared-key"\n')
        lacking = bench.run("evaluate", "test")
        assert lacking.returncode == 2, lacking.stderr
        assert "Prefect has no global concurrency limit 'shared-key'" in lacking.stderr
        assert "prefect gcl create shared-key --limit N" in lacking.stderr
        _prefect("gcl", "create", "shared-key", "--limit", "5")
        small = bench.run("evaluate", "test")
        assert small.returncode == 2, small.stderr
        assert "it allows 8 calls in flight, the limit 'shared-key' has 5" in small.stderr
        assert not stub.calls
        _prefect("gcl", "update", "shared-key", "--limit", "9")
        _run(bench)
    # Without the limit each of the two models has up to eight in flight.
    assert 4 <= stub.most_together <= 9
    assert len(stub.calls) == LIMIT * len(MODELS)


def _prefect(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        check=True,
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
    )
