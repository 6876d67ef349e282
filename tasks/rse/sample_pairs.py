"""What is to be graded -> chosen pairs: at first a spread sample of prompts, more where an order is still in doubt."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.rse.grading import Grading, PairJudge
from tasks.domain.rse.sampling import RankState, extended_selection, stratified_order, uncertain_targets

KEY = ["target", "reference", "prompt_id", "judge"]
ALL_SETS = "all"


@task(name="choose pairs", task_run_name="choose pairs for {reader.name}", cache_policy=NO_CACHE)
def choose_first(grading: Grading, reader: PairJudge, home: Home) -> int:
    """Choose the prompts on which every target is graded, and return how many pairs are new.

    A judge that reads the text alone grades all of them, a judge model a sample of each set. A set that was never put
    to a model is no part of its grades, whereas a reply that is missing within a set is a missing grade.
    """
    wanted = grading.options
    most = None if wanted.most_prompts is None else min(wanted.first_prompts, wanted.most_prompts)
    first = None if reader.card is None else most or wanted.first_prompts
    with store.writing(home) as warehouse:
        asked = warehouse.read_distinct("core.reply", ["model", "prompt_id"])
        rows = []
        for strata in grading.strata.values():
            here = set(asked.filter(pl.col("prompt_id").is_in(list(strata)))["model"])
            targets = [target for target in grading.targets if target in here]
            prompts = stratified_order(strata, grading.seed)[:first]
            rows += [_rows(targets, reference, prompts) for reference in grading.references if reference in here]
        return _append(rows, reader, warehouse, now())


@task(name="choose more pairs", task_run_name="choose more pairs for {reader.name}", cache_policy=NO_CACHE)
def choose_more(grading: Grading, reader: PairJudge, home: Home) -> int:
    """Choose more prompts for the targets whose rank is in doubt, and return how many pairs are new; 0 ends it."""
    wanted, rows = grading.options, []
    with store.writing(home) as warehouse:
        scores = warehouse.read("score.rse_grade", judge=reader.name, prompt_set=ALL_SETS)
        chosen = warehouse.read("raw.sampled_pair", judge=reader.name)
        for reference in grading.references:
            mine = scores.filter(
                (pl.col("reference") == reference)
                & (pl.col("target") != reference)
                & pl.col("target").is_in(grading.targets)
            )
            standings = [RankState(*row) for row in mine.select("target", "grade", "low", "high").iter_rows()]
            for target in sorted(uncertain_targets(standings)):
                pair = chosen.filter((pl.col("target") == target) & (pl.col("reference") == reference))
                known = set(pair["prompt_id"])
                for strata in grading.strata.values():
                    order = stratified_order(strata, grading.seed)
                    n_known = sum(prompt in known for prompt in order)
                    if n_known == 0:
                        continue  # this set was not put to both
                    more = extended_selection(order, n_known, wanted.more_prompts, wanted.most_prompts)
                    rows.append(_rows([target], reference, [prompt for prompt in more if prompt not in known]))
        n_new = _append(rows, reader, warehouse, now())
    get_run_logger().info("%d more pairs are chosen for %s", n_new, reader.name)
    return n_new


def _rows(targets: Sequence[str], reference: str, prompts: Sequence[str]) -> pl.DataFrame:
    cells = [(target, reference, prompt) for target in targets for prompt in prompts]
    return pl.DataFrame(cells, schema=dict.fromkeys(KEY[:3], pl.String), orient="row")


def _append(rows: Sequence[pl.DataFrame], reader: PairJudge, warehouse: store.Store, at: datetime) -> int:
    if not rows:
        return 0
    told = pl.concat(rows).with_columns(pl.lit(reader.name).alias("judge"), pl.lit(at).alias("sampled_at"))
    return warehouse.append("sampled_pair", told)
