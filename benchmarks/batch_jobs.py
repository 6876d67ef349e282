"""What it takes to ask by a provider's batch endpoint, and that `kill -9` while replies are fetched costs nothing.

Run from the project's root: `python -m benchmarks.batch_jobs [requests]`. The endpoint is the tests' stub, in this
process; who asks is a process of its own, which does what a run does but for Prefect: it takes in what an earlier run
left, cuts the rest into jobs, asks under a budget with ledger and journal, and stores the replies. Counted are its own
processor time and memory: how long a job takes is the provider's affair. Each line has to be submitted and answered
once, and each reply to be stored once, also where the process is killed and started again.
"""

import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from benchmarks.asking import requests_of
from benchmarks.measuring import Measure, apart
from tests.support.stub_endpoint import StubEndpoint

MODEL = "independent-alpha"
SIZES = (1_000, 10_000, 30_000)
N_KILLED = 10_000
KILLED_AT = (0.0, 0.1, 0.5, 0.9)
"""Shares of the replies that are in the journal when the process is killed; 0: their file is being fetched."""
ROUNDS = 3


def _ask(base_url: str, n_requests: int, folder: Path) -> float:
    """Ask what has no reply yet, and return the seconds of processor time that it took, imports left out."""
    from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
    from tasks.adapters.settings import Home
    from tasks.adapters.warehouse import ledger, store
    from tasks.collect import generate, register_plan, store_replies
    from tasks.domain.batching import Batch, queues
    from tasks.domain.budget import BudgetPlan
    from tasks.domain.card import HostedEndpoint, ModelCard, Price

    reached = HostedEndpoint(provider="openai_compatible", base_url=base_url, served_name=MODEL, batch=True)
    price = Price(input_usd=1.0, output_usd=2.0, as_of=date(2026, 11, 1))
    card = ModelCard(name="fast", vendor="v", endpoint=reached, price=price)
    served, home, requests = ResolvedEndpoint(base_url, MODEL), Home(folder), requests_of(n_requests, "jobs")
    with store.writing(home):  # A new warehouse takes half a second, which every run of a home spares.
        pass
    started = time.process_time()
    with store.writing(home) as warehouse:
        register_plan.merge_journal(warehouse, home)
        answered = set(warehouse.read("raw.reply")["request_id"])
    left = [request for request in requests if request.request_id not in answered]
    batches = [batch for queue in queues(left, {"fast": card}, None) for batch in queue]

    def send(batch: Batch) -> None:
        generate.send(batch, served, None, home.journal, money)
        store_replies.store_batch(home, batch, None)

    with ledger.opened(home, "jobs", BudgetPlan(usd=1e6)) as money, ThreadPoolExecutor() as threads:
        list(threads.map(send, batches))
    return time.process_time() - started


def _n_stored(folder: Path) -> tuple[int, int]:
    """Return the number of replies in the warehouse, and of requests that have one."""
    from tasks.adapters.settings import Home
    from tasks.adapters.warehouse import store

    with store.writing(Home(folder)) as warehouse:
        found = warehouse.read("raw.reply")["request_id"]
        return len(found), found.n_unique()


def _n_kept(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in (folder / "journal").glob("*.jsonl"))


def _kill_and_go_on(stub: StubEndpoint, n_requests: int, share: float, folder: Path) -> int:
    """Kill who asks when so many replies are there, ask again, and return the number of replies that were there."""
    asking = multiprocessing.get_context("spawn").Process(target=_ask, args=(stub.base_url, n_requests, folder))
    asking.start()
    while stub.batches.counts["fetch"] == 0 or _n_kept(folder) < share * n_requests:
        assert asking.is_alive(), "it has ended before its time had come"
        time.sleep(0.005)
    asking.kill()
    asking.join()
    n_kept = _n_kept(folder)
    apart(_ask, stub.base_url, n_requests, folder)
    return n_kept


def _require_once(stub: StubEndpoint, n_requests: int, folder: Path) -> None:
    """Require that each line was submitted and answered once, that each reply is stored, and that nothing is left."""
    lines = Counter(line["custom_id"] for job in stub.batches.jobs.values() for line in job.lines)
    assert (len(lines), lines.total(), stub.n_answered) == (n_requests,) * 3, (len(lines), lines.total())
    assert stub.batches.counts["submit"] == stub.batches.counts["upload"] == len(stub.batches.jobs)
    assert _n_stored(folder) == (n_requests, n_requests), _n_stored(folder)
    left = [path for path in (folder / "journal").rglob("*") if path.is_file()]
    assert not left, left


def measure(sizes: Sequence[int] = SIZES) -> list[Measure]:
    """Return a measure for each number of requests."""
    found = []
    for n_requests in sizes:
        took, peaks, n_jobs = list[float](), list[float](), 0
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder, StubEndpoint() as stub:
                seconds, _, megabytes = apart(_ask, stub.base_url, n_requests, Path(folder))
                _require_once(stub, n_requests, Path(folder))
                took.append(seconds)
                peaks.append(megabytes)
                n_jobs = len(stub.batches.jobs)
        seconds = statistics.median(took)
        note = f"jobs: {n_jobs}; {seconds / n_requests * 1e3:.2f} ms of processor time a request"
        stated = f"{n_requests:,} requests"
        found.append(
            Measure("batch endpoint, processor time", stated, seconds, megabytes=statistics.median(peaks), note=note)
        )
    return found


def measure_kills(n_requests: int = N_KILLED) -> list[Measure]:
    """Return a measure for each moment of a kill; its seconds are those of both runs and of the stub."""
    found = []
    for share in KILLED_AT:
        with tempfile.TemporaryDirectory() as folder, StubEndpoint() as stub:
            started = time.perf_counter()
            n_kept = _kill_and_go_on(stub, n_requests, share, Path(folder))
            seconds = time.perf_counter() - started
            _require_once(stub, n_requests, Path(folder))
        note = f"{n_kept:,} replies were there, nothing was submitted or answered twice"
        found.append(Measure("batch endpoint, kill -9 and again", f"{n_requests:,} requests", seconds, note=note))
    return found


def main(sizes: Sequence[int]) -> None:
    """Measure and print."""
    for one in [*measure(sizes), *measure_kills()]:
        peak = "" if one.megabytes is None else f", {one.megabytes:.0f} MB"
        print(f"{one.work}, {one.stated_input}: {one.seconds:.2f} s{peak}; {one.note}", flush=True)


if __name__ == "__main__":
    main([int(sys.argv[1])] if len(sys.argv) > 1 else SIZES)
