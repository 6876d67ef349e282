"""What embedding and neighbours cost beside the bare libraries, over the same texts and vectors in the same run.

`python -m benchmarks.vectors [TEXTS] [VECTORS]`; 0 leaves a part out. Ours and bare take turns; medians are told. A
step is all that it does: it reads DuckDB, leaves out what is twice, embeds or searches, and writes rows. Loading the
model is not counted.
"""

import hashlib
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from prefect.logging import disable_run_logger

from benchmarks.measuring import Measure, apart, peak_memory
from tasks.adapters.models import embedder_cache, faiss_index
from tasks.adapters.models.embedders import sentence_transformers
from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse import store
from tasks.domain.plan import EmbeddingPlan
from tasks.domain.similarity.nearest import nearest_of_others
from tasks.similarity import embed, neighbours
from tests.support import small_home

N_TEXTS, N_VECTORS = 400, 20_000
REPEATS = 3
DIMENSION = 384
N_MODELS = 100
A_CLUSTER = 50
"""Vectors around one centre, as replies to one prompt lie."""

SEARCHED_OF_MANY = 8192
"""Queries where an exact search of all against all would take the better part of an hour."""


def _turns(ours: Callable[[], float], bare: Callable[[], float]) -> tuple[float, float, str]:
    """Return the medians of both, and the median of the ratios of neighbours in time as a note."""
    pairs = [(ours(), bare()) for _ in range(REPEATS)]
    ratio = median(beside / mine for mine, beside in pairs)
    return median(p[0] for p in pairs), median(p[1] for p in pairs), f"{ratio:.2f} of the bare throughput"


def _seconds(work: Callable[[], Any]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _texts(n: int) -> list[str]:
    """Return texts of 5 to 250 words, in the median 55."""
    dice = random.Random(0)
    words = [word for word in (PROJECT / "README.md").read_text(encoding="utf-8").split() if word.isalpha()]
    return [" ".join(dice.choices(words, k=min(250, max(5, int(dice.lognormvariate(4, 0.7)))))) for _ in range(n)]


def measure_embedding(n_texts: int) -> list[Measure]:
    """Measure the embed step beside `SentenceTransformer.encode` with the same batch size."""
    texts, plan = _texts(n_texts), EmbeddingPlan(prompts_per_set=None)
    list(embedder_cache.embedded(plan, [texts[:32]]))
    from sentence_transformers import SentenceTransformer

    path = sentence_transformers.packaged(plan.model)
    bare = SentenceTransformer(str(path or plan.model), device="cpu")

    def encode() -> object:
        size = sentence_transformers.BATCH_SIZE
        return bare.encode(texts, batch_size=size, normalize_embeddings=True, show_progress_bar=False)

    def step() -> float:
        with tempfile.TemporaryDirectory() as folder, disable_run_logger():
            home = Home(Path(folder) / "home")
            with store.writing(home) as warehouse:
                rows = [(f"m{n % 10}", f"p{n // 10}", 0, text) for n, text in enumerate(texts)]
                small_home.fill(warehouse, rows, {})
                return _seconds(lambda: embed.embed.fn(plan, 0, home))

    with peak_memory() as peak:
        mine, beside, note = _turns(step, lambda: _seconds(encode))
    given = f"{n_texts:,} texts, median 55 words"
    return [Measure("embed step", given, mine, "bare encode", beside, round(peak[0]), note)]


def measure_faiss(n_vectors: int) -> list[Measure]:
    """Measure the search over all beside bare FAISS, then the whole neighbour step."""
    is_exact = n_vectors <= faiss_index.EXACT_UP_TO
    found, _, peak = apart(_exact if is_exact else _lists, n_vectors)
    searched = [replace(one, megabytes=round(peak)) for one in found]
    if not is_exact:
        return searched
    seconds, _, peak = apart(_step, n_vectors // N_MODELS)
    given = f"{n_vectors // N_MODELS:,} prompts x {N_MODELS} models, dimension {DIMENSION}"
    return [*searched, Measure("neighbour step", given, seconds, megabytes=round(peak))]


def _exact(n: int) -> list[Measure]:
    import faiss

    vectors, (model, order) = _clustered(n), _owners(n)

    def ours() -> float:
        return _seconds(lambda: _kept(faiss_index.build(vectors), vectors, model, order))

    def bare() -> float:
        def search() -> None:
            index = faiss.IndexFlatIP(DIMENSION)
            index.add(vectors)
            index.search(vectors, neighbours.SEARCHED_GLOBAL)

        return _seconds(search)

    mine, beside, note = _turns(ours, bare)
    given = f"{n:,} x {DIMENSION}, all against all, {neighbours.SEARCHED_GLOBAL} neighbours"
    return [Measure("search and choice of others' replies", given, mine, "bare IndexFlatIP", beside, note=note)]


def _lists(n: int) -> list[Measure]:
    import faiss

    vectors, (model, order) = _clustered(n), _owners(n)
    started = perf_counter()
    index = faiss_index.build(vectors)
    built = perf_counter() - started
    queries = vectors[:SEARCHED_OF_MANY]
    mine, beside = (
        _seconds(lambda: _kept(index, queries, model, order)),
        _seconds(lambda: faiss.knn(queries, vectors, neighbours.SEARCHED_GLOBAL, metric=faiss.METRIC_INNER_PRODUCT)),
    )
    given = f"{n:,} x {DIMENSION}, {len(queries):,} queries"
    note = f"{index.quality.in_words}; built in {built:.0f} s; all against all {mine * n / len(queries):.0f} s"
    return [Measure("search by lists", given, mine, "exact faiss.knn", beside, note=note)]


def _kept(
    index: faiss_index.Index, queries: NDArray[np.float32], model: NDArray[np.int64], order: NDArray[np.int64]
) -> None:
    for first, found in index.search(queries, neighbours.SEARCHED_GLOBAL):
        nearest_of_others(found, first, model, order, neighbours.GLOBAL)


def _owners(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.arange(n) % N_MODELS, np.arange(n)


def _clustered(n: int) -> NDArray[np.float32]:
    """Return unit vectors around a fiftieth as many centres; a vector has a cosine of about .7 with its centre."""
    dice = np.random.default_rng(0)
    centres = dice.normal(size=(max(1, n // A_CLUSTER), DIMENSION)).astype(np.float32)
    vectors = np.empty((n, DIMENSION), dtype=np.float32)
    for start in range(0, n, 50_000):
        some = vectors[start : start + 50_000]
        some[:] = centres[dice.integers(0, len(centres), len(some))]
        some += dice.normal(size=some.shape).astype(np.float32)
        some /= np.linalg.norm(some, axis=1, keepdims=True)
    return vectors


def _step(n_prompts: int) -> float:
    """Return how long the neighbour step takes over a home whose replies have vectors already."""
    keys = [(f"m{model:03d}", f"p{prompt:04d}", 0) for prompt in range(n_prompts) for model in range(N_MODELS)]
    with tempfile.TemporaryDirectory() as folder, disable_run_logger():
        home = Home(Path(folder) / "home")
        with store.writing(home) as warehouse:
            vendors = {f"m{model:03d}": f"v{model % 30:02d}" for model in range(N_MODELS)}
            small_home.fill(warehouse, [(*key, " ".join(map(str, key))) for key in keys], vendors)
            ids = [hashlib.md5(" ".join(map(str, key)).encode()).hexdigest() for key in keys]
            frame = pl.DataFrame({"embedder": ["e/e"] * len(ids), "text_id": ids})
            vectors = pl.Series("vector", _clustered(len(ids))).cast(pl.List(pl.Float32))
            warehouse.append("embedding", frame.with_columns(vectors))
            return _seconds(lambda: neighbours.neighbours.fn("e/e", home))


def main() -> None:
    """Measure and print."""
    told = [int(word) for word in sys.argv[1:3]]
    n_texts, n_vectors = (told + [N_TEXTS, N_VECTORS][len(told) :])[:2]
    for work, size in ((measure_embedding, n_texts), (measure_faiss, n_vectors)):
        for one in work(size) if size else []:
            beside = f"; {one.beside} {one.beside_seconds:.2f} s" if one.beside_seconds is not None else ""
            print(
                f"{one.work}, {one.stated_input}: {one.seconds:.2f} s{beside}; {one.megabytes} MB; {one.note}",
                flush=True,
            )


if __name__ == "__main__":
    main()
