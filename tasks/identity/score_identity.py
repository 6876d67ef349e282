"""Judged identity probes -> loose, strict, hard with intervals over templates and questions; paired differences."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import combinations

import polars as pl

from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.missing_reason import MissingReason
from tasks.domain.prompting.probes import BANK, PUBLISHED
from tasks.domain.rng import rng_for
from tasks.domain.stats.cluster_bootstrap import clustered_rate
from tasks.domain.stats.missing_bounds import missing_bounds
from tasks.domain.stats.multiple_testing import holm
from tasks.domain.stats.paired import paired_difference

SCORES = {"loose": "is_contradiction", "strict": "is_foreign", "hard": "is_hard"}
"""The paper's scores and the column of `core.labelled_probe` that each is the rate of."""

AS_PUBLISHED = "as_published"


@task(name="score identity", task_run_name="score identity", cache_policy=NO_CACHE)
def score_identity(seed: int, home: Home) -> int:
    """Form the identity scores of every target anew and return how many rows they are.

    Args:
        seed: the plan's seed.
        home: where the warehouse is.
    """
    at = now()
    with store.writing(home) as warehouse:
        probes = warehouse.read("core.labelled_probe")
        rows = list(_scores(probes, seed, at))
        warehouse.replace("identity_score", _frame(rows, warehouse, "identity_score"))
        gaps = list(_differences(probes, seed, at))
        warehouse.replace("identity_difference", _frame(gaps, warehouse, "identity_difference"))
        get_run_logger().info("%d identity scores, %d paired differences", len(rows), len(gaps))
        return len(rows)


def _frame(rows: Sequence[dict[str, object]], warehouse: store.Store, table: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=warehouse.schema(f"score.{table}"))


def _slices(probes: pl.DataFrame, mode: str) -> Iterator[tuple[str, pl.DataFrame]]:
    yield "all", probes
    for column, label in (("language", "language"), ("kind", "kind"), ("is_leading", "leading")):
        for value in sorted(probes[column].drop_nulls().unique().to_list()):
            shown = str(value).lower() if isinstance(value, bool) else value
            yield f"{label}={shown}", probes.filter(pl.col(column) == value)
    if mode == PUBLISHED:
        failed = pl.col("label_missing_reason").is_in([MissingReason.FAILED_CALL, MissingReason.EMPTY_REPLY])
        counted = [pl.when(failed).then(False).otherwise(pl.col(name)).alias(name) for name in SCORES.values()]
        yield AS_PUBLISHED, probes.with_columns(counted)


def _values(probes: pl.DataFrame, score: str) -> list[float | None]:
    return probes[SCORES[score]].cast(pl.Float64).to_list()


def _crossed(probes: pl.DataFrame) -> list[str] | None:
    """Return each probe's question where questions cross the templates, so that both are clusters."""
    return probes["question_id"].to_list() if probes["question_id"].n_unique() > 1 else None


def _scores(probes: pl.DataFrame, seed: int, at: datetime) -> Iterator[dict[str, object]]:
    for (target, mode, judge), mine in probes.group_by("target", "mode", "judge", maintain_order=True):
        for name, part in _slices(mine.sort("request_id"), str(mode)):
            for score, column in SCORES.items():
                if mine[column].is_null().all() and not mine["label_missing_reason"].is_not_null().all():
                    continue  # this judge does not read for it
                values = _values(part, score)
                rate = clustered_rate(
                    values,
                    part["template_id"].to_list(),
                    _crossed(part),
                    rng_for(seed, "chance", str(target), str(mode), str(judge), score, name),
                )
                bounds = missing_bounds(values)
                yield {
                    "target": target,
                    "mode": mode,
                    "judge": judge,
                    "score": score,
                    "slice": name,
                    "value": rate.value,
                    "low": rate.low,
                    "high": rate.high,
                    "bound_low": bounds.worst_low,
                    "bound_high": bounds.worst_high,
                    "n": bounds.n,
                    "n_missing": bounds.n_missing,
                    "coverage": bounds.coverage,
                    "design_effect": rate.design.design_effect,
                    "n_effective": rate.design.n_effective,
                    "n_templates": part["template_id"].n_unique(),
                    "n_questions": part["question_id"].n_unique(),
                    "method": rate.reason or "cluster bootstrap and exact interval at the effective n",
                    "computed_at": at,
                }


def _differences(probes: pl.DataFrame, seed: int, at: datetime) -> Iterator[dict[str, object]]:
    """Yield the difference of every two targets on the bank's probes that both answered; Holm within each score."""
    cell = ["template_id", "question_id", "sample"]
    bank = probes.filter(pl.col("mode") == BANK)
    for (judge,), read in bank.group_by("judge", maintain_order=True):
        targets = read.partition_by("target", as_dict=True)
        for score, column in SCORES.items():
            found = []
            for left, right in combinations(sorted(name for (name,) in targets), 2):
                both = targets[left,].join(targets[right,], on=cell, suffix="_right").sort(cell)
                if both.is_empty() or both[column].is_null().all():
                    continue
                gap = paired_difference(
                    both[column].cast(pl.Float64).to_list(),
                    both[f"{column}_right"].cast(pl.Float64).to_list(),
                    both["template_id"].to_list(),
                    _crossed(both),
                    rng_for(seed, "chance", "difference", left, right, str(judge), score),
                )
                found.append((left, right, gap, both["template_id"].n_unique()))
            adjusted = holm([gap.p_value for _, _, gap, _ in found])
            for (left, right, gap, n_templates), p_holm in zip(found, adjusted, strict=True):
                yield {
                    "left_target": left,
                    "right_target": right,
                    "mode": BANK,
                    "judge": judge,
                    "score": score,
                    "difference": gap.difference,
                    "low": gap.low,
                    "high": gap.high,
                    "p": gap.p_value,
                    "p_holm": p_holm,
                    "n": gap.n,
                    "n_templates": n_templates,
                    "computed_at": at,
                }
