"""Replies as Parquet shards of prompts, and the sums over a shard: in this process, or in one for each core."""

import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from multiprocessing import get_context, parent_process
from types import ModuleType

import fsspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.adapters import settings
from tasks.adapters.prefect import interrupts
from tasks.domain import channels, registry
from tasks.domain.pairwise.engine import PromptTexts, prompt_values, shard_sums
from tasks.domain.pairwise.extras import Relations, ShardExtras
from tasks.domain.pairwise.prompt_replies import Cohort
from tasks.domain.pairwise.sums import ShardSums

LEAST_BYTES_APART = 24_000_000
"""Text below which processes are not worth the seconds that they take to start."""


@dataclass(frozen=True)
class ShardContext:
    """Input of the sums of a shard besides its replies: models, cohort, relations, and the words of skeletons."""

    models: tuple[str, ...]
    cohort: Cohort
    relations: Relations
    common: frozenset[str]


ShardSummer = Callable[[Sequence[str], ShardContext], Iterator[ShardSums]]
"""Yields the sums of each shard, named by its folder, in their order."""


def sum_shard(folder: str, context: ShardContext) -> ShardSums:
    """Return the sums over the replies in the Parquet files of a folder, a path or any URL that fsspec knows."""
    loaded = [registry.load(channels, name) for name in registry.names(channels)]
    prompts, _ = read_prompts(folder, context.models)
    names = [channel.name for channel in loaded]
    values = prompt_values(prompts, context.cohort, loaded, context.common)
    return shard_sums(values, names, context.cohort, ShardExtras(context.relations))


def read_prompts(folder: str, models: Sequence[str]) -> tuple[list[PromptTexts], list[NDArray[np.int64]]]:
    """Return the prompts of a shard with their replies, and the number of samples of each model with a reply.

    Args:
        folder: its Parquet files.
        models: all models; replies refer to them by their place.
    """
    place = {model: number for number, model in enumerate(models)}
    prompts, counts = [], []
    for part in _read(folder).sort("place", "model", "sample").partition_by("place", maintain_order=True):
        model = np.array([place[name] for name in part["model"]], dtype=np.int64)
        prompts.append(PromptTexts(part["reply_text"].to_list(), model, part["prompt_id"][0], part["prompt_set"][0]))
        counts.append(np.unique(model, return_counts=True)[1])
    return prompts, counts


def _read(folder: str) -> pl.DataFrame:
    files, root = fsspec.core.url_to_fs(folder)
    paths = sorted(path for path in files.ls(root, detail=False) if path.endswith(".parquet"))
    return pl.concat([pl.read_parquet(BytesIO(files.cat_file(path))) for path in paths])


def upload(folder: str, storage: str) -> str:
    """Copy a folder of shards into a storage, a path or any URL that fsspec knows; return its place there."""
    files, root = fsspec.core.url_to_fs(storage)
    files.put(f"{folder}/", f"{root.rstrip('/')}/", recursive=True)
    return storage


def remove(folder: str) -> None:
    """Remove a folder of shards from a storage."""
    files, root = fsspec.core.url_to_fs(folder)
    files.rm(root, recursive=True)


def remove_results(storage: str, name: str) -> None:
    """Remove the stored sums of the shards `name`, which workers left and which are added up."""
    files, root = fsspec.core.url_to_fs(storage)
    for path in files.glob(f"{root.rstrip('/')}/sums-{name}-*"):
        files.rm(path)


def sum_locally(folders: Sequence[str], context: ShardContext) -> Iterator[ShardSums]:
    """Yield the sums of each shard in order; for much text, in one process for each core."""
    n_processes = min(settings.n_cores(), len(folders))
    n_bytes = sum(os.path.getsize(f"{folder}/{name}") for folder in folders for name in os.listdir(folder))
    if n_processes < 2 or n_bytes < LEAST_BYTES_APART / 3:
        yield from (sum_shard(folder, context) for folder in folders)
        return
    with processes(n_processes) as pool:
        waiting = iter(folders)
        # No more sums than needed wait to be added: of a thousand models each is hundreds of megabytes.
        under_way: deque[Future[str]] = deque(
            pool.submit(_sums_as_file, folder, context) for folder in islice(waiting, n_processes)
        )
        while under_way:
            path = under_way.popleft().result()
            under_way.extend(pool.submit(_sums_as_file, folder, context) for folder in islice(waiting, 1))
            with open(path, "rb") as file:
                sums: ShardSums = pickle.load(file)
            os.unlink(path)
            yield sums


def _sums_as_file(folder: str, context: ShardContext) -> str:
    """Write the sums over a shard beside its replies; return the path. A pipe would hold them twice more in memory."""
    path = f"{folder}.sums"
    with open(path, "wb") as file:
        pickle.dump(sum_shard(folder, context), file, protocol=pickle.HIGHEST_PROTOCOL)
    return path


@contextmanager
def processes(n: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of `n` processes of one thread each; they end with this one, whatever ends it."""
    # Libraries would start a thread for each core in each process.
    before = {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")}
    os.environ |= dict.fromkeys(before, "1")
    pool = ProcessPoolExecutor(n, get_context("spawn"), _end_with_parent)
    # What they run is in modules of this package: the calling program, a script of a user's, is not run again in each.
    program = sys.modules["__main__"]
    try:
        sys.modules["__main__"] = ModuleType("__main__")
        with interrupts.blocked_for_children():
            # Processes start when work arrives; the variables have to be set by then.
            list(pool.map(abs, range(n)))
        sys.modules["__main__"] = program
        _restore(before)
        yield pool
    finally:
        sys.modules["__main__"] = program
        _restore(before)
        pool.shutdown(cancel_futures=True)


def _restore(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _end_with_parent() -> None:
    """End this process when its parent process ends, for whatever reason."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
