"""Readings of several judges -> how far they agree on the same replies."""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.stats.agreement import agreement

ASPECTS = {"loose": "is_contradiction", "strict": "is_foreign"}
"""Readings that judges can differ on; hard follows from strict and the prompt."""

POOLED = "all"


@task(name="judge agreement", task_run_name="judge agreement", cache_policy=NO_CACHE)
def judge_agreement(home: Home) -> int:
    """Form Cohen's kappa of every two judges anew, for each target and pooled; return how many rows they are."""
    at = now()
    with store.writing(home) as warehouse:
        read = warehouse.read("core.labelled_probe").filter(pl.col("reply_text").is_not_null())
        rows = list(_rows(read, at))
        schema = warehouse.schema("score.judge_agreement")
        warehouse.replace("judge_agreement", pl.DataFrame(rows, schema=schema))
        get_run_logger().info("%d agreements of judges", len(rows))
        return len(rows)


def _rows(read: pl.DataFrame, at: datetime) -> Iterator[dict[str, object]]:
    for (mode,), probes in read.group_by("mode", maintain_order=True):
        by_judge = probes.partition_by("judge", as_dict=True)
        for left, right in combinations(sorted(name for (name,) in by_judge), 2):
            both = by_judge[left,].join(by_judge[right,], on="request_id", suffix="_right").sort("request_id")
            for target in (POOLED, *sorted(both["target"].unique())):
                part = both if target == POOLED else both.filter(pl.col("target") == target)
                for score, column in ASPECTS.items():
                    labels = [part[column], part[f"{column}_right"]]
                    if any(label.is_null().all() for label in labels):
                        continue  # one of the two does not read for it
                    named = [label.cast(pl.String).to_list() for label in labels]
                    found = agreement(named[0], named[1], (part["target"] + " " + part["template_id"]).to_list())
                    yield {
                        "mode": mode,
                        "target": target,
                        "left_judge": left,
                        "right_judge": right,
                        "score": score,
                        "n": found.n,
                        "n_missing": found.n_missing,
                        "left_rate": found.left_rates.get("true", 0.0) if found.n else None,
                        "right_rate": found.right_rates.get("true", 0.0) if found.n else None,
                        "agreement": found.agreement,
                        "kappa": found.kappa,
                        "kappa_low": found.kappa_low,
                        "kappa_high": found.kappa_high,
                        "missing_reason": found.reason,
                        "computed_at": at,
                    }
