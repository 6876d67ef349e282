"""Replies -> vectors of new texts, over a sample of prompts and probes that is the same for all models."""

import random
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.adapters.models import embedder_cache
from tasks.adapters.prefect import progress, workers
from tasks.adapters.prefect.engine import NO_CACHE, CacheKeyFnPolicy, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.ids import content_id
from tasks.domain.plan import EmbeddingPlan
from tasks.domain.prompting.probe_sample import Cell, sample_cells
from tasks.domain.prompting.prompt_sample import sample_prompts

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture

CHUNK = 64
"""Texts that are embedded together: a vector's last digit depends on this number, so it must not change."""

CHUNKS_STORED = 8
"""Chunks that are stored together: the most that a killed run loses; a write costs as much as short texts take."""

CHUNKS_A_TASK = 8
MOST_UNDER_WAY = 64
"""The most such tasks of workers elsewhere at a time."""


def chosen_replies(warehouse: store.Store, plan: EmbeddingPlan, seed: int) -> pl.DataFrame:
    """Return the replies that have a text to the sampled prompts: reply_id, model, prompt_id, text_id, reply_text."""
    columns = ["reply_id", "model", "prompt_id", "sample", "text_id", "reply_text"]
    prompts = warehouse.read_columns("core.prompt", ["prompt_id", "prompt_set"])
    replies = warehouse.read_columns("core.reply", columns).filter(pl.col("reply_text").is_not_null())
    answered = prompts.filter(pl.col("prompt_id").is_in(replies["prompt_id"].unique().implode()))
    chosen = [
        prompt
        for (_,), group in answered.group_by("prompt_set")
        for prompt in sample_prompts(group["prompt_id"], plan.prompts_per_set, seed)
    ]
    return replies.filter(pl.col("prompt_id").is_in(chosen)).sort("prompt_id", "model", "sample")


def chosen_probes(warehouse: store.Store, plan: EmbeddingPlan, seed: int) -> pl.DataFrame:
    """Return the sampled identity probes, answered or not: request_id, mode, text_id, reply_text."""
    cell = ("template_id", "question_id", "sample", "question_group")
    columns = ("request_id", "mode", "text_id", "reply_text")
    probes = warehouse.read_columns("core.probe", [*columns, "target", *cell])
    chosen = [probes.clear()]
    for _, group in probes.group_by("target", "mode"):
        cells = [Cell(*row) for row in group.select(cell).iter_rows()]
        sampled = sample_cells(cells, plan.probes_per_target, seed)
        chosen.append(group.filter(pl.Series([cell_of_probe in sampled for cell_of_probe in cells], dtype=pl.Boolean)))
    return pl.concat(chosen).select(columns).sort("request_id", "mode")


@task(name="embed", task_run_name="embed with {plan.model}", cache_policy=NO_CACHE)
def embed(plan: EmbeddingPlan, seed: int, home: Home) -> int:
    """Embed the texts that have no vector yet, each distinct text once; return their number."""
    with store.writing(home) as warehouse:
        replies, probes = chosen_replies(warehouse, plan, seed), chosen_probes(warehouse, plan, seed)
        drawn = probes.select(pl.lit(plan.label).alias("embedder"), "request_id", "mode")
        warehouse.replace("probe_sample", drawn)
        texts = pl.concat([frame.select("text_id", "reply_text") for frame in (replies, probes)]).drop_nulls()
        texts = texts.unique("text_id")
        embedded_before = warehouse.read_columns("score.embedding", ["text_id"], embedder=plan.label)
        todo = texts.join(embedded_before, on="text_id", how="anti")
        if todo.is_empty():
            return 0
        # Texts of similar length side by side waste the least padding; in random order the time left is accurate.
        todo = todo.sort(pl.col("reply_text").str.len_chars(), "text_id")
        chunks = list(todo.iter_slices(CHUNK))
        random.Random(seed).shuffle(chunks)
        get_run_logger().info("%d texts to embed with %s", todo.height, plan.model)
        embedded = _embed_locally if workers.shared_storage() is None else _embed_by_workers
        with progress.stage("embedding", todo.height):
            done = embedded(plan, chunks)
            while together := list(islice(done, CHUNKS_STORED)):
                _store(warehouse, plan, together)
                progress.advance("embedding", sum(chunk.height for chunk, _ in together))
        return todo.height


def _store(
    warehouse: store.Store, plan: EmbeddingPlan, together: list[tuple[pl.DataFrame, NDArray[np.float32]]]
) -> None:
    rows = pl.concat([chunk.select("text_id") for chunk, _ in together]).with_columns(
        pl.lit(plan.label).alias("embedder"),
        pl.Series("vector", np.vstack([vectors for _, vectors in together])).cast(pl.List(pl.Float32)),
    )
    warehouse.append("embedding", rows)


Embedded = Iterator[tuple[pl.DataFrame, NDArray[np.float32]]]
"""Chunks of texts with their vectors, of shape (height of the chunk, dimension)."""


def _embed_locally(plan: EmbeddingPlan, chunks: list[pl.DataFrame]) -> Embedded:
    return zip(chunks, embedder_cache.embedded(plan, (chunk["reply_text"].to_list() for chunk in chunks)), strict=True)


def _embed_by_workers(plan: EmbeddingPlan, chunks: list[pl.DataFrame]) -> Embedded:
    """Submit some chunks to each worker; vectors are in the same chunks as here, and so the same to the bit."""
    groups = (chunks[start : start + CHUNKS_A_TASK] for start in range(0, len(chunks), CHUNKS_A_TASK))

    def submit(group: list[pl.DataFrame]) -> "PrefectFuture[Any]":
        texts = [chunk["reply_text"].to_list() for chunk in group]
        text_ids = [chunk["text_id"].to_list() for chunk in group]
        return embed_chunks.submit(plan, content_id("embedding", plan.label, text_ids), texts)

    for group, vectors in workers.results_in_order(groups, submit, MOST_UNDER_WAY, "embeds"):
        yield from zip(group, vectors, strict=True)


def _chunks_key(_context: Any, parameters: Mapping[str, Any]) -> str:
    return f"vectors-{parameters['key']}"


@task(
    name="embed chunks",
    task_run_name="embed {key}",
    persist_result=True,
    result_serializer="pickle",
    cache_policy=CacheKeyFnPolicy(cache_key_fn=_chunks_key),
)
def embed_chunks(plan: EmbeddingPlan, key: str, chunks: list[list[str]]) -> list[NDArray[np.float32]]:
    """Return the vectors of each chunk of texts, stored under `key`. Runs on any worker: it needs no database."""
    return list(embedder_cache.embedded(plan, chunks))
