"""Which replies and probes get a vector, each distinct text once; probes never come among the replies compared."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain import registry
from tasks.domain.plan import EmbeddingPlan
from tasks.similarity import embed
from tests.support import small_home
from tests.support.attack_logs import BARE, NAMED, write_log

QUESTIONS = [f"Who built you, {number}?" for number in range(4)]
TARGETS = {"one": "I was built by One.", "two": "Nobody knows, {number}."}
LABEL = "test/lengths"


class Lengths:
    """Embeds a text as its length says, and notes what it was given."""

    given: ClassVar[list[str]] = []

    def __init__(self, model: str) -> None:
        self.model = model

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        self.given.extend(texts)
        angles = np.array([len(text) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Iterator[Home]:
    """Two targets with eight probes each, one of which always says the same; and two models with plain replies."""
    home = Home(tmp_path / "home")
    with store.writing(home) as warehouse, disable_run_logger():
        for model, reply in TARGETS.items():
            rows = [
                (template, question, reply.format(number=number), False)
                for template in (NAMED, BARE)
                for number, question in enumerate(QUESTIONS)
            ]
            ingest.ingest.fn(write_log(tmp_path / f"{model}.jsonl", rows), "identity-attack", home)
        small_home.fill(warehouse, [(m, p, 0, f"{m} to {p}") for m in ("alpha", "beta") for p in ("p1", "p2")], {})
        monkeypatch.setattr(registry, "load", lambda _folder, _name: Lengths)
        monkeypatch.setattr(Lengths, "given", [])
        yield home


def embedded(home: Home, probes: int | None, seed: int = 0) -> tuple[int, dict[str, set[tuple[str, str]]]]:
    """Return how many texts were embedded, and the template and question of each target's chosen probes."""
    plan = EmbeddingPlan(embedder="test", model="lengths", probes_per_target=probes)
    n_new = embed.embed.fn(plan, seed, home)
    chosen: dict[str, set[tuple[str, str]]] = {model: set() for model in TARGETS}
    with store.writing(home) as warehouse:
        probe = {row["request_id"]: row for row in warehouse.read("core.probe").to_dicts()}
        for row in warehouse.read("score.probe_sample").to_dicts():
            assert (row["embedder"], row["mode"]) == (LABEL, "published")
            one = probe[row["request_id"]]
            chosen[one["target"]].add((one["template_id"], one["question_id"]))
    return n_new, chosen


def test_every_target_has_the_same_probes_embedded_one_of_each_question_first(home) -> None:
    n_new, chosen = embedded(home, 4)
    assert chosen["one"] == chosen["two"]
    assert {question for _, question in chosen["one"]} == {question for _, question in embedded(home, None)[1]["one"]}
    assert n_new == 4 + 1 + 4
    assert embedded(home, 4, seed=1)[1] != chosen


def test_each_text_is_embedded_once_and_a_larger_sample_only_adds(home) -> None:
    few = embedded(home, 5)[1]
    assert embedded(home, 5) == (0, few)
    n_new, everything = embedded(home, None)
    assert (n_new, len(everything["one"])) == (0, 8)
    assert few["one"] < everything["one"]
    assert len(Lengths.given) == len(set(Lengths.given)) == 4 + 1 + 4


def test_probes_may_be_left_out(home) -> None:
    assert embedded(home, 0) == (4, {"one": set(), "two": set()})


def test_probes_are_not_among_the_replies_compared(home) -> None:
    embedded(home, None)
    with store.writing(home) as warehouse:
        assert sorted(warehouse.read("core.embedded_reply")["model"]) == ["alpha", "alpha", "beta", "beta"]
        assert set(warehouse.read("core.nearest_reference_reply")["target"]) <= {"alpha", "beta"}


def test_words_that_come_again_outside_the_sample_do_not_count(home) -> None:
    embedded(home, 4)
    with store.writing(home) as warehouse:
        rows = warehouse.read("mart.identity_spread").to_dicts()
    assert {(row["target"], row["n_sampled"], row["n_embedded"], row["embedding_spread"]) for row in rows} == {
        ("one", 1, 1, None),
        ("two", 1, 1, None),
    }
    embedded(home, 8)
    with store.writing(home) as warehouse:
        rows = warehouse.read("mart.identity_spread").to_dicts()
    assert {(row["target"], row["n_embedded"], row["embedding_spread"]) for row in rows} == {
        ("one", 2, 0.0),
        ("two", 2, 0.0),
    }
