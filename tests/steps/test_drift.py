"""Rounds in a warehouse -> what changed, of whom, and what does not compare."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from prefect.logging import disable_run_logger

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import pair_sums, pruning, store
from tasks.domain.prompting.probes import BANK
from tasks.rounds import drift
from tests.support import personas, small_home
from tests.support.small_home import AT
from tests.support.workbench import run_here

pytestmark = pytest.mark.slow

MODELS = ("independent-alpha", "independent-beta", "independent-gamma")
PROMPTS = [f"p{n:02d}" for n in range(40)]


def _text(model: str, prompt: str, seed: int) -> str:
    return personas.reply(model, [{"role": "user", "content": f"How do I mend a kettle, way {prompt}?"}], seed)


class Rounds:
    """A warehouse that is asked round by round."""

    def __init__(self, root: Path) -> None:
        self.home, self.n = Home(root), 0

    def ask(
        self, name: str, recipe: str = "a", instead: dict[str, str] | None = None, temperature: float = 1.0
    ) -> pl.DataFrame:
        """Ask every model every prompt in a new round and return what drift says of that round."""
        self.n += 1
        at = AT + timedelta(days=7 * self.n)
        with disable_run_logger(), store.writing(self.home) as warehouse:
            if self.n == 1:
                small_home.fill(warehouse, [(model, "p00", 9, "Before all rounds.") for model in MODELS], {})
            run = {"run_id": name, "event": "started", "plan": "p", "round": name, "recipe_id": recipe}
            warehouse.append("run", [run | {"plan_text": "", "version": "1", "happened_at": at}])
            warehouse.append("run_model", [{"run_id": name, "model": model} for model in MODELS])
            for model in MODELS:
                answering = (instead or {}).get(model, model)
                seed = 0 if temperature == 0 else self.n
                texts = {prompt: _text(answering, prompt, seed) for prompt in PROMPTS}
                self._keep(warehouse, (model, name, temperature), texts, at)
            pair_sums.store_shapes(warehouse)
            warehouse.refresh()
            drift.drift.fn("none/none", 7, self.home)
            return warehouse.read("mart.drift", round=name).sort("target", "measure")

    def _keep(self, warehouse, told, texts, at) -> None:
        model, name, temperature = told
        ids = {prompt: f"{name}/{model}/{prompt}" for prompt in texts}
        request = {
            "model": model,
            "fingerprint": "f",
            "sample": 0,
            "round": name,
            "purpose": "reply",
            "requested_at": at,
        }
        request["sampling_text"] = f'{{"temperature": {temperature}}}'
        warehouse.append("request", [request | {"request_id": ids[p], "prompt_id": p} for p in texts])
        reply = {"n_attempts": 1, "replied_at": at, "source": "asked"}
        rows = [reply | {"reply_id": ids[p], "request_id": ids[p], "reply_text": text} for p, text in texts.items()]
        warehouse.append("reply", rows)


def alarmed(rows: pl.DataFrame) -> set[str]:
    return set(rows.filter(pl.col("is_alarm"))["target"])


def test_swapped_model_is_named_and_no_other(tmp_path) -> None:
    rounds = Rounds(tmp_path)
    # The round before it is from before recipes were kept.
    assert set(rounds.ask("R1")["missing_reason"]) == {"recipe_changed"}
    assert alarmed(rounds.ask("R2")) == set()
    third = rounds.ask("R3", instead={"independent-beta": "independent-delta"})
    assert alarmed(third) == {"independent-beta"}
    [row] = third.filter(target="independent-beta", measure="reply_text").to_dicts()
    assert (row["earlier_round"], row["n"], row["is_recipe_changed"]) == ("R2", 40, False)
    assert row["p"] == 1e-5
    fourth = rounds.ask("R4", instead={"independent-beta": "independent-delta"})
    assert alarmed(fourth) == set()
    with store.writing(rounds.home) as warehouse:
        # What was found before stands, though it is not computed anew.
        assert alarmed(warehouse.read("mart.drift", round="R3")) == {"independent-beta"}


def test_other_recipe_does_not_compare_and_is_told(tmp_path) -> None:
    rounds = Rounds(tmp_path)
    rounds.ask("R1")
    second = rounds.ask("R2", recipe="b", instead={"independent-beta": "independent-delta"})
    assert alarmed(second) == set()
    assert second["missing_reason"].to_list() == ["recipe_changed"] * 3
    assert second["is_recipe_changed"].all()
    third = rounds.ask("R3", recipe="a")
    assert set(third["earlier_round"]) == {"R1"}
    assert set(third["preceding_round"]) == {"R2"}
    assert third["is_recipe_changed"].all()
    assert alarmed(third) == set()


def test_share_of_identical_replies_at_temperature_zero(tmp_path) -> None:
    rounds = Rounds(tmp_path)
    rounds.ask("R1", temperature=0.0)
    second = rounds.ask("R2", temperature=0.0, instead={"independent-beta": "independent-delta"})
    shares = dict(second.filter(measure="identical_share").select("target", "value_after").iter_rows())
    assert shares == {"independent-alpha": 1.0, "independent-beta": 0.0, "independent-gamma": 1.0}
    assert alarmed(second) == {"independent-beta"}
    # Another sampling is another question: nothing of it compares.
    third = rounds.ask("R3", temperature=1.0)
    assert third["missing_reason"].to_list() == ["no_common_replies"] * 3


def test_scoring_again_changes_nothing(tmp_path) -> None:
    rounds = Rounds(tmp_path)
    rounds.ask("R1")
    first = rounds.ask("R2").drop("computed_at")
    with disable_run_logger(), store.writing(rounds.home) as warehouse:
        drift.drift.fn("none/none", 7, rounds.home)
        again = warehouse.read("mart.drift", round="R2").sort("target", "measure").drop("computed_at")
    assert again.equals(first)


def test_identity_scores_and_vectors_are_compared_where_they_are(tmp_path) -> None:
    rounds = Rounds(tmp_path)
    rounds.ask("R1")
    home, target = rounds.home, "independent-alpha"
    with disable_run_logger(), store.writing(home) as warehouse:
        for name, at in (("R1", AT + timedelta(days=7)), ("R2", AT + timedelta(days=14))):
            keys = [(f"t{n % 8}", f"q{n // 8}") for n in range(64)]
            ids = {key: f"{name}/probe/{key[0]}/{key[1]}" for key in keys}
            request = {"model": target, "fingerprint": "f", "sample": 0, "round": name, "requested_at": at}
            request |= {"sampling_text": "{}", "purpose": "identity"}
            probe = {"mode": BANK, "is_leading": False, "registered_at": at, "template_set": "x"}
            verdict = {"judge": "j", "judge_version": "1", "attempt": 0, "is_contradiction": False, "judged_at": at}
            for key, one in ids.items():
                warehouse.append("request", [request | {"request_id": one, "prompt_id": f"{key}"}])
                reply = {"n_attempts": 1, "replied_at": at, "source": "asked", "reply_text": "Hm."}
                warehouse.append("reply", [reply | {"reply_id": one, "request_id": one}])
                warehouse.append("probe", [probe | {"request_id": one, "template_id": key[0], "question_id": key[1]}])
                warehouse.append(
                    "judge_label", [verdict | {"label_id": one, "reply_id": one, "is_foreign": name == "R2"}]
                )
        second = rounds.ask("R2")
        texts = warehouse.read("core.round_reply", model=target).drop_nulls("text_id")
        vectors = [
            {"embedder": "e/e", "text_id": row["text_id"], "vector": [1.0, 0.0] if row["round"] == "R1" else [0.0, 1.0]}
            for row in texts.iter_rows(named=True)
        ]
        warehouse.append("embedding", vectors)
        drift.drift.fn("e/e", 7, home)
        rows = warehouse.read("mart.drift", round="R2", target=target)
    assert "reply_vector" not in second["measure"].to_list()
    by_measure = {row["measure"]: row for row in rows.to_dicts()}
    assert by_measure["reply_vector"]["change"] == pytest.approx(1.0)
    assert by_measure["reply_vector"]["is_alarm"]
    assert (by_measure["strict"]["n"], by_measure["strict"]["change"]) == (64, 1.0)
    assert by_measure["loose"]["change"] == 0.0
    assert (by_measure["hard"]["value_before"], by_measure["hard"]["value_after"]) == (0.0, 1.0)


def test_pruned_rounds_leave_what_counts_now_and_what_drifted(tmp_path) -> None:
    rounds = Rounds(tmp_path)
    for name in ("R1", "R2", "R3"):
        rounds.ask(name, instead={"independent-beta": "independent-delta"} if name == "R2" else {})
    with store.writing(rounds.home) as warehouse:
        counts = warehouse.read("core.reply").sort("reply_id")
        drifted = warehouse.read("mart.drift").sort("target", "round", "measure")
        vector = {"embedder": "e/e", "vector": [1.0]}
        texts = warehouse.read("core.round_reply", model="independent-alpha").drop_nulls("text_id")
        warehouse.append("embedding", [vector | {"text_id": text} for text in texts["text_id"]])
        n_texts = texts.filter(pl.col("round").is_in(["R2", "R3", "2026-W02"]))["text_id"].n_unique()
    dry = run_here("prune", "--keep-rounds", "2", "--dry-run", "--home", str(rounds.home.root))
    n_replies = len(MODELS) * len(PROMPTS)
    assert dry.stdout == f"Would delete {n_replies} replies of rounds before the newest 2.\n"
    done = pruning.prune(rounds.home, 2)
    assert done.n_replies == n_replies
    with store.writing(rounds.home) as warehouse:
        assert warehouse.read("core.reply").sort("reply_id").equals(counts)
        assert warehouse.read("mart.drift").sort("target", "round", "measure").equals(drifted)
        # The replies before all rounds count still: nobody was asked that again.
        assert set(warehouse.read("mart.round")["round"]) == {"2026-W02", "R2", "R3"}
        assert warehouse.count("score.embedding") == n_texts
    with store.reading(rounds.home) as snapshot:
        assert set(snapshot.read("mart.round")["round"]) == {"2026-W02", "R2", "R3"}
    assert alarmed(rounds.ask("R4")) == set()


def test_pruned_readings_take_what_they_claimed_with_them(tmp_path) -> None:
    """A claim without a reading fails a check, and nothing would be published any more."""
    rounds = Rounds(tmp_path)
    for name in ("R1", "R2"):
        rounds.ask(name)
    with store.writing(rounds.home) as warehouse:
        for name in ("R1", "R2"):
            read = {"label_id": name, "reply_id": f"{name}/independent-alpha/p00", "judge": "j", "judge_version": "1"}
            warehouse.append("judge_label", [read | {"attempt": 0, "is_foreign": True, "judged_at": AT}])
            warehouse.append("attribute_claim", [{"label_id": name, "attribute": "maker"}])
    pruning.prune(rounds.home, 1)
    with store.writing(rounds.home) as warehouse:
        for table in ("raw.judge_label", "raw.attribute_claim"):
            assert warehouse.read(table)["label_id"].to_list() == ["R2"]


def _graded(rounds: Rounds, name: str, grades: dict[str, int], judge: str) -> None:
    """Grade what a round's independent-beta replied beside independent-alpha's replies of the same round."""
    both = {
        "judge": judge,
        "judge_version": "1",
        "is_target_first": True,
        "attempt": 0,
        "judged_at": AT,
        "n_truncated_chars": 0,
    }
    rows = [
        both
        | {"label_id": f"{name}/{judge}/{prompt}"}
        | {f"{side}_reply_id": f"{name}/independent-{letter}/{prompt}" for side, letter in SIDES}
        | dict.fromkeys(("style_grade", "structure_grade", "content_grade"), grade)
        for prompt, grade in grades.items()
    ]
    with store.writing(rounds.home) as warehouse:
        warehouse.append("pair_label", rows)


SIDES = (("target", "beta"), ("reference", "alpha"))


def test_grades_are_compared_by_the_judge_that_asks_a_model(tmp_path) -> None:
    rounds = Rounds(tmp_path)
    for name in ("R1", "R2"):
        rounds.ask(name)
        _graded(rounds, name, dict.fromkeys(PROMPTS, 5), "text_similarity")
    first = {prompt: 2 + number % 2 for number, prompt in enumerate(PROMPTS)}
    _graded(rounds, "R1", first, "judge_of_a_model")
    _graded(rounds, "R2", {prompt: grade + 1 for prompt, grade in list(first.items())[:30]}, "judge_of_a_model")
    with disable_run_logger(), store.writing(rounds.home) as warehouse:
        drift.drift.fn("none/none", 7, rounds.home)
        [row] = warehouse.read("mart.drift", round="R2", measure="grade").to_dicts()
    assert (row["target"], row["reference"], row["n"]) == ("independent-beta", "independent-alpha", 30)
    assert (row["value_before"], row["value_after"], row["change"]) == (2.5, 3.5, 1.0)
    assert row["is_alarm"]
