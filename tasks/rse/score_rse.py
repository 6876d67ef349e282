"""Grades of pairs -> grades of targets, by prompt set and over sets, with intervals over prompts; position bias."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.rng import rng_for
from tasks.domain.rse.pair_judge import HIGHEST, LOWEST
from tasks.domain.stats.cluster_bootstrap import clustered_rate
from tasks.domain.stats.mean_of_sets import mean_of_sets
from tasks.domain.stats.paired import paired_difference

ALL_SETS = "all"
GRADES = ("style_grade", "structure_grade", "content_grade")
SPAN = HIGHEST - LOWEST

Row = dict[str, Any]


@task(name="score rse", task_run_name="score rse by {judge}", cache_policy=NO_CACHE)
def score_rse(judge: str, seed: int, home: Home) -> int:
    """Compute one judge's grades of every target against every reference again; return the number of rows."""
    at = now()
    with store.writing(home) as warehouse:
        graded = warehouse.read("core.prompt_grade", judge=judge)
        rows = list(_scores(graded, seed, at))
        schema = warehouse.schema("score.rse_grade")
        warehouse.replace("rse_grade", pl.DataFrame(rows, schema=schema), judge=judge)
        bias = list(_biases(graded, warehouse.read("core.pair_label", judge=judge), seed, at))
        schema = warehouse.schema("score.position_bias")
        warehouse.replace("position_bias", pl.DataFrame(bias, schema=schema), judge=judge)
    get_run_logger().info("%d grades of targets", len(rows))
    return len(rows)


def _scores(graded: pl.DataFrame, seed: int, at: datetime) -> Iterator[Row]:
    """Yield one row a judge, reference, target and set, and one over all sets."""
    keys = ["judge", "reference", "target"]
    for (judge, reference, target), pairs in graded.sort(*keys, "prompt_set", "prompt_id").group_by(
        keys, maintain_order=True
    ):
        versions = pairs["judge_version"].drop_nulls()
        keys_of_row = {"judge": judge, "reference": reference, "target": target, "computed_at": at}
        keys_of_row["judge_version"] = versions[0] if len(versions) else "none"
        by_set = []
        for (prompt_set,), part in pairs.group_by("prompt_set", maintain_order=True):
            chance = rng_for(seed, "chance", "similarity", str(judge), str(reference), str(target), str(prompt_set))
            by_set.append(keys_of_row | {"prompt_set": prompt_set} | _of_set(part, chance, is_self=target == reference))
        yield from by_set
        yield keys_of_row | {"prompt_set": ALL_SETS} | _over_sets(by_set)


def _of_set(part: pl.DataFrame, chance: np.random.Generator, *, is_self: bool) -> Row:
    """Return the grades of one set: means over its prompts, the interval of their mean by bootstrap over prompts."""
    n, n_missing = part["grade"].count(), part["grade"].null_count()
    shares = ((part["grade"] - LOWEST) / SPAN).to_list()
    rate = clustered_rate(shares, part["cluster"].to_list(), None, chance)
    # The grade of a reference with itself is no estimate: it is 5 for any prompts.
    low, high = (rate.value, rate.value) if is_self else (rate.low, rate.high)
    return {
        **{name: part[name].mean() for name in GRADES},
        "grade": _on_scale(rate.value),
        "low": _on_scale(low),
        "high": _on_scale(high),
        "n": n,
        "n_missing": n_missing,
        "n_truncated": int((part["n_truncated_chars"] > 0).sum()),
        "coverage": n / (n + n_missing),
        "missing_reason": rate.reason,
    }


def _over_sets(by_set: list[Row]) -> Row:
    """Return the plain mean of the sets, as in the paper; no grade where a set has none: means would differ in kind."""
    counts = {name: sum(row[name] for row in by_set) for name in ("n", "n_missing", "n_truncated")}
    row_of_all: Row = counts | {"coverage": counts["n"] / (counts["n"] + counts["n_missing"])}
    lacking = [row["prompt_set"] for row in by_set if row["grade"] is None]
    if lacking:
        return row_of_all | {"missing_reason": f"no grades in {', '.join(lacking)}"}
    row_of_all |= {name: sum(row[name] for row in by_set) / len(by_set) for name in GRADES}
    if any(row["low"] is None for row in by_set):
        return row_of_all | {
            "grade": sum(row["grade"] for row in by_set) / len(by_set),
            "missing_reason": "one_cluster",
        }
    grade, low, high = mean_of_sets([(row["grade"], row["low"], row["high"]) for row in by_set])
    return row_of_all | {"grade": grade, "low": low, "high": high}


def _on_scale(share: float | None) -> float | None:
    return None if share is None else LOWEST + SPAN * share


def _biases(graded: pl.DataFrame, labels: pl.DataFrame, seed: int, at: datetime) -> Iterator[Row]:
    """Yield the position bias of each judge, from the chosen pairs that it graded in both orders."""
    key = ["target_reply_id", "reference_reply_id", "judge"]
    columns = [*key, "judge_version", "grade"]
    first = labels.filter(pl.col("is_target_first")).select(columns)
    second = labels.filter(~pl.col("is_target_first")).select(*key, pl.col("grade").alias("other_grade"))
    clusters = graded.select(*key, "cluster").unique(key)
    pairs = first.join(second, on=key).join(clusters, on=key).sort(key)
    for (judge,), judged in pairs.group_by("judge", maintain_order=True):
        grades = [((judged[name] - LOWEST) / SPAN).to_list() for name in ("grade", "other_grade")]
        clusters_of = judged["cluster"].to_list()
        gap = paired_difference(
            grades[0], grades[1], clusters_of, None, rng_for(seed, "chance", "position", str(judge))
        )
        differing = (judged["grade"] != judged["other_grade"]).drop_nulls()
        yield {
            "judge": judge,
            "judge_version": judged["judge_version"][0],
            "difference": None if gap.difference is None else SPAN * gap.difference,
            "low": None if gap.low is None else SPAN * gap.low,
            "high": None if gap.high is None else SPAN * gap.high,
            "inconsistency_rate": differing.mean(),
            "n": gap.n,
            "n_missing": gap.n_missing,
            "missing_reason": gap.reason,
            "computed_at": at,
        }
