"""Nearest replies and mean cosines as FAISS and matrices find them, against brute force over random vectors."""

import contextlib
import dataclasses
import json
from collections.abc import Iterator, Mapping
from hashlib import md5

import faiss
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from prefect.logging import disable_run_logger

from tasks.adapters.models import faiss_index
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.similarity.nearest import nearest_of_others
from tasks.similarity import neighbours
from tests.support import small_home

EMBEDDER = "test/random"
Key = tuple[str, str, int]
"""Model, prompt and sample."""


@pytest.fixture
def home(tmp_path) -> Iterator[Home]:
    home = Home(tmp_path / "home")
    with store.writing(home), disable_run_logger():
        yield home


def unit(*numbers: float) -> NDArray[np.float32]:
    vector = np.array(numbers)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def random_vectors(models: str, n_prompts: int, n_samples: int, seed: int = 0) -> dict[Key, NDArray[np.float32]]:
    dice = np.random.default_rng(seed)
    keys = [(m, f"p{p}", s) for m in models for p in range(n_prompts) for s in range(n_samples)]
    return {key: unit(*dice.normal(size=8)) for key in keys}


def compare(home: Home, vectors: Mapping[Key, NDArray[np.float32]], background: str) -> int:
    """Put replies with these vectors into the warehouse and run the step; `background` names the models to centre on."""
    texts = {key: " ".join(map(str, key)) for key in vectors}
    with store.writing(home) as warehouse:
        small_home.fill(warehouse, [(*key, text) for key, text in texts.items()], {})
        models = sorted({model for model, _, _ in vectors})
        rows = [{"model": model, "is_background": model in background, "chosen_by": "named"} for model in models]
        warehouse.replace("reference", pl.DataFrame(rows))
        rows = [
            {"embedder": EMBEDDER, "text_id": md5(text.encode()).hexdigest(), "vector": vectors[key].tolist()}
            for key, text in texts.items()
        ]
        warehouse.append("embedding", rows)
    return neighbours.neighbours.fn(EMBEDDER, home)


def found(home: Home, kind: str) -> dict[str, list[tuple[str, float]]]:
    """Return each reply's neighbours in the order of their rank."""
    with store.writing(home) as warehouse:
        rows = warehouse.read("score.neighbour", neighbour_kind=kind).sort("reply_id", "rank")
    near: dict[str, list[tuple[str, float]]] = {}
    for row in rows.to_dicts():
        assert row["embedder"] == EMBEDDER
        near.setdefault(row["reply_id"], []).append((row["neighbour_reply_id"], row["cos"]))
        assert row["rank"] == len(near[row["reply_id"]])
    return near


def brute(vectors: Mapping[Key, NDArray[np.float32]], *, within_prompt: bool) -> dict[str, list[tuple[str, float]]]:
    """Return all replies of other models, nearest first."""
    return {
        small_home.reply_id(*key): sorted(
            (
                (small_home.reply_id(*other), float(vector.astype(float) @ near.astype(float)))
                for other, near in vectors.items()
                if other[0] != key[0] and (other[1] == key[1] or not within_prompt)
            ),
            key=lambda told: (-round(told[1], 6), told[0]),
        )
        for key, vector in vectors.items()
    }


def centre(vectors: Mapping[Key, NDArray[np.float32]], background: str) -> dict[Key, NDArray[np.float32]]:
    means = {
        prompt: np.mean([v.astype(float) for k, v in vectors.items() if k[1] == prompt and k[0] in background], axis=0)
        for prompt in {key[1] for key in vectors}
    }
    return {key: unit(*(vector.astype(float) - means[key[1]])) for key, vector in vectors.items()}


def assert_same(seen: Mapping[str, list[tuple[str, float]]], expected: Mapping[str, list[tuple[str, float]]]) -> None:
    """Compare neighbours; those whose cosines differ by less than float32 can tell may change places."""
    assert seen.keys() == expected.keys()
    for reply, told in expected.items():
        exact = dict(told)
        assert len(seen[reply]) == len(told)
        assert len({near for near, _ in seen[reply]}) == len(told)
        for (near, cos), (_, wanted) in zip(seen[reply], told, strict=True):
            assert cos == pytest.approx(wanted, abs=2e-6)
            assert exact[near] == pytest.approx(wanted, abs=2e-6)


def test_within_prompt(home) -> None:
    vectors = random_vectors("abcd", n_prompts=4, n_samples=2)
    assert compare(home, vectors, "abc") == len(vectors)
    near = found(home, "within_prompt")
    assert_same(near, brute(vectors, within_prompt=True))
    assert {len(told) for told in near.values()} == {6}


def test_centred_global(home) -> None:
    vectors = random_vectors("abcd", n_prompts=4, n_samples=2)
    compare(home, vectors, "abc")
    expected = brute(centre(vectors, "abc"), within_prompt=False)
    assert_same(found(home, "centred_global"), {k: told[: neighbours.GLOBAL] for k, told in expected.items()})
    members = pl.read_parquet(home.indices / "centred_global.parquet")
    assert members.height == len(vectors)
    assert (home.indices / "centred_global.faiss").stat().st_size


@pytest.mark.parametrize("kind", ["within_prompt", "centred_global"])
def test_own_replies_are_left_out(home, kind) -> None:
    """One model's replies all lie side by side: they fill each other's nearest places, and still are no neighbours."""
    vectors = random_vectors("bc", n_prompts=3, n_samples=2)
    dice = np.random.default_rng(1)
    for prompt, sample in ((p, s) for p in range(3) for s in range(20)):
        vectors["a", f"p{prompt}", sample] = unit(*(np.eye(8)[0] * 50 + dice.normal(size=8)))
    compare(home, vectors, "bc")
    near = found(home, kind)
    assert len(near) == len(vectors)
    assert not any(reply[0] == other[0] for reply, told in near.items() for other, _ in told)


def test_fewer_are_searched_than_there_are(home, monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "SEARCHED_GLOBAL", 12)
    monkeypatch.setattr(neighbours, "GLOBAL", 4)
    vectors = random_vectors("abcd", n_prompts=5, n_samples=1)
    compare(home, vectors, "abcd")
    expected = brute(centre(vectors, "abcd"), within_prompt=False)
    assert_same(found(home, "centred_global"), {k: told[:4] for k, told in expected.items()})


def test_ties_are_ordered_by_reply(home) -> None:
    same, other = unit(1, 2, 3), unit(3, -1, 0)
    vectors = {(model, "p", 0): same for model in "dbca"} | {("e", "p", 0): other}
    compare(home, vectors, "abcd")
    near = {reply: [other for other, _ in told] for reply, told in found(home, "within_prompt").items()}
    assert near["a/p/0"] == ["b/p/0", "c/p/0", "d/p/0", "e/p/0"]
    assert near["c/p/0"] == ["a/p/0", "b/p/0", "d/p/0", "e/p/0"]
    assert near["e/p/0"] == ["a/p/0", "b/p/0", "c/p/0", "d/p/0"]


def test_last_digits_decide_nothing() -> None:
    """Equal replies have equal cosines, whatever FAISS makes of their last digits."""
    cosines = np.array([[1.0, 0.50000012, 0.5], [1, 1, 1], [1, 1, 1]], dtype=np.float32)
    places = np.array([[0, 1, 2], [1, -1, -1], [2, -1, -1]])
    near = nearest_of_others((cosines, places), 0, np.array([0, 1, 1]), np.array([2, 1, 0]), 5)
    assert list(zip(near.source, near.place, near.rank, strict=True)) == [(0, 2, 1), (0, 1, 2)]


@given(st.integers(0, 1000), st.integers(1, 40), st.integers(1, 8), st.integers(0, 5))
def test_nearest_of_others_against_a_plain_loop(seed, k, most, first) -> None:
    """Few different cosines, so that many are equal, also where the kept ones end."""
    dice = np.random.default_rng(seed)
    n, block = 60, 9
    model, order = dice.integers(0, 4, n), dice.permutation(n)
    places = np.stack([dice.choice(n, k, replace=False) for _ in range(block)])
    places[dice.random(places.shape) < 0.1] = -1
    cosines = -np.sort(-dice.integers(0, 6, places.shape).astype(np.float32) / 8, axis=1)
    near = nearest_of_others((cosines, places), first, model, order, most)
    rows = list(zip(near.source, near.rank, near.place, near.cos, strict=True))
    expected = []
    for row in range(block):
        told = [(-c, order[p], p) for c, p in zip(cosines[row], places[row], strict=True) if p >= 0]
        told = sorted(one for one in told if model[one[2]] != model[first + row])[:most]
        expected += [(first + row, rank, p, -c) for rank, (c, _, p) in enumerate(told, start=1)]
    assert rows == expected


def test_reply_on_the_mean_is_near_to_nothing(home) -> None:
    """What says just what all references say has no direction of its own: it is nobody's neighbour, and has none."""
    vectors = random_vectors("abc", n_prompts=3, n_samples=1)
    for model in "ab":
        vectors[model, "p0", 0] = unit(*np.ones(8))
    compare(home, vectors, "ab")
    near = found(home, "centred_global")
    assert not {"a/p0/0", "b/p0/0"} & {*near, *(other for told in near.values() for other, _ in told)}
    assert len(near) == len(vectors) - 2
    assert len(found(home, "within_prompt")) == len(vectors)
    with store.writing(home) as warehouse:
        sums = warehouse.read("score.cosine_sum", target="a", reference="b").row(0, named=True)
    n_prompts = len({prompt for _, prompt, _ in vectors})
    assert (sums["n_embedded_prompts"], sums["n_centred"]) == (n_prompts, n_prompts - 1)


def test_nothing_but_the_mean(home) -> None:
    compare(home, {(model, "p", 0): unit(1, 1) for model in "ab"}, "ab")
    assert found(home, "centred_global") == {}
    assert len(found(home, "within_prompt")) == 2


def test_without_a_background_nothing_is_centred(home) -> None:
    vectors = random_vectors("abc", n_prompts=2, n_samples=1)
    compare(home, vectors, "a")
    assert found(home, "centred_global") == {}
    with store.writing(home) as warehouse:
        sums = warehouse.read("score.cosine_sum")
    assert (sums.height, sums["centred_cos_sum"].null_count(), sums["n_centred"].sum()) == (6, 6, 0)


def test_mean_cosines(home) -> None:
    vectors = random_vectors("abc", n_prompts=2, n_samples=2)
    compare(home, vectors, "ab")
    moved = centre(vectors, "ab")
    with store.writing(home) as warehouse:
        rows = warehouse.read("score.cosine_sum").to_dicts()
        sampled = warehouse.read("score.repeat_cosine_sum").to_dicts()

    def cosine(told: Mapping[Key, NDArray[np.float32]], left: str, right: str, prompt: str) -> float:
        pairs = [(0, 1)] if left == right else [(i, j) for i in (0, 1) for j in (0, 1)]
        cosines = [told[left, prompt, i].astype(float) @ told[right, prompt, j].astype(float) for i, j in pairs]
        return float(np.mean(cosines))

    assert len(rows) == 9
    for row in rows:
        pair = row["target"], row["reference"]
        assert (row["n_embedded_prompts"], row["n_centred"]) == (2, 2)
        assert row["raw_cos_sum"] == pytest.approx(sum(cosine(vectors, *pair, p) for p in ("p0", "p1")), abs=1e-6)
        assert row["centred_cos_sum"] == pytest.approx(sum(cosine(moved, *pair, p) for p in ("p0", "p1")), abs=1e-6)
    assert len(sampled) == 3
    for row in sampled:
        left, right = row["left_model"], row["right_model"]
        wanted = {"raw_cos": (left, right), "left_self_raw_cos": (left, left), "right_self_raw_cos": (right, right)}
        for name, pair in wanted.items():
            expected = sum(cosine(vectors, *pair, prompt) for prompt in ("p0", "p1"))
            assert row[f"{name}_total"] == pytest.approx(expected, abs=1e-6)


def test_cosines_beside_oneself_are_of_the_prompts_that_both_were_sampled_on(home) -> None:
    vectors = random_vectors("ab", n_prompts=3, n_samples=2)
    del vectors["b", "p2", 1]
    compare(home, vectors, "ab")
    with store.writing(home) as warehouse:
        [row] = warehouse.read("score.repeat_cosine_sum").to_dicts()
    own = sum(float(vectors["a", p, 0].astype(float) @ vectors["a", p, 1].astype(float)) for p in ("p0", "p1"))
    assert row["n_prompts"] == 2
    assert row["left_self_raw_cos_total"] == pytest.approx(own, abs=1e-6)


def test_run_again_puts_new_rows_in_the_place_of_old_ones(home) -> None:
    vectors = random_vectors("abc", n_prompts=2, n_samples=1)
    compare(home, vectors, "abc")
    first = {kind: found(home, kind) for kind in ("within_prompt", "centred_global")}
    with store.writing(home) as warehouse:
        n_cosines = warehouse.count("score.cosine_sum")
    assert neighbours.neighbours.fn(EMBEDDER, home) == 6
    assert {kind: found(home, kind) for kind in first} == first
    with store.writing(home) as warehouse:
        assert warehouse.count("score.cosine_sum") == n_cosines
    assert neighbours.neighbours.fn("another/embedder", home) == 0
    with store.writing(home) as warehouse:
        assert warehouse.count("score.neighbour") == warehouse.count("score.cosine_sum") == 0


@pytest.mark.parametrize("n", [1, 7, 60])
def test_nearest_against_brute_force(n) -> None:
    vectors = np.vstack(list(random_vectors("a", n, 1).values()))
    cosines, places = faiss_index.nearest(vectors, 7)
    exact = vectors.astype(float) @ vectors.astype(float).T
    assert places.shape == (n, min(n, 7))
    np.testing.assert_allclose(cosines, np.take_along_axis(exact, places, axis=1), atol=1e-6)
    np.testing.assert_allclose(cosines, -np.sort(-exact, axis=1)[:, : min(n, 7)], atol=1e-6)
    assert (places[:, 0] == np.arange(n)).all()


def clustered(n: int, dimension: int, n_clusters: int) -> NDArray[np.float32]:
    dice = np.random.default_rng(0)
    centres = dice.normal(size=(n_clusters, dimension))
    return np.stack(
        [unit(*row) for row in centres[dice.integers(0, n_clusters, n)] + dice.normal(size=(n, dimension)) / 2]
    )


def recall_by_hand(index: faiss_index.Index, vectors: NDArray[np.float32], n: int) -> float:
    """Return the share of the nearest, itself aside, that `index` finds of the first thousand rows."""
    exact = vectors[:1000].astype(float) @ vectors.astype(float).T
    np.fill_diagonal(exact, -np.inf)
    truth = np.argsort(-exact, axis=1)[:, :n]
    places = np.concatenate([places for _, (_, places) in index.search(vectors[:1000], n + 1)])
    shared = [len(set(told) & set(seen)) for told, seen in zip(truth, places, strict=True)]
    return float(np.mean(shared)) / n


def test_lists_are_taken_where_they_find_what_exact_search_finds(tmp_path) -> None:
    vectors = clustered(8000, 16, 120)
    index = faiss_index.build(vectors, exact_up_to=1000)
    assert not index.quality.is_exact
    assert 0 < index.quality.n_probed < index.quality.n_lists
    assert index.quality.recall >= faiss_index.LEAST_RECALL
    # Measured over other rows.
    assert index.quality.recall == pytest.approx(recall_by_hand(index, vectors, 10), abs=0.01)
    index.write(tmp_path / "made" / "some.faiss")
    kept = json.loads((tmp_path / "made" / "some.json").read_text())
    assert kept == dataclasses.asdict(index.quality)
    assert (kept["recall_at"], kept["n_queries"]) == (10, faiss_index.N_QUERIES)


def unclustered(n: int, dimension: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(0).normal(size=(n, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_more_lists_are_probed_until_enough_is_found() -> None:
    vectors = unclustered(8000, 8)
    made = [faiss_index.build(vectors, exact_up_to=1000, least_recall=least).quality for least in (0.1, 0.85)]
    assert [one.is_exact for one in made] == [False, False]
    assert made[0].n_probed < made[1].n_probed
    assert made[0].recall < 0.85 <= made[1].recall


def test_poor_lists_are_not_accepted() -> None:
    """Vectors without any clusters: the lists that an exact search would not outrun find too little of them."""
    vectors = unclustered(8000, 64)
    poor = faiss_index.build(vectors, exact_up_to=1000, least_recall=0.1)
    assert not poor.quality.is_exact
    assert recall_by_hand(poor, vectors, 10) < faiss_index.LEAST_RECALL
    index = faiss_index.build(vectors, exact_up_to=1000)
    assert (index.quality.is_exact, index.quality.recall) == (True, 1.0)
    assert recall_by_hand(index, vectors, 10) == 1.0


def test_recall_counts_equal_cosines_alike_and_leaves_itself_out() -> None:
    exact = (np.array([[1.0, 0.5, 0.5]], np.float32), np.array([[0, 1, 2]]))
    same = (np.array([[1.0, 0.5, 0.5]], np.float32), np.array([[0, 3, 4]]))
    half = (np.array([[1.0, 0.5, 0.2]], np.float32), np.array([[0, 1, 5]]))
    only_itself = (np.array([[1.0, -1, -1]], np.float32), np.array([[0, -1, -1]]))
    found = [faiss_index.recall_of(one, exact, np.array([0])) for one in (exact, same, half, only_itself)]
    assert found == [1.0, 1.0, 0.5, 0.0]


@pytest.mark.parametrize("n", [1, 5, 8192, 8200, 8215])
def test_blocks_give_what_one_search_gives(n) -> None:
    """To the bit: neither where the blocks end nor a short last one may show."""
    vectors = clustered(8300, 8, 40)
    index = faiss_index.build(vectors)
    blocks = list(index.search(vectors[:n], 3))
    flat = faiss.IndexFlatIP(8)
    flat.add(vectors)
    cosines, places = flat.search(vectors[:n], 3)
    np.testing.assert_array_equal(np.concatenate([found[0] for _, found in blocks]), cosines)
    np.testing.assert_array_equal(np.concatenate([found[1] for _, found in blocks]), places)
    assert sum(len(found[0]) for _, found in blocks) == n


@pytest.mark.fault
def test_vectors_of_different_lengths_are_refused_and_nothing_is_lost(home) -> None:
    vectors = random_vectors("abc", n_prompts=2, n_samples=1)
    compare(home, vectors, "abc")
    before = found(home, "within_prompt")
    with store.writing(home) as warehouse:
        rows = warehouse.read("score.embedding").to_dicts()
        rows[0]["vector"] = [1.0]
        warehouse.replace("embedding", pl.DataFrame(rows, schema_overrides={"vector": pl.List(pl.Float32)}))
    with pytest.raises(InputError, match="1 to 8 numbers"):
        neighbours.neighbours.fn(EMBEDDER, home)
    assert found(home, "within_prompt") == before


@pytest.mark.fault
def test_what_fails_midway_leaves_the_tables_as_they_were(home) -> None:
    """Rows were written, none of them stays."""
    compare(home, random_vectors("abc", n_prompts=2, n_samples=1), "abc")
    with store.writing(home) as warehouse:
        n = warehouse.count("score.neighbour")
        with contextlib.suppress(InputError), warehouse.replacing("neighbour", "cosine_sum") as put:
            put("neighbour", warehouse.read("score.neighbour").head(1))
            raise InputError("Stop.")
        assert (warehouse.count("score.neighbour"), warehouse.count("score.cosine_sum") > 0) == (n, True)
