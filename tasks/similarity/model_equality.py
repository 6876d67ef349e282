"""Repeated samples of two models -> whether the two are one model."""

import polars as pl

from tasks.adapters.prefect import progress
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import reply_texts, store
from tasks.domain.pairwise.sampled_prompts import RepeatedReplies, equality_of_pair, repeated_replies
from tasks.domain.stats.model_equality import ModelEquality
from tasks.domain.stats.multiple_testing import holm
from tasks.domain.verdict.same_model import as_row

MOST_PAIRS = 200
"""Pairs that are tested: those whose replies begin most alike."""

DIGITS = 9
STAGE = "testing which models are one"

Pair = tuple[str, str]


@task(name="model equality", task_run_name="model equality", cache_policy=NO_CACHE)
def compare_samples(seed: int, home: Home) -> int:
    """Test again of every two models with repeated samples whether they are one; return the number of pairs tested."""
    with store.writing(home) as warehouse:
        pairs = _most_alike(warehouse.read("score.repeat_sum"))
        prompts = _sampled_prompts(warehouse) if pairs else []
        tests: dict[Pair, ModelEquality] = {}
        with progress.stage(STAGE, len(pairs)):
            for left, right in pairs:
                tests[left, right] = equality_of_pair(prompts, left, right, seed)
                progress.advance(STAGE)
        at = now()
        p_holm = holm([test.p_value for test in tests.values()])
        rows = [
            as_row(left, right, test, p) | {"seed": seed, "computed_at": at}
            for ((left, right), test), p in zip(tests.items(), p_holm, strict=True)
        ]
        frame = pl.DataFrame(rows, schema=warehouse.schema("score.model_equality"))
        warehouse.replace("model_equality", frame.with_columns(pl.selectors.float().round(DIGITS)))
        get_run_logger().info("%d pairs of models tested for equality", len(rows))
        return len(rows)


def _most_alike(sums: pl.DataFrame) -> list[Pair]:
    own = pl.col("left_self_prefix_overlap_total") + pl.col("right_self_prefix_overlap_total")
    ranked = sums.with_columns(share=pl.col("prefix_overlap_total") / own).sort(
        "share", "left_model", "right_model", descending=[True, False, False], nulls_last=True
    )
    return list(ranked.head(MOST_PAIRS).select("left_model", "right_model").iter_rows())


def _sampled_prompts(warehouse: store.Store) -> list[RepeatedReplies]:
    """Return the prompts that two models or more were sampled on more than once, in the order of their ids."""
    parts = reply_texts.repeated_replies(warehouse).partition_by("prompt_id", maintain_order=True)
    compared = (repeated_replies(part["model"].to_list(), part["reply_text"].to_list()) for part in parts)
    return [replies for replies in compared if replies is not None]
