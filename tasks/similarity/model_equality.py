"""Repeated samples of two models -> whether the two are one model."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from tasks.adapters.prefect import progress
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import reply_texts, store
from tasks.domain.pairwise.matrices import Floats
from tasks.domain.pairwise.sampled_prompts import similarity_of_replies
from tasks.domain.rng import rng_for
from tasks.domain.stats.model_equality import ModelEquality, SampledPrompt, model_equality
from tasks.domain.stats.multiple_testing import holm
from tasks.domain.verdict.same_model import equality

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
        prompts = _sampled_prompts(warehouse) if pairs else {}
        tests: dict[Pair, ModelEquality] = {}
        with progress.stage(STAGE, len(pairs)):
            for left, right in pairs:
                sampled = [prompt for one in prompts.values() if (prompt := _of_pair(*one, left, right)) is not None]
                tests[left, right] = model_equality(sampled, rng_for(seed, "model equality", left, right))
                progress.advance(STAGE)
        at = now()
        p_holm = holm([test.p_value for test in tests.values()])
        rows = [
            {
                "left_model": left,
                "right_model": right,
                "equality": equality(test, p),
                "n_prompts": test.n_prompts,
                "distance": test.distance,
                "distance_high": test.distance_high,
                "detectable_distance": test.detectable,
                "p_equality": test.p_value,
                "p_equality_holm": p,
                "computed_at": at,
            }
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


def _sampled_prompts(warehouse: store.Store) -> Mapping[str, tuple[Floats, Mapping[str, list[int]]]]:
    """Return of each prompt how alike its repeated replies are, and the places of each model's."""
    found = {}
    for prompt_id, part in _by_prompt(reply_texts.repeated_replies(warehouse)):
        places: dict[str, list[int]] = {}
        for place, model in enumerate(part["model"]):
            places.setdefault(model, []).append(place)
        if len(places) > 1:
            found[prompt_id] = (similarity_of_replies(part["reply_text"].to_list()), places)
    return found


def _by_prompt(replies: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    for part in replies.partition_by("prompt_id", maintain_order=True):
        yield part["prompt_id"][0], part


def _of_pair(similarity: Floats, places: Mapping[str, list[int]], left: str, right: str) -> SampledPrompt | None:
    if left not in places or right not in places:
        return None
    both = np.array([*places[left], *places[right]])
    return SampledPrompt(similarity[np.ix_(both, both)], len(places[left]))
