"""Input of judges of pairs from the warehouse: the pairs without a grade, and their texts."""

from dataclasses import dataclass

import polars as pl

from tasks.adapters.warehouse.store import Store
from tasks.domain.rse.grading import Grading, PlannedJudge
from tasks.domain.rse.sampling import is_graded_in_both_orders, is_target_first

PAIR = ["target_reply_id", "reference_reply_id"]


def ungraded_pairs(warehouse: Store, grading: Grading, reader: PlannedJudge) -> pl.DataFrame:
    """Return the chosen pairs of `grading` that have two replies and no label of this judge in any order.

    Rows of `core.reply_pair`, ordered so that the pairs of one prompt, and within it of one reference, are adjacent.
    """
    graded = _grades(warehouse, reader).select(PAIR).unique()
    return _chosen(warehouse, grading, reader).join(graded, on=PAIR, how="anti")


def ungraded_orders(warehouse: Store, grading: Grading, reader: PlannedJudge, attempt: int) -> pl.DataFrame:
    """Return the chosen pairs in the orders that this attempt needs: without a label, or with a missing reason.

    Rows of `core.reply_pair` with `is_target_first`; pairs of equal texts need no model.
    """
    pairs = _chosen(warehouse, grading, reader).filter(~pl.col("is_same_text"))
    share, orders = grading.options.swapped_share, []
    for target, reference, prompt in pairs.select("target", "reference", "prompt_id").iter_rows():
        first = is_target_first(target, reference, prompt, grading.seed)
        is_again = is_graded_in_both_orders(target, reference, prompt, share, grading.seed)
        orders.append([first, not first] if is_again else [first])
    column = pl.Series("is_target_first", orders, dtype=pl.List(pl.Boolean))
    orders_of_pairs = pairs.with_columns(column).explode("is_target_first")
    grades, key = _grades(warehouse, reader), [*PAIR, "is_target_first"]
    if attempt == 0:
        return orders_of_pairs.join(grades, on=key, how="anti")
    in_vain = grades.filter(pl.col("missing_reason").is_not_null() & (pl.len().over(key) == attempt))
    return orders_of_pairs.join(in_vain, on=key, how="semi")


@dataclass(frozen=True)
class Texts:
    """Replies by id, and prompts by id as a person reads them."""

    replies: dict[str, str]
    prompts: dict[str, str]


def texts(warehouse: Store) -> Texts:
    """Return the texts of all replies that count, and of all prompts."""
    replies = warehouse.read_columns("core.reply", ["reply_id", "reply_text"]).drop_nulls()
    prompts = warehouse.read_columns("core.prompt", ["prompt_id", "prompt_text"])
    return Texts(dict(replies.iter_rows()), dict(prompts.iter_rows()))


def _chosen(warehouse: Store, grading: Grading, reader: PlannedJudge) -> pl.DataFrame:
    pairs = warehouse.read("core.reply_pair", judge=reader.name).filter(
        pl.col("missing_reason").is_null()
        & pl.col("target").is_in(grading.targets)
        & pl.col("reference").is_in(grading.references)
        & pl.col("prompt_id").is_in(sorted(grading.prompt_ids))
    )
    return pairs.sort("prompt_id", "reference", "target")


def _grades(warehouse: Store, reader: PlannedJudge) -> pl.DataFrame:
    columns = [*PAIR, "is_target_first", "missing_reason"]
    return warehouse.read_columns("raw.pair_label", columns, judge=reader.name, judge_version=reader.version)
