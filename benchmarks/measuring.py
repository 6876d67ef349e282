"""What every benchmark gives back, and how time and memory are taken: `benchmarks.all` writes `RESULTS.md` from it."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psutil


@dataclass(frozen=True)
class Measure:
    """One line of the results.

    `seconds`: median of the runs. `beside`, `beside_seconds`: what was measured beside it in the same run, and its
    median. `megabytes`: peak of resident memory, children included. `note`: anything else that was counted.
    """

    work: str
    stated_input: str
    seconds: float
    beside: str = ""
    beside_seconds: float | None = None
    megabytes: float | None = None
    note: str = ""


@contextmanager
def peak_memory(process_id: int | None = None, interval: float = 0.05) -> Iterator[list[float]]:
    """Yield a list whose only number is, after the block, the peak in MB of a process and its children.

    Pages that processes share are counted once a process, so that it is never too low.
    """
    watched, peak, is_over = psutil.Process(process_id or os.getpid()), [0.0], threading.Event()

    def watch() -> None:
        while not is_over.wait(interval):
            peak[0] = max(peak[0], _resident(watched))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        is_over.set()
        watcher.join()


def _resident(process: psutil.Process) -> float:
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total / 1e6


def apart(work: Callable[..., Any], *told: Any) -> tuple[Any, float, float]:
    """Run `work` in a process of its own; return what it gave back, the seconds it took and its peak memory in MB."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    child = context.Process(target=_run, args=(there, work, told))
    child.start()
    there.close()
    with peak_memory(child.pid) as peak:
        given, seconds = here.recv()
        child.join()
    if isinstance(given, BaseException):
        raise given
    return given, seconds, peak[0]


def _run(there: Any, work: Callable[..., Any], told: tuple[Any, ...]) -> None:
    started = time.perf_counter()
    try:
        given: Any = work(*told)
    except BaseException as error:
        given = error
    there.send((given, time.perf_counter() - started))
