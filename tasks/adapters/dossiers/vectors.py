"""Vectors of replies in a dossier: gathered out of a snapshot, and as NumPy files beside the hashes of their texts."""

import io
import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tasks.adapters.models.embedders import sentence_transformers
from tasks.adapters.warehouse import store
from tasks.domain.dossier.cosines import COLUMNS, LEAVE_OUT, OWN, PAIRS, REPEATED
from tasks.domain.dossier.evidence import Vectors

DIGITS = 6
"""Means are rounded as in the relations of schema mart."""

NUMBERS = "<f4"
"""Numbers of a file of vectors: 32 bits, the lowest byte first."""


def vectors_of(snapshot: store.Store, replies: pl.DataFrame) -> Vectors | None:
    """Return the vectors that the cosines of the last scoring were formed from; None without such cosines.

    Args:
        snapshot: what a scoring published.
        replies: with `model` and `reply_id`: those whose vectors are wanted.
    """
    embedders = snapshot.read_distinct("score.cosine_sum", ["embedder"])["embedder"].to_list()
    if not embedders:
        return None
    [embedder] = embedders
    models = replies["model"].unique().sort().to_list()
    columns = ["model", "prompt_id", "sample", "reply_id", "vector"]
    frame = snapshot.read_columns("core.embedded_reply", columns, embedder=embedder, model=models)
    frame = frame.sort("model", "prompt_id", "sample")
    if frame.is_empty():
        return None
    vectors = frame["vector"].explode(empty_as_null=False).to_numpy().reshape(frame.height, -1)
    return Vectors(embedder, _revision(embedder), frame["reply_id"].to_list(), vectors.astype(NUMBERS))


def _revision(embedder: str) -> str | None:
    """Return the SHA-256 of the weights that this machine has under the name, which is all that a run stores."""
    kind, _, model = embedder.partition("/")  # As `EmbeddingPlan.label` joins them.
    return sentence_transformers.revision(model) if kind == "sentence_transformers" else None


def cosines_of_run(
    snapshot: store.Store, target: str, models: Sequence[str], embedder: str
) -> dict[str, list[dict[str, Any]]]:
    """Return a model's rows of each relation with cosines, as a scoring published them.

    Args:
        snapshot: what a scoring published.
        target: the model.
        models: those whose vectors are there: rows of other models are left out.
        embedder: whose vectors they are.
    """
    of_pairs = snapshot.read_columns(PAIRS, COLUMNS[PAIRS], target=target, reference=list(models))
    own = snapshot.read_columns(OWN, COLUMNS[OWN], model=target)
    left_out = snapshot.read_columns(
        LEAVE_OUT, COLUMNS[LEAVE_OUT], embedder=embedder, target=target, reference=list(models)
    )
    # As mart.pair_self_normalised divides them; to read that of many models takes gigabytes.
    sums = snapshot.read(
        "score.repeat_cosine_sum", embedder=embedder, left_model=list(models), right_model=list(models)
    )
    repeated = sums.filter((pl.col("left_model") == target) | (pl.col("right_model") == target)).select(
        "left_model",
        "right_model",
        *(
            (pl.col(f"{column}_total") / pl.col("n_prompts")).round(DIGITS).alias(column)
            for column in COLUMNS[REPEATED][2:]
        ),
    )
    return {
        PAIRS: of_pairs.filter(pl.col("n_embedded_prompts") > 0).sort("reference").to_dicts(),
        LEAVE_OUT: left_out.sort("reference").to_dicts(),
        OWN: own.drop_nulls("raw_cos").to_dicts(),
        REPEATED: repeated.sort("left_model", "right_model").to_dicts(),
    }


def files(vectors: Vectors, folder: str, name_of: Mapping[str, tuple[str, str]]) -> list[tuple[str, bytes]]:
    """Return two files for each model: the vectors, and the replies that they belong to, line by line.

    Args:
        vectors: ordered by model.
        folder: where they lie, with a slash.
        name_of: of each reply the name that the files of its model have, and the SHA-256 of its text.
    """
    rows_of: dict[str, list[int]] = {}
    for row, reply_id in enumerate(vectors.reply_ids):
        rows_of.setdefault(name_of[reply_id][0], []).append(row)
    written = []
    for name, rows in rows_of.items():
        array = io.BytesIO()
        np.lib.format.write_array(array, vectors.vectors[rows].astype(NUMBERS), version=(1, 0), allow_pickle=False)
        ids = [vectors.reply_ids[row] for row in rows]
        lines = "".join(json.dumps({"sha256": name_of[one][1], "reply_id": one}) + "\n" for one in ids)
        written += [(f"{folder}{name}.npy", array.getvalue()), (f"{folder}{name}.jsonl", lines.encode())]
    return written


def read_array(content: bytes) -> NDArray[np.float32]:
    """Return the vectors of one file, shape (n, dimension).

    Raises:
        ValueError: it is no such file. Its size is held against its head before anything is read.
    """
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("it is no NumPy file of version 1.0.")
    shape, is_by_column, dtype = np.lib.format.read_array_header_1_0(file)
    if len(shape) != 2 or min(shape) < 1 or is_by_column or dtype != np.dtype(NUMBERS):
        raise ValueError(f"it holds {dtype} of shape {shape} and not rows of numbers of 32 bits.")
    if prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError(f"its length is not that of shape {shape}.")
    vectors = np.frombuffer(content, dtype, offset=file.tell()).reshape(shape)
    if not np.isfinite(vectors).all():
        raise ValueError("a number of it is not finite.")
    return vectors
