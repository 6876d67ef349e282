"""Replies -> vectors: what is not embedded yet, over a sample of prompts and trials that is the same for all models."""

import random

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import embedders, progress, store
from tasks.adapters.settings import Home
from tasks.domain import registry
from tasks.domain.likeness.vectors import sample_prompts
from tasks.domain.plan import EmbeddingPlan
from tasks.domain.prompting.trial_sample import Cell, sample_cells

CHUNK = 64
"""Texts that are embedded and stored together: what a killed run loses at most."""


def chosen_replies(warehouse: store.Store, plan: EmbeddingPlan, seed: int) -> pl.DataFrame:
    """Return the replies that have a text to the sampled prompts: reply_id, model, prompt_id, text_id, reply_text."""
    prompts = warehouse.read("core.prompt").select("prompt_id", "prompt_set")
    replies = warehouse.read("core.reply").filter(pl.col("reply_text").is_not_null())
    answered = prompts.filter(pl.col("prompt_id").is_in(replies["prompt_id"].unique().implode()))
    chosen = [
        prompt
        for (_,), group in answered.group_by("prompt_set")
        for prompt in sample_prompts(group["prompt_id"], plan.prompts_per_set, seed)
    ]
    columns = ("reply_id", "model", "prompt_id", "sample", "text_id", "reply_text")
    return replies.filter(pl.col("prompt_id").is_in(chosen)).select(columns).sort("prompt_id", "model", "sample")


def chosen_trials(warehouse: store.Store, plan: EmbeddingPlan, seed: int) -> pl.DataFrame:
    """Return the sampled identity trials, answered or not: request_id, mode, text_id, reply_text."""
    cell = ("template_id", "question_id", "sample", "question_group")
    told = ("request_id", "mode", "text_id", "reply_text")
    trials = warehouse.read_columns("core.trial", [*told, "target", *cell])
    chosen = [trials.clear()]
    for _, mine in trials.group_by("target", "mode"):
        cells = [Cell(*row) for row in mine.select(cell).iter_rows()]
        kept = sample_cells(cells, plan.trials_per_target, seed)
        chosen.append(mine.filter(pl.Series([one in kept for one in cells], dtype=pl.Boolean)))
    return pl.concat(chosen).select(told).sort("request_id", "mode")


@task(name="embed", task_run_name="embed with {plan.model}", cache_policy=NO_CACHE)
def embed(plan: EmbeddingPlan, seed: int, home: Home) -> int:
    """Embed the texts that have no vector yet, each distinct text once, and return how many those were."""
    label = f"{plan.embedder}/{plan.model}"
    with store.writing(home) as warehouse:
        replies, trials = chosen_replies(warehouse, plan, seed), chosen_trials(warehouse, plan, seed)
        drawn = trials.select(pl.lit(label).alias("embedder"), "request_id", "mode")
        warehouse.replace("trial_sample", drawn)
        texts = pl.concat([one.select("text_id", "reply_text") for one in (replies, trials)]).drop_nulls()
        texts = texts.unique("text_id")
        known = warehouse.read_columns("raw.embedding", ["text_id"], embedder=label)
        todo = texts.join(known, on="text_id", how="anti")
        if todo.is_empty():
            return 0
        # Texts of like length side by side waste the least padding; chunks in any order make the time left true.
        todo = todo.sort(pl.col("reply_text").str.len_chars(), "text_id")
        chunks = list(todo.iter_slices(CHUNK))
        random.Random(seed).shuffle(chunks)
        get_run_logger().info("%d texts to embed with %s", todo.height, plan.model)
        model = registry.load(embedders, plan.embedder)(plan.model)
        with progress.stage("embedding", todo.height):
            for chunk in chunks:
                vectors = model.embed(chunk["reply_text"].to_list())
                rows = chunk.select("text_id").with_columns(
                    pl.lit(label).alias("embedder"), pl.Series("vector", vectors).cast(pl.List(pl.Float32))
                )
                warehouse.append("embedding", rows, key="embedder,text_id")
                progress.advance("embedding", chunk.height)
        return todo.height
