"""Vectors -> nearest replies of other models, and mean cosines of models, within each prompt and across all."""

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.adapters.models import faiss_index
from tasks.adapters.prefect import progress
from tasks.adapters.prefect.engine import NO_CACHE, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.similarity.cosine_sums import CosineSums
from tasks.domain.similarity.model_cosines import ModelCosines
from tasks.domain.similarity.nearest import nearest_of_others
from tasks.domain.similarity.vectors import Member
from tasks.domain.stats.welford import Running

WITHIN_PROMPT = 100
"""Nearest replies of other models that are stored for each reply, among those to the same prompt."""

GLOBAL = 10
"""The same across all prompts."""

SEARCHED_GLOBAL = 100
"""Neighbours requested from the global index, before those of the model itself are left out."""

DIGITS = 9
"""Sums over many prompts differ between processors in their last digits."""

ROWS_AT_ONCE = 500_000
"""Rows of a table that are collected before they are written: memory does not grow with their total."""


@task(name="neighbours", task_run_name="neighbours by {embedder}", cache_policy=NO_CACHE)
def neighbours(embedder: str, home: Home) -> int:
    """Compute `score.neighbour` and the sums of cosines again from vectors; return the number of replies."""
    with store.writing(home) as warehouse:
        replies, vectors = _embedded(warehouse, embedder)
        references = set(warehouse.read("score.reference", is_background=True)["model"])
        set_of = dict(warehouse.read_columns("core.prompt", ["prompt_id", "prompt_set"]).iter_rows())
        cosines = ModelCosines(replies["model"].unique().to_list(), set_of, _members(warehouse, references))
        with warehouse.replacing("neighbour", "cosine_sum", "repeat_cosine_sum") as add_rows:
            near = _Rows("neighbour", add_rows)
            centres, placed = _within_prompts(replies, vectors, cosines, near)
            del vectors
            if placed.height:
                _across_prompts(centres, placed, home, near)
            near.write()
            add_rows("cosine_sum", _cosine_rows(embedder, cosines.sums))
            add_rows("repeat_cosine_sum", _sampled_rows(embedder, cosines.sums))
        warehouse.replace("embedding_similarity", _similarity(embedder, cosines.models, cosines.leave_out))
        get_run_logger().info("%d replies to %d prompts compared", replies.height, replies["prompt_id"].n_unique())
        return replies.height


class _Rows:
    """Rows of one table, written some hundred thousand at a time."""

    def __init__(self, table: str, add_rows: Callable[[str, pl.DataFrame], None]) -> None:
        self._table, self._add_rows = table, add_rows
        self._waiting: list[pl.DataFrame] = []

    def add(self, rows: pl.DataFrame) -> None:
        self._waiting.append(rows)
        if sum(map(len, self._waiting)) >= ROWS_AT_ONCE:
            self.write()

    def write(self) -> None:
        if self._waiting:
            self._add_rows(self._table, pl.concat(self._waiting))
        self._waiting = []


def _embedded(warehouse: store.Store, embedder: str) -> tuple[pl.DataFrame, NDArray[np.float32]]:
    """Return the replies with a vector, ordered by prompt, model and sample, and the vectors, shape (n, dimension).

    `row` is the index of a reply's vector: only the other columns are sorted, vectors keep the order of DuckDB.
    `order` is a reply's place by reply_id, `model_number` its model's by name.

    Raises:
        InputError: the vectors differ in length.
    """
    columns = ["embedder", "reply_id", "model", "prompt_id", "sample", "vector"]
    frame = warehouse.read_columns("core.embedded_reply", columns, embedder=embedder)
    lengths = frame["vector"].list.len().unique().sort().to_list() or [0]
    if len(lengths) > 1:
        raise InputError(
            f"the vectors of {embedder} have {lengths[0]} to {lengths[-1]} numbers.",
            where=str(warehouse.path),
            remedy="Embed with a model of another name: one name stands for one dimension.",
        )
    vectors = frame["vector"].explode(empty_as_null=False).to_numpy().reshape(frame.height, lengths[0])
    ordered = (
        frame.drop("vector")
        .with_row_index("row")
        .with_columns(
            pl.col("reply_id").rank("ordinal").cast(pl.Int64).alias("order"),
            pl.col("model").rank("dense").cast(pl.Int64).alias("model_number"),
        )
    )
    return ordered.sort("prompt_id", "model", "sample"), vectors


def _within_prompts(
    replies: pl.DataFrame, vectors: NDArray[np.float32], cosines: ModelCosines, near: _Rows
) -> tuple[NDArray[np.float32], pl.DataFrame]:
    """Compare the replies to each prompt, prompt by prompt.

    Returns:
        The vectors centred on their prompt's background, and their replies; a vector equal to the mean has no
        direction, and is left out.
    """
    centres, n_centred = np.empty_like(vectors), 0
    placed = [replies.clear()]
    groups = replies.partition_by("prompt_id", maintain_order=True)
    with progress.stage("neighbours", len(groups)):
        for group in groups:
            own_vectors, models = vectors[group["row"].to_numpy()], group["model"].to_list()
            near.add(_near(group, "within_prompt", 0, faiss_index.nearest(own_vectors, len(models)), WITHIN_PROMPT))
            off_mean, moved = cosines.add(group["prompt_id"][0], own_vectors, models)
            centres[n_centred : n_centred + len(moved)] = moved
            n_centred += len(moved)
            if len(off_mean):
                placed.append(group[off_mean.tolist()])
            progress.advance("neighbours")
    return centres[:n_centred], pl.concat(placed)


def _cosine_rows(embedder: str, sums: CosineSums) -> pl.DataFrame:
    """Return the rows of `score.cosine_sum`."""
    parts = []
    for prompt_set, sums_of_set in sorted(sums.sets.items()):
        cell = np.nonzero(sums_of_set.n)
        n_centred = sums_of_set.n_centred[cell]
        centred_sum = np.where(n_centred > 0, sums_of_set.centred_total[cell].round(DIGITS), np.nan)
        parts.append(
            _named(sums.models, cell, ("target", "reference")).with_columns(
                pl.lit(embedder).alias("embedder"),
                pl.lit(prompt_set).alias("prompt_set"),
                pl.Series("n_embedded_prompts", sums_of_set.n[cell]),
                pl.Series("raw_cos_sum", sums_of_set.total[cell].round(DIGITS)),
                pl.Series("centred_cos_sum", centred_sum).fill_nan(None),
                pl.Series("n_centred", n_centred),
            )
        )
    return pl.concat(parts) if parts else pl.DataFrame()


def _sampled_rows(embedder: str, sums: CosineSums) -> pl.DataFrame:
    """Return the rows of `score.repeat_cosine_sum`."""
    left, right = np.nonzero(np.triu(sums.n_sampled, 1))
    return _named(sums.models, (left, right), ("left_model", "right_model")).with_columns(
        pl.lit(embedder).alias("embedder"),
        pl.Series("n_prompts", sums.n_sampled[left, right]),
        pl.Series("raw_cos_total", sums.sampled[left, right].round(DIGITS)),
        pl.Series("left_self_raw_cos_total", sums.own[left, right].round(DIGITS)),
        pl.Series("right_self_raw_cos_total", sums.own[right, left].round(DIGITS)),
    )


def _named(models: Sequence[str], cell: tuple[NDArray[np.int64], ...], columns: tuple[str, str]) -> pl.DataFrame:
    """Return the names of the models of rows and columns."""
    named = pl.Series(models, dtype=pl.String)
    return pl.DataFrame({column: named.gather(places) for column, places in zip(columns, cell, strict=True)})


def _across_prompts(centres: NDArray[np.float32], members: pl.DataFrame, home: Home, near: _Rows) -> None:
    """Find each reply's nearest among the replies to all prompts, and write the index, with rows as `members`."""
    index = faiss_index.build(centres)
    get_run_logger().info("%d centred vectors: %s", index.quality.n_vectors, index.quality.in_words)
    index.write(home.indices / "centred_global.faiss")
    members.select("reply_id", "model").write_parquet(home.indices / "centred_global.parquet")
    for first, neighbours_found in index.search(centres, SEARCHED_GLOBAL):
        near.add(_near(members, "centred_global", first, neighbours_found, GLOBAL))


def _near(
    members: pl.DataFrame, kind: str, first: int, neighbours_found: faiss_index.Neighbours, most: int
) -> pl.DataFrame:
    """Return rows of `score.neighbour` for the block of `members` that begins at row `first`."""
    model, order = (members[name].to_numpy() for name in ("model_number", "order"))
    rows = nearest_of_others(neighbours_found, first, model, order, most)
    ids = members["reply_id"]
    return pl.DataFrame(
        {
            "reply_id": ids.gather(rows.source),
            "neighbour_reply_id": ids.gather(rows.place),
            "rank": rows.rank,
            "cos": rows.cos,
        }
    ).with_columns(pl.lit(kind).alias("neighbour_kind"), pl.lit(members["embedder"][0]).alias("embedder"))


def _members(warehouse: store.Store, background: set[str]) -> dict[str, Member]:
    rows = warehouse.read_columns("core.model", ["model", "vendor", "family"])
    return {model: Member(model, vendor, family, model in background) for model, vendor, family in rows.iter_rows()}


def _similarity(embedder: str, names: Sequence[str], sums: Running) -> pl.DataFrame:
    cell = np.nonzero(sums.n)
    return _named(names, cell, ("target", "reference")).with_columns(
        pl.lit(embedder).alias("embedder"),
        pl.Series("similarity", np.round(sums.mean[cell], DIGITS)),
        pl.Series("standard_error", sums.standard_error[cell]).fill_nan(None),
        pl.Series("n_prompts", sums.n[cell]),
    )
