"""Batches on threads, on a Dask cluster and on Ray: the same scores; who dies asks nothing twice; limits over all."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import distributed
import polars as pl
import pytest
from prefect import flow
from prefect.client.orchestration import get_client

from flows.collect import collect
from flows.similarity import similarity
from tasks.adapters.planning import plans
from tasks.adapters.prefect import call_limits, workers
from tasks.adapters.settings import Home, home_at
from tasks.adapters.warehouse import ledger, pair_sums, store
from tasks.domain.card import HostedEndpoint, Limits, ModelCard
from tasks.domain.errors import InputError, WorldError
from tasks.domain.plan import Plan, PromptChoice
from tasks.domain.workers import WorkersPlan
from tasks.similarity import sum_pairs
from tests.support import small_home
from tests.support.prefect_server import prefect_of_this_process
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = [pytest.mark.flow, pytest.mark.slow]

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


@pytest.fixture
def settled(prefect_api, monkeypatch, tmp_path) -> Iterator[None]:
    """Have flows of this process, its threads and the commands that it starts use the session's server and one key."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setenv(KEY, "sk-test")
    with prefect_of_this_process(prefect_api, tmp_path / "prefect"):
        yield


@flow
async def _collect_and_compare(home: str) -> list[str]:
    """Do of an evaluation what workers have a part in."""
    plan = plans.read("test", "R").plan
    with workers.options(plan.workers, home_at(home)) as where:
        problems = await collect.with_options(**where)("test", "R", home)
        await similarity.with_options(**where)(home, [], plan.embedding)
    return problems


def _run(bench: Workbench) -> None:
    """Run the plan in this process: another would import everything anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISTILLOMETER_DATA", str(bench.root / "data"))
        assert asyncio.run(_collect_and_compare(str(bench.home))) == []


def _measured(bench: Workbench) -> dict[str, list[dict[str, Any]]]:
    """Return all that does not depend on when something was done."""
    names = (
        "mart.pair_similarity",
        "core.nearest_group",
        "mart.homogeneity",
        "core.nearest_vote",
        "score.embedding",
        "score.channel_sum",
    )
    with store.writing(home_at(bench.home)) as warehouse:
        found = {name: warehouse.read(name) for name in names}
    return {name: frame.sort(pl.all().exclude(pl.List(pl.Float32))).to_dicts() for name, frame in found.items()}


def test_threads_dask_and_ray_score_alike(settled, tmp_path) -> None:
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
    assert len(found["threads"]["score.embedding"]) > 0


@pytest.mark.parametrize("runner", ["dask", "ray"])
def test_workers_elsewhere_keep_the_budget_that_is_given_to_their_batches(settled, tmp_path, runner) -> None:
    """A batch gets an allowance; what it leaves of that is there for the next ones, and for a second run.

    Every call is billed by the stub's rule.
    """
    with StubEndpoint(key="sk-test") as stub:
        where = f'[sampling]\nmax_tokens = 300\n[budget]\nusd = 0.3\n[workers]\nrunner = "{runner}"\ncount = 2\n'
        bench = _bench(tmp_path / runner, stub, where)
        for model in MODELS:
            card = bench.root / f"data/models/{model}.toml"
            card.write_text(card.read_text() + '[price]\ninput_usd = 10.0\noutput_usd = 100.0\nas_of = "2026-11-01"\n')
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DISTILLOMETER_DATA", str(bench.root / "data"))
            for _ in range(2):
                problems = asyncio.run(_collect_and_compare(str(bench.home)))
                assert any("budget" in problem for problem in problems)
        with store.writing(home_at(bench.home)) as warehouse:
            [spent] = warehouse.read("mart.spend").group_by("round").agg(pl.col("cost_usd", "n_calls").sum()).to_dicts()
            outcomes = warehouse.read("core.outcome")["missing_reason"].to_list()
    kept = ledger.spent(home_at(bench.home), "test@R")
    assert spent["n_calls"] == len(stub.calls) == outcomes.count(None)
    assert outcomes.count("stopped_by_budget") == LIMIT * len(MODELS) - len(stub.calls) > 0
    assert kept.usd == pytest.approx(spent["cost_usd"], abs=1e-6)
    # Less than two calls at their greatest cost are left of it.
    assert 0.3 - 2 * 0.05 < kept.usd <= 0.3
    assert not kept.open


@pytest.mark.fault
def test_killed_coordinator_asks_nothing_twice(settled, tmp_path) -> None:
    """The workers live on: what they were asking when the coordinator was killed they ask to its end, once."""
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=8, dashboard_address=None)
    with cluster, StubEndpoint() as stub:
        where = f'[workers]\nrunner = "dask"\naddress = "{cluster.scheduler_address}"\nstorage = "{tmp_path}/storage"\n'
        bench = _bench(tmp_path / "bench", stub, where)
        stub.most_answered = LIMIT
        bench.kill("evaluate", "test", "--round", "R", when=lambda: len(stub.calls) > LIMIT)
        stub.most_answered = None
        n_given = len(list(bench.home.glob("journal/*.elsewhere")))
        assert n_given > 0
        done = bench.run("evaluate", "test", "--round", "R")
        assert done.returncode == 0, done.stderr
    assert len(stub.calls) == LIMIT * len(MODELS)
    assert stub.repeated() == {}
    assert not list(bench.home.glob("journal/*"))


def test_limit_of_a_key_holds_over_models(settled, tmp_path) -> None:
    """Nothing is answered until as many are in flight as the limit allows: two batches of four calls each in nine slots.

    Without the limit, each of the two models would have eight in flight.
    """
    with StubEndpoint() as stub, get_client(sync_client=True) as prefect:
        prefect.upsert_global_concurrency_limit_by_name("shared-key", 9)
        stub.most_answered = 0
        has_ended = threading.Event()

        def answer_when_full() -> None:
            while stub.in_flight.total() < 8 and not has_ended.wait(0.01):
                pass
            stub.most_answered = None

        watch = threading.Thread(target=answer_when_full)
        watch.start()
        try:
            _run(_bench(tmp_path / "bench", stub, f'[workers.limits]\n{KEY} = "shared-key"\n'))
        finally:
            has_ended.set()
            watch.join()
        assert prefect.read_global_concurrency_limit_by_name("shared-key").active_slots == 0
    assert stub.most_together == 8
    assert len(stub.calls) == LIMIT * len(MODELS)


@pytest.mark.fault
def test_limit_has_to_be_there_and_large_enough(settled, tmp_path) -> None:
    endpoint = HostedEndpoint(provider="openai_compatible", base_url="https://h/v1", served_name="m", key_env=KEY)
    card = ModelCard(name="m", vendor="v", endpoint=endpoint, limits=Limits(concurrency=8))
    workers_plan = WorkersPlan(limits={KEY: "small-key"})
    plan = Plan(name="p", models=("m",), prompts=(PromptChoice(set="general"),), workers=workers_plan)
    with pytest.raises(InputError, match=r"Prefect has no global .* 'small-key'.*`prefect gcl create small-key"):
        call_limits.require_limits(plan, [card])
    with get_client(sync_client=True) as prefect:
        prefect.upsert_global_concurrency_limit_by_name("small-key", 5)
    with pytest.raises(InputError, match=r"model m, .*it allows 8 calls in flight, the limit 'small-key' has 5"):
        call_limits.require_limits(plan, [card])


@pytest.mark.fault
@pytest.mark.parametrize("address", ["nonsense"])
def test_cluster_that_is_not_there_is_named(settled, tmp_path, address) -> None:
    plan = WorkersPlan(runner="dask", address=address, storage=str(tmp_path))
    with pytest.raises(WorldError, match=f"{address}.*no dask cluster answers"), workers.options(plan, Home(tmp_path)):
        pass


@pytest.mark.fault
@pytest.mark.parametrize("storage", ["file:///tmp/x", "s3://"])
def test_storage_that_prefect_refuses_is_named(settled, tmp_path, storage) -> None:
    plan = WorkersPlan(runner="dask", address="tcp://127.0.0.1:9", storage=storage)
    with pytest.raises(InputError, match=rf"workers.storage' \({storage}\): Prefect can't use it.*absolute path"):
        workers.result_storage(plan, Home(tmp_path))


@flow
def _sum_pairs(home: str) -> None:
    sum_pairs.sum_pairs(home_at(home))


def _sums(home: Home) -> dict[str, list[dict[str, Any]]]:
    names = ("score.channel_sum", "score.base_gap", "score.prompt_channel", "score.repeat_sum")
    with store.writing(home) as warehouse:
        return {name: warehouse.read(name).sort(pl.all()).to_dicts() for name in names}


@pytest.mark.fault
def test_a_worker_that_dies_while_it_sums_changes_nothing(settled, tmp_path, monkeypatch) -> None:
    """Shards of prompts summed by two workers, one of them killed after the first result: the sums of one process."""
    home, storage = home_at(tmp_path / "home"), tmp_path / "storage"
    rows = [
        (model, f"p{prompt:02}", sample, f"{' '.join(['salt', 'and', 'ice'][: 1 + (prompt + place) % 3])} {prompt}.")
        for place, model in enumerate(("alpha", "beta", "gamma"))
        for prompt in range(45)
        for sample in range(2)
    ]
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, rows, {"alpha": "a", "beta": "b", "gamma": "c"})
    here = _sums(home)
    assert len(here["score.channel_sum"]) == 7 * 3 * 3
    monkeypatch.setattr(pair_sums, "_formed", pair_sums._Formed())
    plan = WorkersPlan(runner="dask", address="tcp://set-below", storage=str(storage))
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        plan = plan.model_copy(update={"address": cluster.scheduler_address})
        killed: list[int] = []

        def kill_one() -> None:
            while not list(storage.glob("sums-*")):
                if has_ended.wait(0.01):
                    return
            os.kill(pids[0], signal.SIGKILL)
            killed.append(pids[0])

        has_ended = threading.Event()
        killer = threading.Thread(target=kill_one)
        killer.start()
        try:
            with workers.options(plan, home) as where:
                _sum_pairs.with_options(**where)(str(home.root))
        finally:
            has_ended.set()
            killer.join()
    assert killed == pids[:1]
    assert _sums(home) == here
    assert not list(storage.glob("s*"))
