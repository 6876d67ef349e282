"""Replies -> sums for each pair of models, in the warehouse; over shards of prompts, in this process or in workers."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from tasks.adapters.prefect import workers
from tasks.adapters.prefect.engine import NO_CACHE, CacheKeyFnPolicy, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import measured, pair_shards, pair_sums, reply_texts, store
from tasks.adapters.warehouse.pair_shards import ShardContext, ShardSummer
from tasks.domain.ids import content_id
from tasks.domain.pairwise.sums import ShardSums

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture

MOST_UNDER_WAY = 4
"""The most shards that workers elsewhere sum at a time."""


@task(name="sum pairs", task_run_name="sum pairs", cache_policy=NO_CACHE)
def sum_pairs(home: Home) -> float:
    """Sum the values of every pair of models, replacing the stored sums; return the seconds."""
    started = monotonic()
    with store.writing(home) as warehouse:
        population = measured.population_of(warehouse)
        if not population.models:
            return 0.0
        sums = pair_sums.form(warehouse, population, _shard_summer(warehouse))
        pair_sums.store_sums(warehouse, sums)
    get_run_logger().info("every pair of %d models compared in %.1f s", len(population.models), monotonic() - started)
    return monotonic() - started


def _shard_summer(warehouse: store.Store) -> ShardSummer:
    storage = workers.shared_storage()
    if storage is None:
        return pair_shards.sum_locally
    return partial(_sum_by_workers, storage, reply_texts.replies_digest(warehouse))


def _sum_by_workers(storage: str, digest: str, folders: Sequence[str], context: ShardContext) -> Iterator[ShardSums]:
    """Submit some shards at a time to workers; each is summed as in this process, and so the same to the bit."""
    name = f"shards-{content_id('shards', digest, repr(context.cohort), sorted(context.common))}"
    place = pair_shards.upload(str(Path(folders[0]).parent), f"{storage.rstrip('/')}/{name}") if folders else ""
    try:
        parts = [f"{place}/{Path(folder).name}" for folder in folders]

        def submit(part: str) -> "PrefectFuture[Any]":
            return sum_pairs_of_shard.submit(f"{name}-{part.rpartition('=')[2]}", part, context)

        for _, sums in workers.results_in_order(parts, submit, MOST_UNDER_WAY, "sums pairs"):
            yield sums
    finally:
        if place:
            pair_shards.remove(place)
            pair_shards.remove_results(storage, name)


def _key(_context: Any, parameters: Mapping[str, Any]) -> str:
    return f"sums-{parameters['key']}"


@task(
    name="sum pairs of shard",
    task_run_name="sum pairs of {folder}",
    persist_result=True,
    result_serializer="pickle",
    cache_policy=CacheKeyFnPolicy(cache_key_fn=_key),
)
def sum_pairs_of_shard(key: str, folder: str, context: ShardContext) -> ShardSums:
    """Return the sums over the replies of a shard, stored under `key`. Runs on any worker: it needs no database."""
    return pair_shards.sum_shard(folder, context)
