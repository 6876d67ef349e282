"""A published snapshot -> the tests of whether a model is one with another, and the replies that they rest on."""

import polars as pl

from tasks.adapters.warehouse import store
from tasks.domain.dossier.equality import Row
from tasks.domain.dossier.evidence import EqualityTests

PAIR = ["left_model", "right_model"]
COLUMNS = [*PAIR, "equality", "n_prompts", "distance", "distance_high", "detectable_distance"]
COLUMNS += ["p_equality", "p_equality_holm"]
"""What a dossier says of a test, as the run stored it."""


def tests_of(snapshot: store.Store, target: str) -> tuple[EqualityTests | None, list[Row]]:
    """Return the tests in which a model stands, those of the nearest models first, and the run's rows of them.

    Without such a test, None and no row.
    """
    rows = snapshot.read_columns("score.model_equality", [*COLUMNS, "seed"])
    is_own = (pl.col("left_model") == target) | (pl.col("right_model") == target)
    own = rows.filter(is_own).sort("distance", *PAIR, nulls_last=True)
    if own.is_empty():
        return None, []
    others = rows.filter(~is_own & pl.col("p_equality").is_not_null()).sort(PAIR)
    tests = EqualityTests(
        pairs=list(own.select(PAIR).iter_rows()),
        seed=own["seed"][0],
        p_of_others=list(others.select(*PAIR, "p_equality").iter_rows()),
    )
    return tests, list(own.select(COLUMNS).to_dicts())


def compared_replies(replies: pl.DataFrame, target: str) -> pl.DataFrame:
    """Return those of the replies of a model and of models it was tested with that were compared.

    Args:
        replies: with `model` and `prompt_id`.
        target: the model.
    """
    repeated = replies.filter(pl.len().over("model", "prompt_id") > 1)
    is_own = pl.col("model") == target
    own, others = (repeated.filter(test)["prompt_id"].unique() for test in (is_own, ~is_own))
    return repeated.filter(pl.col("prompt_id").is_in(own.implode()) & pl.col("prompt_id").is_in(others.implode()))
