"""Gradings -> chosen pairs: at first a stratified sample of prompts, then more where a rank is uncertain."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.rse.grading import Grading, PlannedJudge
from tasks.domain.rse.sampling import RankState, extended_selection, stratified_order, uncertain_targets

KEY = ["target", "reference", "prompt_id", "judge"]
ALL_SETS = "all"


@task(name="choose pairs", task_run_name="choose pairs for {reader.name}", cache_policy=NO_CACHE)
def choose_first(grading: Grading, reader: PlannedJudge, home: Home) -> int:
    """Choose the prompts on which every target is graded, and return the number of new pairs.

    A judge that reads the text alone grades all of them, a judge model a sample of each set. A set without requests to
    a model is no part of its grades, whereas a missing reply within a set is a missing grade.
    """
    rse = grading.options
    most = None if rse.most_prompts is None else min(rse.first_prompts, rse.most_prompts)
    first = None if reader.card is None else most or rse.first_prompts
    with store.writing(home) as warehouse:
        replies = warehouse.read_distinct("core.reply", ["model", "prompt_id"])
        rows = []
        for strata in grading.strata.values():
            answered = set(replies.filter(pl.col("prompt_id").is_in(list(strata)))["model"])
            targets = [target for target in grading.targets if target in answered]
            prompts = stratified_order(strata, grading.seed)[:first]
            rows += [_rows(targets, reference, prompts) for reference in grading.references if reference in answered]
        return _append(rows, reader, warehouse, now())


@task(name="choose more pairs", task_run_name="choose more pairs for {reader.name}", cache_policy=NO_CACHE)
def choose_more(grading: Grading, reader: PlannedJudge, home: Home) -> int:
    """Choose more prompts for the targets whose rank is uncertain, and return the number of new pairs; 0 ends it."""
    rse, rows = grading.options, []
    with store.writing(home) as warehouse:
        scores = warehouse.read("score.rse_grade", judge=reader.name, prompt_set=ALL_SETS)
        chosen = warehouse.read("raw.sampled_pair", judge=reader.name)
        for reference in grading.references:
            of_reference = scores.filter(
                (pl.col("reference") == reference)
                & (pl.col("target") != reference)
                & pl.col("target").is_in(grading.targets)
            )
            standings = [RankState(*row) for row in of_reference.select("target", "grade", "low", "high").iter_rows()]
            for target in sorted(uncertain_targets(standings)):
                pair = chosen.filter((pl.col("target") == target) & (pl.col("reference") == reference))
                prompts_chosen = set(pair["prompt_id"])
                for strata in grading.strata.values():
                    order = stratified_order(strata, grading.seed)
                    n_chosen = sum(prompt in prompts_chosen for prompt in order)
                    if n_chosen == 0:
                        continue  # one of the two has no requests of this set
                    more = extended_selection(order, n_chosen, rse.more_prompts, rse.most_prompts)
                    rows.append(_rows([target], reference, [prompt for prompt in more if prompt not in prompts_chosen]))
        n_new = _append(rows, reader, warehouse, now())
    get_run_logger().info("%d more pairs are chosen for %s", n_new, reader.name)
    return n_new


def _rows(targets: Sequence[str], reference: str, prompts: Sequence[str]) -> pl.DataFrame:
    cells = [(target, reference, prompt) for target in targets for prompt in prompts]
    return pl.DataFrame(cells, schema=dict.fromkeys(KEY[:3], pl.String), orient="row")


def _append(rows: Sequence[pl.DataFrame], reader: PlannedJudge, warehouse: store.Store, at: datetime) -> int:
    if not rows:
        return 0
    sampled = pl.concat(rows).with_columns(pl.lit(reader.name).alias("judge"), pl.lit(at).alias("sampled_at"))
    return warehouse.append("sampled_pair", sampled)
