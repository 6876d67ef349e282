"""Labels of several judges -> their agreement on the same replies."""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

import polars as pl

from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.stats.agreement import agreement

ASPECTS = {"loose": "is_contradiction", "strict": "is_foreign"}
"""Labels on which judges can differ; hard follows from strict and the prompt."""

POOLED = "all"


@task(name="judge agreement", task_run_name="judge agreement", cache_policy=NO_CACHE)
def judge_agreement(home: Home) -> int:
    """Compute Cohen's kappa of every two judges again, for each target and pooled; return the number of rows."""
    at = now()
    with store.writing(home) as warehouse:
        labels = warehouse.read("core.labelled_probe").filter(pl.col("reply_text").is_not_null())
        rows = list(_rows(labels, at))
        schema = warehouse.schema("score.judge_agreement")
        warehouse.replace("judge_agreement", pl.DataFrame(rows, schema=schema))
        get_run_logger().info("%d agreements of judges", len(rows))
        return len(rows)


def _rows(probes_of_judges: pl.DataFrame, at: datetime) -> Iterator[dict[str, object]]:
    for (mode,), probes in probes_of_judges.group_by("mode", maintain_order=True):
        by_judge = probes.partition_by("judge", as_dict=True)
        for left, right in combinations(sorted(name for (name,) in by_judge), 2):
            pairs = by_judge[left,].join(by_judge[right,], on="request_id", suffix="_right").sort("request_id")
            for target in (POOLED, *sorted(pairs["target"].unique())):
                part = pairs if target == POOLED else pairs.filter(pl.col("target") == target)
                for score, column in ASPECTS.items():
                    labels = [part[column], part[f"{column}_right"]]
                    if any(label.is_null().all() for label in labels):
                        continue  # one of the two does not read for it
                    named = [label.cast(pl.String).to_list() for label in labels]
                    result = agreement(named[0], named[1], (part["target"] + " " + part["template_id"]).to_list())
                    yield {
                        "mode": mode,
                        "target": target,
                        "left_judge": left,
                        "right_judge": right,
                        "score": score,
                        "n": result.n,
                        "n_missing": result.n_missing,
                        "left_rate": result.left_rates.get("true", 0.0) if result.n else None,
                        "right_rate": result.right_rates.get("true", 0.0) if result.n else None,
                        "agreement": result.agreement,
                        "kappa": result.kappa,
                        "kappa_low": result.kappa_low,
                        "kappa_high": result.kappa_high,
                        "missing_reason": result.reason,
                        "computed_at": at,
                    }
