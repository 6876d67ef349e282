"""Pairs are put once in each order that is wanted, read or missing with a reason, and scored by set and over sets."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest
from prefect.logging import disable_run_logger

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.card import HostedEndpoint, ModelCard, Sampling
from tasks.domain.plan import RsePlan
from tasks.domain.rows import Request
from tasks.domain.rse.grading import Grading, PlannedJudge
from tasks.domain.rse.pair_judges.pair_grade import MOST_CHARACTERS, PAIR_GRADE
from tasks.domain.rse.pair_judges.text_similarity import TEXT_SIMILARITY
from tasks.rse import grade_text, grade_with_model, sample_pairs, score_rse
from tests.support.small_home import fill

pytestmark = pytest.mark.slow

CARD = ModelCard(
    name="judge",
    vendor="judge",
    endpoint=HostedEndpoint(provider="openai_compatible", base_url="http://localhost/v1", served_name="judge"),
    sampling=Sampling(seed=1),
)
READER = PlannedJudge.of(PAIR_GRADE, CARD)
TEXT = PlannedJudge.of(TEXT_SIMILARITY, None)
Answer = Callable[[Request], str | None]
_clock = count()


def label(style: int, structure: int, content: int) -> str:
    return f'<verdict>{{"note": "", "style": {style}, "structure": {structure}, "content": {content}}}</verdict>'


class Bench:
    """A home with replies, and a judge model that answers as told."""

    def __init__(self, home: Home, replies: dict[tuple[str, str], str | None]) -> None:
        self.home = home
        models = sorted({model for model, _ in replies})
        with store.writing(home) as warehouse:
            fill(warehouse, [(m, p, 0, text) for (m, p), text in replies.items()], dict.fromkeys(models, "v"))
        self.targets, self.prompts = tuple(models), sorted({prompt for _, prompt in replies})

    def grading(self, reader: PlannedJudge = READER, **wanted: object) -> Grading:
        plan = RsePlan(**{"first_prompts": 50, "swapped_share": 0.0} | wanted)
        return Grading(plan, self.targets, ("t",), {"small": dict.fromkeys(self.prompts, "en")}, (reader,), 3)

    def ask(self, grading: Grading, answer: Answer, attempts: int = 2) -> list[Request]:
        """Choose, ask, read and score as the flow does; return what was asked."""
        asked = []
        with disable_run_logger():
            sample_pairs.choose_first.fn(grading, READER, self.home)
            for attempt in range(attempts):
                todo = grade_with_model.register_calls.fn(grading, READER, attempt, self.home)
                self._reply(todo, answer)
                grade_with_model.read_answers.fn(READER, attempt, self.home)
                asked += todo
            score_rse.score_rse.fn(READER.name, 3, self.home)
        return asked

    def _reply(self, requests: list[Request], answer: Answer) -> None:
        rows = []
        for request in requests:
            text, number = answer(request), next(_clock)
            rows.append(
                {
                    "reply_id": f"{request.request_id}/{number}",
                    "request_id": request.request_id,
                    "reply_text": text,
                    "missing_reason": None if text is not None else "timeout",
                    "n_attempts": 1,
                    "replied_at": datetime(2026, 2, 1) + timedelta(seconds=number),
                    "source": "asked",
                }
            )
        with store.writing(self.home) as warehouse:
            warehouse.append("reply", rows)

    def rows(self, relation: str, **where: object) -> list[dict]:
        with store.writing(self.home) as warehouse:
            return warehouse.read(relation, **where).to_dicts()

    def grade_of(self, target: str, prompt_set: str = "all", judge: str = "pair_grade") -> dict:
        [row] = self.rows("mart.rse_grade", target=target, prompt_set=prompt_set, judge=judge)
        return row


def texts(models: str, n: int) -> dict[tuple[str, str], str | None]:
    return {(model, f"p{number}"): f"{model} says {number}" for model in models for number in range(n)}


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path)


def test_a_reference_with_itself_and_equal_texts_are_five_and_asked_of_nobody(home) -> None:
    bench = Bench(home, texts("at", 6) | {("b", f"p{n}"): f"t says {n}" for n in range(6)})
    asked = bench.ask(bench.grading(), lambda request: label(2, 3, 4))
    assert len(asked) == 6
    for model in "bt":
        row = bench.grade_of(model)
        assert (row["style_grade"], row["structure_grade"], row["content_grade"], row["grade"]) == (5, 5, 5, 5)
    own = bench.grade_of("t")
    assert (own["low"], own["high"], own["n"], own["is_self"]) == (5, 5, 6, True)
    other = bench.grade_of("a")
    assert (other["style_grade"], other["structure_grade"], other["content_grade"], other["grade"]) == (2, 3, 4, 3)
    assert other["low"] < 3 < other["high"]
    assert other["judge_version"].startswith("1.0.0 by judge ")
    assert bench.rows("audit.self_grade") == []


def test_nothing_is_asked_twice_and_equal_pairs_are_one_call(home) -> None:
    bench = Bench(home, texts("at", 4) | {("b", f"p{n}"): f"a says {n}" for n in range(4)})
    grading = bench.grading()
    asked = bench.ask(grading, lambda request: label(3, 3, 3))
    # Targets a and b say the same; where the lot shows both in one order, the call is one.
    assert 4 <= len(asked) == len({request.request_id for request in asked}) <= 8
    assert len({(r.messages, r.sample) for r in asked}) == len(asked)
    assert bench.ask(grading, lambda request: label(1, 1, 1)) == []
    assert bench.grade_of("a")["grade"] == bench.grade_of("b")["grade"] == 3


@pytest.mark.fault
def test_judging_that_was_killed_ends_as_undisturbed(tmp_path) -> None:
    """Of three models' pairs a few were answered when the process was killed: only the others are asked."""
    grades, asked = {}, {}

    def answer(request: Request) -> str:
        return label(*[1 + int(digit, 16) % 5 for digit in request.prompt_id[:3]])

    for way in ("undisturbed", "killed"):
        bench = Bench(Home(tmp_path / way), texts("abt", 8))
        grading = bench.grading(swapped_share=0.5)
        before = []
        if way == "killed":
            with disable_run_logger():
                sample_pairs.choose_first.fn(grading, READER, bench.home)
                before = grade_with_model.register_calls.fn(grading, READER, 0, bench.home)[:7]
            bench._reply(before, answer)
        asked[way] = [request.request_id for request in [*before, *bench.ask(grading, answer)]]
        rows = bench.rows("mart.rse_grade", judge=READER.name)
        grades[way] = sorted(rows, key=lambda row: (row["target"], row["prompt_set"]))
    assert len(asked["killed"]) == len(set(asked["killed"]))
    assert set(asked["killed"]) == set(asked["undisturbed"])
    assert grades["killed"] == grades["undisturbed"]
    assert len({row["grade"] for row in grades["killed"]}) > 2


def test_long_replies_are_cut_and_counted(home) -> None:
    long = "x" * (MOST_CHARACTERS + 50)
    bench = Bench(home, texts("at", 5) | {("a", "p0"): long, ("a", "p1"): long, ("t", "p1"): long[:-1] + "y"})
    asked = bench.ask(bench.grading(), lambda request: label(3, 3, 3))
    assert sum("characters are left out here" in request.messages[1].content for request in asked) == 2
    assert bench.grade_of("a")["n_truncated"] == 2
    cuts = {row["prompt_id"]: row["n_truncated_chars"] for row in bench.rows("core.prompt_grade", target="a")}
    assert (cuts["p0"], cuts["p1"], cuts["p2"]) == (50, 100, 0)


def test_what_cannot_be_read_twice_is_missing_with_its_reason(home) -> None:
    bench = Bench(home, texts("at", 5))
    answers = {"p0": "Four.", "p1": label(9, 3, 3), "p2": None}

    def answer(request: Request) -> str | None:
        material = request.messages[1].content or ""
        prompt = next(f"p{n}" for n in range(5) if f"Question p{n}" in material)
        if prompt == "p3" and request.sample == 0:
            return "I'm sorry, I can't."
        return answers.get(prompt, label(4, 4, 4))

    asked = bench.ask(bench.grading(), answer)
    # Three are asked again: the two that never can be read, and the one that refused at first.
    assert sorted(request.sample for request in asked) == [0, 0, 0, 0, 0, 1, 1, 1]
    assert {request.sampling["seed"] for request in asked if request.sample} == {2}
    found = {row["prompt_id"]: row["missing_reason"] for row in bench.rows("core.prompt_grade", target="a")}
    assert found == {"p0": "no_answer", "p1": "invalid_choice", "p2": "not_graded", "p3": None, "p4": None}
    row = bench.grade_of("a")
    assert (row["grade"], row["n"], row["n_missing"], row["coverage"]) == (4, 2, 3, 0.4)
    # A call that failed is made again, a label that could not be read is not.
    again = bench.ask(bench.grading(), lambda request: label(5, 5, 5))
    assert ["Question p2" in (request.messages[1].content or "") for request in again] == [True]


def test_a_missing_reply_is_a_missing_grade(home) -> None:
    bench = Bench(home, texts("at", 4) | {("a", "p0"): None, ("t", "p1"): None})
    bench.ask(bench.grading(), lambda request: label(4, 4, 4))
    row = bench.grade_of("a")
    assert (row["n"], row["n_missing"], row["coverage"]) == (2, 2, 0.5)
    found = {row["prompt_id"]: row["missing_reason"] for row in bench.rows("core.prompt_grade", target="a")}
    assert (found["p0"], found["p1"]) == ("no_target_reply", "no_reference_reply")


def test_both_orders_of_a_share_are_read_and_a_planted_bias_is_found(home) -> None:
    bench = Bench(home, texts("at", 60))
    asked = bench.ask(
        bench.grading(swapped_share=0.5),
        lambda request: (
            label(4, 4, 4)
            if ">\na says" in (request.messages[1].content or "").partition("<second")[0]
            else label(3, 3, 3)
        ),
    )
    judge_calls = bench.rows("raw.pair_judge_call")
    assert {row["is_target_first"] for row in judge_calls} == {True, False}
    [bias] = bench.rows("mart.position_bias")
    assert len(asked) == 50 + bias["n"]
    assert 15 <= bias["n"] <= 35
    assert (bias["difference"], bias["inconsistency_rate"]) == (1, 1)
    assert 0 < bias["low"] <= 1 <= bias["high"] <= 4
    assert [row["judge"] for row in bench.rows("audit.position_bias")] == ["pair_grade"]
    # Read in both orders, a pair has the mean of the two.
    assert {row["grade"] for row in bench.rows("core.prompt_grade", target="a")} == {3, 3.5, 4}


def test_more_is_chosen_only_in_doubt_and_up_to_the_most(home) -> None:
    bench = Bench(home, texts("abct", 60))
    marks = {"a": 5, "b": 2, "c": 2}

    def answer(request: Request) -> str:
        said = (request.messages[1].content or "").partition("<first")[2]
        target = next(name for name in marks if f">\n{name} says" in said)
        noise = int(request.request_id[0], 16) % 2
        return label(*[max(1, marks[target] - noise)] * 3)

    grading = bench.grading(first_prompts=20, more_prompts=15, most_prompts=45)
    sizes = []
    for _ in range(4):
        bench.ask(grading, answer)
        chosen = bench.rows("raw.sampled_pair")
        sizes.append([sum(row["target"] == name for row in chosen) for name in "abct"])
        with disable_run_logger():
            n_new = sample_pairs.choose_more.fn(grading, READER, bench.home)
    assert sizes == [[20, 20, 20, 20], [20, 35, 35, 20], [20, 45, 45, 20], [20, 45, 45, 20]]
    assert n_new == 0


def test_another_model_behind_the_judge_reads_anew(home) -> None:
    bench = Bench(home, texts("at", 4))
    bench.ask(bench.grading(), lambda request: label(4, 4, 4))
    other = PlannedJudge.of(PAIR_GRADE, CARD.model_copy(update={"sampling": Sampling(temperature=0.0)}))
    grading = bench.grading(other)
    with disable_run_logger():
        todo = grade_with_model.register_calls.fn(grading, other, 0, bench.home)
        bench._reply(todo, lambda request: label(2, 2, 2))
        grade_with_model.read_answers.fn(other, 0, bench.home)
        score_rse.score_rse.fn(other.name, 3, bench.home)
    assert len(todo) == 4
    assert (bench.grade_of("a")["grade"], bench.grade_of("a")["judge_version"]) == (2, other.version)


def test_text_is_graded_once_and_sets_are_averaged_with_equal_weight(home) -> None:
    replies = texts("at", 9) | {("a", f"p{n}"): f"t says {n}" for n in range(3)}
    bench = Bench(home, replies)
    with store.writing(home) as warehouse:
        # A prompt is of the set that brought it first.
        rows = [
            row | {"prompt_set": "other", "registered_at": datetime(2025, 1, 1)} for row in bench.rows("raw.prompt")
        ]
        warehouse.append("prompt", [row for row in rows if row["prompt_id"] in {"p0", "p1", "p2"}])
    grading = bench.grading(TEXT)
    with disable_run_logger():
        sample_pairs.choose_first.fn(grading, TEXT, home)
        assert grade_text.grade_text.fn(grading, TEXT, home) == 18
        assert grade_text.grade_text.fn(grading, TEXT, home) == 0
        score_rse.score_rse.fn(TEXT.name, 3, home)
    alike, unlike, mean = (bench.grade_of("a", name, TEXT.name) for name in ("other", "small", "all"))
    assert (alike["grade"], alike["n"], unlike["n"], mean["n"]) == (5, 3, 6, 9)
    assert mean["grade"] == pytest.approx((5 + unlike["grade"]) / 2)
    assert mean["low"] < mean["grade"] < mean["high"] <= 5
    assert bench.rows("mart.position_bias") == []


def test_a_set_without_grades_leaves_the_mean_of_sets_open(home) -> None:
    bench = Bench(home, texts("at", 6) | {("a", f"p{n}"): None for n in range(2)})
    with store.writing(home) as warehouse:
        rows = [
            row | {"prompt_set": "other", "registered_at": datetime(2025, 1, 1)} for row in bench.rows("raw.prompt")
        ]
        warehouse.append("prompt", [row for row in rows if row["prompt_id"] in {"p0", "p1"}])
    bench.ask(bench.grading(), lambda request: label(4, 4, 4))
    assert bench.grade_of("a", "small")["grade"] == 4
    assert (bench.grade_of("a", "other")["grade"], bench.grade_of("a", "other")["missing_reason"]) == (
        None,
        "no_observations",
    )
    row = bench.grade_of("a")
    assert (row["grade"], row["low"], row["missing_reason"]) == (None, None, "no grades in other")
    assert (row["n"], row["n_missing"]) == (4, 2)


def test_a_set_that_was_never_put_to_a_target_is_no_part_of_its_grades(home) -> None:
    bench = Bench(
        home, texts("abt", 3) | {(model, f"q{n}"): f"{model} answers {n}" for model in "at" for n in range(3)}
    )
    strata = {"small": dict.fromkeys(("p0", "p1", "p2"), ""), "other": dict.fromkeys(("q0", "q1", "q2"), "")}
    with store.writing(home) as warehouse:
        rows = [
            row | {"prompt_set": "other", "registered_at": datetime(2025, 1, 1)} for row in bench.rows("raw.prompt")
        ]
        warehouse.append("prompt", [row for row in rows if row["prompt_id"].startswith("q")])
    bench.ask(dataclasses.replace(bench.grading(), strata=strata), lambda request: label(4, 4, 4))
    found = {(row["target"], row["prompt_set"]): row["n"] for row in bench.rows("mart.rse_grade")}
    assert found == {
        **{(model, name): 3 for model in "at" for name in ("small", "other")},
        **{(model, "all"): 6 for model in "at"},
        ("b", "small"): 3,
        ("b", "all"): 3,
    }
