"""How many answers of an endpoint are lost when the process that asks it is killed with SIGKILL.

Run from the project's root: `python -m benchmarks.killed`. Each round kills the process after another number of
replies, and compares what the endpoint had answered with what the journal holds.
"""

import asyncio
import multiprocessing
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.asking import card_of, requests_of, with_journal
from benchmarks.fast_endpoint import fast_endpoint, seen
from benchmarks.measuring import Measure

CALLS = 20_000
IN_FLIGHT = (16, 256)
KILLED_AFTER = (400, 600, 800)


def _ask(base_url: str, in_flight: int, folder: Path) -> None:
    asyncio.run(with_journal(requests_of(CALLS, "killed"), card_of(base_url, in_flight), folder))


def _lost(in_flight: int, n_replies: int, root: Path) -> tuple[int, int]:
    """Kill a process that has `n_replies` in its journal; return what was answered and what of it is not there."""
    journal = root / "alone" / "killed.jsonl"
    with fast_endpoint() as base_url:
        asking = multiprocessing.get_context("spawn").Process(target=_ask, args=(base_url, in_flight, root))
        asking.start()
        while not journal.exists() or journal.read_bytes().count(b"\n") < n_replies:
            time.sleep(0.01)
        asking.kill()
        asking.join()
        time.sleep(0.1)  # What was on its way to the endpoint is not answered any more after this.
        n_answered = int(seen(base_url)["answered"])
    return n_answered, n_answered - journal.read_bytes().count(b"\n")


def measure() -> list[Measure]:
    """Return a measure for each number of calls in flight; its seconds are those of one round."""
    measures = []
    for in_flight in IN_FLIGHT:
        started, lost = time.perf_counter(), []
        for n_replies in KILLED_AFTER:
            with tempfile.TemporaryDirectory() as folder:
                lost.append(_lost(in_flight, n_replies, Path(folder))[1])
        seconds = (time.perf_counter() - started) / len(KILLED_AFTER)
        note = f"{statistics.median(lost):.0f} answers lost (median; most {max(lost)})"
        measures.append(Measure("asking until kill -9", f"{in_flight} in flight, 20 ms each", seconds, note=note))
    return measures


if __name__ == "__main__":
    for one in measure():
        print(f"{one.work}, {one.stated_input}: {one.note}", flush=True)
