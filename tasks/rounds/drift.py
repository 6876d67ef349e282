"""Rounds in the warehouse -> how each model changed since its last round of the same recipe."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np
import polars as pl

from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import formed, store
from tasks.domain.drift import measures
from tasks.domain.drift.measures import Cell, Measured, Pair
from tasks.domain.drift.rounds import Comparison, ModelRound, comparison
from tasks.domain.plan import EmbeddingPlan
from tasks.domain.prompting.probes import BANK
from tasks.domain.rng import rng_for
from tasks.domain.stats.multiple_testing import holm
from tasks.domain.stats.two_sample import MOST_PAIRS

SCORES = {"loose": "is_contradiction", "strict": "is_foreign", "hard": "is_hard"}
TEXT_JUDGE = "text_similarity"
"""A judge that asks a model comes before it, as in `mart.identity_and_rse`."""

QUESTION = ["prompt_id", "sample", "sampling_text"]

Row = dict[str, object]


def drift_where_changed(references: Sequence[str], embedding: EmbeddingPlan, seed: int, home: Home) -> None:
    """Do as `drift`, unless the replies, their grades and labels, and what a scoring was asked for are as they were."""
    with formed.recomputing(home, formed.DRIFT, list(references), embedding, seed) as is_needed:
        if is_needed:
            drift(embedding.label, seed, home)


@task(name="drift", task_run_name="drift", cache_policy=NO_CACHE)
def drift(embedder: str, seed: int, home: Home) -> int:
    """Compare each model's newest round with the last before it that compares; return how many rows that came to.

    Args:
        embedder: whose vectors count, where there are any.
        seed: the plan's seed.
        home: where the warehouse is.
    """
    at = now()
    with store.writing(home) as warehouse:
        rows: list[Row] = []
        judges = dict(warehouse.read_columns("core.deciding_judge", ["target", "judge"], mode=BANK).iter_rows())
        for found in _comparisons(warehouse):
            rows += _rows(found, list(_measured(found, warehouse, judges, embedder, seed)), at)
        adjusted = _adjusted(pl.DataFrame(rows, schema=warehouse.schema("score.drift")))
        for (target, name), mine in adjusted.group_by("target", "round", maintain_order=True):
            warehouse.replace("drift", mine, target=target, round=name)
        get_run_logger().info("%d measures compared between rounds", adjusted.height)
        return adjusted.height


def _comparisons(warehouse: store.Store) -> list[Comparison]:
    rounds = warehouse.read("core.model_round").sort("model", "began_at", "round")
    found = []
    for _, mine in rounds.group_by("model", maintain_order=True):
        in_order = [
            ModelRound(row["model"], row["round"], frozenset(row["recipe_ids"]), row["fingerprint"])
            for row in mine.iter_rows(named=True)
        ]
        found.append(comparison(in_order))
    return [one for one in found if one is not None]


def _rows(found: Comparison, measured: list[Measured], at: datetime) -> list[Row]:
    reason = None
    if not measured:
        reason = "recipe_changed" if found.before is None else "no_common_replies"
        measured = [Measured("reply_text", 0)]
    told = {
        "target": found.after.model,
        "round": found.after.round,
        "earlier_round": found.before.round if found.before else None,
        "preceding_round": found.preceding.round,
        "is_recipe_changed": found.is_recipe_changed,
        "is_card_changed": found.is_card_changed,
        "missing_reason": reason,
        "computed_at": at,
    }
    return [vars(one) | told for one in measured]


def _adjusted(rows: pl.DataFrame) -> pl.DataFrame:
    """Adjust p over all targets and measures of each round: what happens to one endpoint is one of many questions."""
    parts = [
        mine.with_columns(pl.Series("p_holm", holm(mine["p"].to_list()), dtype=pl.Float64))
        for _, mine in rows.group_by("round", maintain_order=True)
    ]
    return pl.concat(parts) if parts else rows


def _measured(
    found: Comparison, warehouse: store.Store, judges: Mapping[str, str], embedder: str, seed: int
) -> Iterator[Measured]:
    """Yield what can be compared between the two rounds; `judges`: whose labels of a target's probes count."""
    if found.before is None:
        return
    model, rounds = found.after.model, [found.before.round, found.after.round]

    def chance(measure: str) -> np.random.Generator:
        return rng_for(seed, "drift", model, *rounds, measure)

    replies = warehouse.read("core.round_reply", model=model, round=rounds).drop_nulls("reply_text")
    both = _joined(replies.select(*QUESTION, "round", "reply_text", "text_id", "temperature"), rounds, QUESTION)
    yield from _of_replies(both, warehouse, embedder, chance("replies"))
    shapes = warehouse.read("core.round_shape", model=model, round=rounds)
    shapes = shapes.join(both.select("prompt_id", "sample"), on=["prompt_id", "sample"], how="semi")
    yield from _of_shapes(shapes.sort("prompt_id", "sample"), rounds, chance("shapes"))
    prefix_overlaps = warehouse.read("core.round_prefix_overlap", model=model, round=rounds).drop_nulls(
        "prefix_overlap_d"
    )
    prefix_overlaps = prefix_overlaps.join(both.select("prompt_id"), on="prompt_id", how="semi")
    parts = _joined(prefix_overlaps, rounds, ["reference", "prompt_id"])
    yield from _of_nearest("prefix_overlap_d", parts, chance("prefix_overlap_d"))
    yield from _of_nearest("grade", _grades(model, rounds, warehouse), chance("grade"))
    if model in judges:
        probes = warehouse.read("core.round_probe", target=model, round=rounds, judge=judges[model])
        yield from _of_probes(probes.drop("target", "judge"), rounds, chance("identity"))


def _joined(rows: pl.DataFrame, rounds: list[str], key: list[str]) -> pl.DataFrame:
    """Return rows of the earlier round beside those of the later one (their columns end in `_after`)."""
    before, after = (rows.filter(pl.col("round") == name).drop("round") for name in rounds)
    return before.join(after, on=key, suffix="_after").sort(key)


def _of_replies(
    both: pl.DataFrame, warehouse: store.Store, embedder: str, rng: np.random.Generator
) -> Iterator[Measured]:
    if both.is_empty():
        return
    columns = ("prompt_id", "reply_text", "reply_text_after", "temperature")
    pairs = [Pair(*row) for row in both.select(columns).iter_rows()]
    same = measures.identical_share(pairs)
    if same is not None:
        yield same
    kept = np.sort(rng.permutation(len(pairs))[:MOST_PAIRS])
    yield measures.reply_text_change([pairs[place] for place in kept], rng)
    ids = both.select(pl.concat([pl.col("text_id"), pl.col("text_id_after")]).unique())["text_id"].to_list()
    vectors = warehouse.read_columns("score.embedding", ["text_id", "vector"], embedder=embedder, text_id=ids)
    there = both.join(vectors, on="text_id").join(vectors, left_on="text_id_after", right_on="text_id", suffix="_after")
    if there.height > 1:
        there = there.sort(QUESTION)
        sides = tuple(np.array(there[name].to_list(), dtype=np.float64) for name in ("vector", "vector_after"))
        yield measures.reply_distance("reply_vector", there["prompt_id"].to_list(), (sides[0], sides[1]), rng)


def _of_shapes(shapes: pl.DataFrame, rounds: list[str], rng: np.random.Generator) -> Iterator[Measured]:
    means = shapes.group_by("prompt_id", "round").agg(pl.col("n_words").mean())
    words = _joined(means, rounds, ["prompt_id"])
    if words.height:
        yield measures.mean_change("words", words["n_words"].to_list(), words["n_words_after"].to_list(), rng)
    prefix_overlaps: dict[str, dict[str, list[list[str]]]] = {name: {} for name in rounds}
    for row in shapes.iter_rows(named=True):
        prefix_overlaps[row["round"]].setdefault(row["prompt_id"], []).append(row["leading_words"])
    own = measures.own_prefix_overlap(prefix_overlaps[rounds[0]], prefix_overlaps[rounds[1]], rng)
    if own is not None:
        yield own


def _grades(model: str, rounds: list[str], warehouse: store.Store) -> pl.DataFrame:
    """Return both rounds' grades by one judge: grades of different judges do not compare."""
    grades = warehouse.read("core.round_grade", target=model, round=rounds)
    both = _joined(grades, rounds, ["judge", "reference", "prompt_id"])
    judges = sorted(both["judge"].unique(), key=lambda judge: (judge == TEXT_JUDGE, judge))
    return both.filter(pl.col("judge").is_in(judges[:1]))


def _of_nearest(measure: str, both: pl.DataFrame, rng: np.random.Generator) -> Iterator[Measured]:
    parts: dict[str, dict[str, tuple[float, float]]] = {}
    for row in both.iter_rows(named=True):
        parts.setdefault(row["reference"], {})[row["prompt_id"]] = (row[measure], row[f"{measure}_after"])
    nearest = measures.nearest_change(measure, parts, rng)
    if nearest is not None:
        yield nearest


def _of_probes(probes: pl.DataFrame, rounds: list[str], rng: np.random.Generator) -> Iterator[Measured]:
    both = _joined(probes, rounds, ["template_id", "question_id", "sample"])
    for score, column in SCORES.items():
        cells = [Cell(*row) for row in both.select("template_id", "question_id", column, f"{column}_after").iter_rows()]
        found = measures.identity_change(score, cells, rng)
        if found is not None:
            yield found
