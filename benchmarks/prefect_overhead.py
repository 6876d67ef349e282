"""What Prefect costs: seconds and database growth a thousand batches, against the same batches run without it.

Run from the project's root: `python -m benchmarks.prefect_overhead [batches]`. A batch is one call here, to a stub
endpoint on loopback, so that little but the overhead is measured; the two queues of a model run side by side, as
they do in a run. "Digestion" is how long the server goes on writing task runs after the flow has ended.
"""

import asyncio
import json
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.prefect_server import prefect_of_this_process, prefect_server
from tests.support.stub_endpoint import StubEndpoint

PER = 1000


def _size(state: Path) -> int:
    return sum(path.stat().st_size for path in state.rglob("*") if path.is_file())


def _n_completed(api: str) -> int:
    body = {"task_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    request = urllib.request.Request(
        f"{api}/task_runs/count", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return int(json.load(answer))


def _queues(base_url: str, n: int, name: str) -> tuple[list[Any], Any]:
    """Return `n` batches of one request in two queues, and the endpoint; `name` makes them other requests."""
    from contextlib import ExitStack

    from tasks.adapters.models import providers
    from tasks.domain import registry
    from tasks.domain.batching import queues
    from tasks.domain.card import HostedEndpoint, Limits, ModelCard
    from tasks.domain.rows import Message, Request

    reached = HostedEndpoint(provider="openai_compatible", base_url=base_url, served_name="independent-alpha")
    card = ModelCard(name="independent-alpha", vendor="v", endpoint=reached, limits=Limits(concurrency=2))
    requests = [
        Request(f"{name}{number}", card.name, "f", f"p{number}", 0, "r", (Message("user", f"{name} {number}"),))
        for number in range(n)
    ]
    endpoint = ExitStack().enter_context(registry.load(providers, "openai_compatible").serve(card, Path()))
    return queues(requests, {card.name: card}, 1), endpoint


def _without(base_url: str, n: int, journal: Path) -> float:
    from prefect.logging import disable_run_logger

    from tasks.adapters.warehouse.shared_journal import NOTHING_RESERVED
    from tasks.collect.generate import respond

    queues, endpoint = _queues(base_url, n, "bare")

    def run(queue: list[Any]) -> None:
        for batch in queue:
            respond.fn(batch, endpoint, None, journal, NOTHING_RESERVED)

    async def every() -> None:
        await asyncio.gather(*(asyncio.to_thread(run, queue) for queue in queues))

    started = time.monotonic()
    with disable_run_logger():
        asyncio.run(every())
    return time.monotonic() - started


def _with(base_url: str, n: int, journal: Path) -> float:
    from prefect import flow, tags

    from tasks.adapters.prefect.futures import finished
    from tasks.adapters.warehouse.shared_journal import NOTHING_RESERVED
    from tasks.collect.generate import respond, side_by_side

    queues, endpoint = _queues(base_url, n, "prefect")

    async def run(queue: list[Any]) -> None:
        for batch in queue:
            with tags(f"model {batch.card.name}"):
                future = respond.submit(batch, endpoint, None, journal, NOTHING_RESERVED)
            await finished(future)

    @flow(name="overhead")
    async def every() -> None:
        with side_by_side([queues[0][0].card]):
            await asyncio.gather(*(run(queue) for queue in queues))

    started = time.monotonic()
    asyncio.run(every())
    return time.monotonic() - started


def main(n: int) -> None:
    """Print both ways side by side."""
    with tempfile.TemporaryDirectory() as folder, StubEndpoint() as stub:
        root, state = Path(folder), Path(folder) / "prefect"
        (root / "journal").mkdir()
        with prefect_server(state, is_in_memory=False) as api, prefect_of_this_process(api, root / "client"):
            bare = _without(stub.base_url, n, root / "journal")
            before = _size(state)
            watched = _with(stub.base_url, n, root / "journal")
            ended = time.monotonic()
            while _n_completed(api) < n and time.monotonic() - ended < 300:
                time.sleep(0.2)
            digestion, kept = time.monotonic() - ended, _n_completed(api)
        grown, results = _size(state) - before, _size(root / "client")
    each = PER / n
    print(f"{n} batches of one call; each figure a thousand batches")
    print(f"without Prefect   {bare * each:7.1f} s")
    print(f"with Prefect      {watched * each:7.1f} s, digestion {digestion * each:.1f} s")
    print(f"overhead          {(watched - bare) * each:7.1f} s, {1000 * (watched - bare) / n:.1f} ms a batch")
    print(f"database          {grown * each / 1e6:7.1f} MB; results on disk {results * each / 1e6:.1f} MB")
    print(f"task runs kept    {kept} of {n}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PER)
