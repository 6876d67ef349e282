"""Vectors -> nearest replies of other models, and mean cosines of models, within each prompt and across all."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from tasks.adapters import faiss_index, progress, store
from tasks.adapters.settings import Home
from tasks.domain.likeness.vectors import Member, centred, leave_out_cosines, pair_cosines
from tasks.domain.stats.running import Running

WITHIN_PROMPT = 100
"""Nearest replies of other models that are kept for each reply among those to the same prompt."""

GLOBAL = 10
"""The same across all prompts."""

SEARCHED_GLOBAL = 100
"""Neighbours asked of the global index, from which those of the model itself are then left out."""


@task(name="neighbours", task_run_name="neighbours by {embedder}", cache_policy=NO_CACHE)
def neighbours(embedder: str, home: Home) -> int:
    """Form `raw.neighbour` and `raw.cosine` anew from the vectors of `embedder`; return how many replies took part."""
    with store.writing(home) as warehouse:
        replies = warehouse.read("core.embedded_reply", embedder=embedder).sort("prompt_id", "model", "sample")
        references = set(warehouse.read("raw.reference", is_panel=True)["model"])
        known = _members(warehouse, references)
        likeness: dict[tuple[str, str], Running] = {}
        found: list[pl.DataFrame] = []
        cosines: list[dict[str, object]] = []
        centres: list[NDArray[np.float32]] = []
        placed: list[pl.DataFrame] = []
        groups = replies.partition_by("prompt_id", maintain_order=True)
        with progress.stage("neighbours", len(groups)):
            for group in groups:
                vectors = np.vstack([np.asarray(v, dtype=np.float32) for v in group["vector"].to_list()])
                models = group["model"].to_list()
                found.append(_rows(group, "within_prompt", faiss_index.nearest(vectors, len(models)), WITHIN_PROMPT))
                moved = centred(vectors, [model in references for model in models])
                raw = pair_cosines(vectors, models)
                for pair, cos in leave_out_cosines(vectors, [known[model] for model in models]).items():
                    likeness.setdefault(pair, Running()).add(cos)
                own: dict[tuple[str, str], float] = {}
                if moved is not None:
                    # A reply that stands on the mean has no direction: it takes no part in what is centred.
                    off_mean = np.flatnonzero(moved.any(axis=1))
                    members = group[off_mean.tolist()]
                    own = pair_cosines(moved[off_mean], members["model"].to_list())
                    centres.append(moved[off_mean])
                    placed.append(members.select("reply_id", "model"))
                prompt = group["prompt_id"][0]
                cosines.extend(
                    {
                        "embedder": embedder,
                        "left_model": left,
                        "right_model": right,
                        "prompt_id": prompt,
                        "raw_cos": cos,
                        "centred_cos": own.get((left, right)),
                    }
                    for (left, right), cos in raw.items()
                )
                progress.advance("neighbours")
        if any(map(len, centres)):
            bank = np.vstack(centres)
            result = faiss_index.nearest(bank, SEARCHED_GLOBAL, home.indices / "centred_global.faiss")
            members = pl.concat(placed)
            members.write_parquet(home.indices / "centred_global.parquet")
            found.append(_rows(members, "centred_global", result, GLOBAL))
        schema = {"neighbour_kind": pl.String, "reply_id": pl.String, "neighbour_reply_id": pl.String}
        near = pl.concat(found) if found else pl.DataFrame(schema={**schema, "rank": pl.Int64, "cos": pl.Float32})
        warehouse.replace("neighbour", near.with_columns(pl.lit(embedder).alias("embedder")))
        columns = ("embedder", "left_model", "right_model", "prompt_id")
        warehouse.replace(
            "cosine",
            pl.DataFrame(
                cosines, schema={**dict.fromkeys(columns, pl.String), "raw_cos": pl.Float64, "centred_cos": pl.Float64}
            ),
        )
        warehouse.replace("embedding_likeness", _likeness(embedder, likeness))
        get_run_logger().info("%d replies to %d prompts compared", replies.height, len(groups))
        return replies.height


def _members(warehouse: store.Store, panel: set[str]) -> dict[str, Member]:
    rows = warehouse.read_columns("core.model", ["model", "vendor", "family"])
    return {model: Member(model, vendor, family, model in panel) for model, vendor, family in rows.iter_rows()}


def _likeness(embedder: str, sums: dict[tuple[str, str], Running]) -> pl.DataFrame:
    schema = {"embedder": pl.String, "target": pl.String, "reference": pl.String}
    rows = [
        (embedder, target, reference, round(told.mean, 9), told.standard_error, told.n)
        for (target, reference), told in sorted(sums.items())
    ]
    numbers = {"likeness": pl.Float64, "standard_error": pl.Float64, "n_prompts": pl.Int64}
    return pl.DataFrame(rows, schema={**schema, **numbers}, orient="row")


def _rows(
    members: pl.DataFrame, kind: str, result: tuple[NDArray[np.float32], NDArray[np.int64]], most: int
) -> pl.DataFrame:
    """Return the `most` nearest rows of other models for each member; equal cosines are ordered by reply_id."""
    cosines, found = result
    n, k = found.shape
    ids, models = members["reply_id"], members["model"]
    flat = found.reshape(-1)
    rows = pl.DataFrame(
        {
            "source": np.repeat(np.arange(n), k),
            "place": flat,
            # FAISS sums in another order for other batch sizes: rounded, equal replies have equal cosines.
            "cos": np.round(cosines.reshape(-1).astype(np.float64), 6).astype(np.float32),
        }
    ).filter(pl.col("place") >= 0)
    return (
        rows.with_columns(
            reply_id=ids.gather(rows["source"]),
            neighbour_reply_id=ids.gather(rows["place"]),
            model=models.gather(rows["source"]),
            other=models.gather(rows["place"]),
        )
        .filter(pl.col("model") != pl.col("other"))
        .sort(["source", "cos", "neighbour_reply_id"], descending=[False, True, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("source"))
        .filter(pl.col("rank") <= most)
        .select(pl.lit(kind).alias("neighbour_kind"), "reply_id", "neighbour_reply_id", pl.col("rank"), "cos")
    )
