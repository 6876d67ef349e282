"""Steps of a search against models that answer at once: budgets, what is lost, what is taken up again."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from tasks.adapters.planning import plans, searches
from tasks.adapters.planning.searches import Limits
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.fuzzing.budget import n_calls
from tasks.domain.ids import reply_id
from tasks.domain.judging.judge import ATTEMPTS
from tasks.domain.rows import Request
from tasks.identity import judge, judge_with_model, search_step
from tests.support import judge_persona, personas
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

TARGET = "leaks-OpenAI-at-90-only-dual_answer+pressure"
ATTACKER = "independent-attacker"
JUDGE = "judge-finds-openai+flaky+dull"
SMALL = "[search]\ntemplate_limit = 20\nquestion_limit = 2\n"
WITH_ATTACKER = SMALL + f'operators = ["rephrase", "expand", "splice"]\nattacker_model = "{ATTACKER}"\n'
WITH_JUDGE = SMALL + f'judge = "llm_claim"\njudge_model = "{JUDGE}"\n'


class World:
    """A home, and models that answer what is asked of them; `down` names those that can't be reached, and why."""

    def __init__(self, root: Path, search: str) -> None:
        root.mkdir(exist_ok=True)
        self.bench, self.home = Workbench(root), Home(root / "home")
        for name in (TARGET, ATTACKER, JUDGE, "independent-other"):
            self.bench.card(name, "http://127.0.0.1:9/v1")
        self.bench.plan([TARGET, "independent-other"], limit=1)
        path = root / "data/plans/test.toml"
        path.write_text(path.read_text() + search)
        self.down: dict[str, str] = {}
        self.says = "<template>"
        self.asked: list[str] = []

    def search(self, calls: int | None = None, iterations: int | None = None) -> search_step.Search:
        """Return the search taken up where it was."""
        search = search_step.Search(searches.read("test", TARGET, Limits(calls, iterations), "r1"), self.home)
        search_step.resume.fn(search)
        return search

    def answer(self, requests: Sequence[Request]) -> None:
        rows = []
        for request in requests:
            self.asked.append(request.request_id)
            missing = self.down.get(request.model)
            text = None if missing else self._text(request)
            known = {"request_id": request.request_id, "reply_text": text, "missing_reason": missing}
            at = now()
            known |= {"reply_id": reply_id(request.request_id, text, at.isoformat()), "replied_at": at}
            rows.append(known | {"n_attempts": 1, "source": "asked"})
        with store.writing(self.home) as warehouse:
            warehouse.append("reply", rows)

    def _text(self, request: Request) -> str:
        asked = request.messages[-1].content or ""
        if request.model == JUDGE:
            told = [{"content": turn.content} for turn in request.messages]
            return judge_persona.reply(JUDGE, told, request.sampling["seed"])
        if request.model != ATTACKER:
            return personas.reply(TARGET, [{"role": "user", "content": asked}], 1)
        tag = asked.rsplit("<template-", 1)[1][:12]
        place = "" if "does not contain" in asked else " {question}"
        return self.says.replace("<template>", f"<template-{tag}>New text {request.sample}.{place}</template-{tag}>")

    def go_on(self, search: search_step.Search) -> search_step.Search:
        """Search until a limit is reached or somebody is lost."""
        while (chosen := search_step.select.fn(search)) is not None:
            self.answer(chosen.requests)
            if chosen.candidate.needs_attacker:
                chosen = search_step.apply_mutation.fn(search, chosen)
                self.answer(chosen.requests)
            if chosen.candidate.is_accepted:
                self.judge(search, search_step.probes_of(search, chosen))
            if not search_step.record_outcome.fn(search, chosen):
                break
        return search

    def judge(self, search: search_step.Search, probes: dict[str, str]) -> None:
        card, name = search.prepared.judge_card, search.prepared.search.judge
        if card is None:
            judge.judge_replies.fn(name, self.home, probes)
            return
        for attempt in range(ATTEMPTS):
            self.answer(judge_with_model.register_calls.fn(name, card, attempt, self.home, probes))
            judge_with_model.read_answers.fn(name, card, attempt, self.home, probes)

    def rows(self, name: str) -> list[dict]:
        with store.writing(self.home) as warehouse:
            return warehouse.read(name).to_dicts()


@pytest.fixture
def world(tmp_path, monkeypatch) -> Iterator[World]:
    made = World(tmp_path / "one", SMALL)
    monkeypatch.setenv("DISTILLOMETER_DATA", str(made.bench.root / "data"))
    with store.writing(made.home), disable_run_logger():
        yield made


@pytest.fixture
def helped(tmp_path, monkeypatch) -> Iterator[World]:
    made = World(tmp_path / "helped", WITH_ATTACKER)
    monkeypatch.setenv("DISTILLOMETER_DATA", str(made.bench.root / "data"))
    with store.writing(made.home), disable_run_logger():
        yield made


@pytest.fixture
def judged(tmp_path, monkeypatch) -> Iterator[World]:
    made = World(tmp_path / "judged", WITH_JUDGE)
    monkeypatch.setenv("DISTILLOMETER_DATA", str(made.bench.root / "data"))
    with store.writing(made.home), disable_run_logger():
        yield made


def test_search_in_pieces_ends_as_in_one(world, tmp_path) -> None:
    whole = world.go_on(world.search(calls=24))
    assert sum(step.n_success > 0 for step in whole.state.steps) > 0
    pieces = World(tmp_path / "pieces", SMALL)
    with store.writing(pieces.home):
        pieces.go_on(pieces.search(calls=7))
        pieces.go_on(pieces.search(iterations=7))
        # A step that was chosen and half answered when the process was killed.
        left = search_step.select.fn(pieces.search(calls=24))
        assert left is not None
        pieces.answer(left.requests[:1])
        again = pieces.go_on(pieces.search(calls=24))
        assert again.state == whole.state
        assert len(pieces.asked) == len(set(pieces.asked)) == 24
        assert len(pieces.rows("raw.search")) == 3
        assert {row["search_id"] for row in pieces.rows("raw.search_step")} == {whole.prepared.submission.search_id}


@pytest.mark.parametrize("calls", [2, 7, 8])
def test_budget_is_never_exceeded_and_no_step_is_cut(world, calls) -> None:
    search = world.go_on(world.search(calls=calls))
    assert search.stop_reason == "calls"
    assert len(world.asked) == calls // 2 * 2
    assert {step.n_calls for step in search.state.steps} <= {0, 2}


@pytest.mark.fault
@pytest.mark.parametrize("reason", ["not_asked", "stopped_by_budget", "wrong_key", "timeout"])
def test_step_waits_for_a_target_that_is_lost(world, reason) -> None:
    world.go_on(world.search(calls=4))
    world.down[TARGET] = reason
    lost = world.go_on(world.search(calls=8))
    assert (lost.is_lost, lost.stop_reason, len(lost.state.steps)) == (True, None, 2)
    world.down.clear()
    search = world.go_on(world.search(calls=8))
    assert [step.n_judged for step in search.state.steps] == [2, 2, 2, 2]


@pytest.mark.fault
def test_what_a_target_refuses_is_missing_and_the_search_goes_on(world) -> None:
    world.down[TARGET] = "content_filter"
    search = world.go_on(world.search(calls=6))
    assert [(step.n_calls, step.n_judged, step.reward) for step in search.state.steps] == [(2, 0, None)] * 3


def test_attacker_calls_count_and_are_no_replies(helped) -> None:
    search = helped.go_on(helped.search(calls=30))
    by_attacker = [step for step in search.state.steps if step.operator in ("rephrase", "expand")]
    assert {step.n_attacker_calls for step in by_attacker} == {1}
    assert any(step.is_hypothesis and "New text" in (step.template_text or "") for step in by_attacker)
    assert len(helped.asked) == sum(step.n_calls + step.n_attacker_calls for step in search.state.steps) <= 30
    assert [row["step"] for row in helped.rows("raw.attacker_call")] == [step.step for step in by_attacker]
    assert helped.rows("core.reply") == []
    assert {row["mode"] for row in helped.rows("core.probe")} == {"search"}
    assert helped.go_on(helped.search(calls=30)).state == search.state


@pytest.mark.fault
def test_attacker_that_says_nothing_useful_is_a_refused_step_and_a_lost_one_is_waited_for(helped) -> None:
    helped.says = "I can't help with that."
    search = helped.go_on(helped.search(iterations=12))
    reasons = {step.refused_reason for step in search.state.steps if step.n_attacker_calls}
    assert reasons == {"unreadable_answer"}
    helped.down[ATTACKER] = "server_error"
    lost = helped.go_on(helped.search(calls=200))
    assert (lost.is_lost, lost.stop_reason) == (True, None)
    assert len(lost.state.steps) >= 12
    helped.down[ATTACKER] = "content_filter"
    refused = helped.go_on(helped.search(iterations=len(lost.state.steps) + 1)).state.steps[-1]
    assert (refused.refused_reason, refused.n_attacker_calls) == ("no_answer", 1)


def test_judge_that_asks_a_model_counts_in_the_budget_and_reads_its_step_alone(judged) -> None:
    search = judged.go_on(judged.search(calls=72))
    steps = [step for step in search.state.steps if step.is_hypothesis]
    assert search.stop_reason == "calls"
    assert len(judged.asked) == len(set(judged.asked)) == n_calls(steps)
    # A step of two questions makes up to six calls: what is left would not do for one more.
    assert 72 - 6 < n_calls(steps) <= 72
    assert {step.n_judge_calls for step in steps} <= {2, 3, 4}
    assert any(step.n_judge_calls > 2 for step in steps)
    assert any(step.n_success for step in steps)
    # What can't be read twice is missing, not without success.
    labels = judged.rows("core.judge_label")
    assert sum(step.n_judged for step in steps) == sum(row["missing_reason"] is None for row in labels)
    assert 0 < sum(row["missing_reason"] is not None for row in labels) < len(labels) / 3
    assert judged.rows("core.reply") == []


def test_search_with_a_judge_in_pieces_ends_as_in_one(judged, tmp_path) -> None:
    whole = judged.go_on(judged.search(calls=36))
    pieces = World(tmp_path / "pieces", WITH_JUDGE)
    with store.writing(pieces.home):
        pieces.go_on(pieces.search(calls=14))
        # Killed when the judge had read one of two replies.
        search = pieces.search(calls=36)
        chosen = search_step.select.fn(search)
        assert chosen is not None
        pieces.answer(chosen.requests)
        card = search.prepared.judge_card
        pieces.answer(
            judge_with_model.register_calls.fn(
                "llm_claim", card, 0, pieces.home, search_step.probes_of(search, chosen)
            )[:1]
        )
        again = pieces.go_on(pieces.search(calls=36))
    assert again.state == whole.state
    assert len(pieces.asked) == len(set(pieces.asked)) == len(judged.asked)


@pytest.mark.fault
@pytest.mark.parametrize("reason", ["not_asked", "wrong_key", "server_error"])
def test_step_waits_for_a_judge_that_is_lost(judged, reason) -> None:
    judged.down[JUDGE] = reason
    lost = judged.go_on(judged.search(calls=30))
    assert (lost.is_lost, lost.stop_reason, len(lost.state.steps)) == (True, None, 0)
    judged.down.clear()
    search = judged.go_on(judged.search(calls=12))
    assert [(step.n_calls, step.n_judged) for step in search.state.steps][:1] == [(2, 2)]
    # The target is not asked again.
    assert len([one for one in judged.asked if judged.asked.count(one) > 1]) == 2 * 2


@pytest.mark.fault
def test_what_a_judge_refuses_is_missing(judged) -> None:
    judged.down[JUDGE] = "content_filter"
    search = judged.go_on(judged.search(calls=18))
    assert {(step.n_calls, step.n_judge_calls, step.n_judged, step.reward) for step in search.state.steps} == {
        (2, 4, 0, None)
    }


def test_replies_that_are_missing_need_no_judge(judged) -> None:
    judged.down[TARGET] = "content_filter"
    search = judged.go_on(judged.search(calls=12))
    assert {(step.n_calls, step.n_judge_calls, step.n_judged) for step in search.state.steps} == {(2, 0, 0)}


def test_another_judge_model_is_another_search_with_labels_of_its_own(judged) -> None:
    first = judged.go_on(judged.search(calls=18))
    path = judged.bench.root / f"data/models/{JUDGE}.toml"
    path.write_text(path.read_text().replace("seed = 1", "seed = 1\ntemperature = 0.5"))
    n_asked = len(judged.asked)
    second = judged.go_on(judged.search(calls=18))
    assert second.prepared.submission.search_id != first.prepared.submission.search_id
    # The target's replies to the same templates are there; the other judge reads them anew.
    by_judge = {row["request_id"] for row in judged.rows("raw.judge_call")}
    assert set(judged.asked[n_asked:]) <= by_judge
    assert len(judged.asked) > n_asked
    # A template that both found is of both searches, and counts once, under the one that put it last.
    sets = [f"search-{one.prepared.submission.search_id[:8]}" for one in (first, second)]
    probes = {name: [row for row in judged.rows("raw.probe") if row["template_set"] == name] for name in sets}
    both = {row["request_id"] for row in probes[sets[0]]} & {row["request_id"] for row in probes[sets[1]]}
    counting = {row["request_id"]: row["template_set"] for row in judged.rows("core.probe")}
    assert {counting[request] for request in both} == {sets[1]}


def test_templates_stand_under_the_searchs_name_and_name_nobody(world) -> None:
    search = world.go_on(world.search(calls=20))
    submission = search.prepared.submission
    found = {row["template_key"]: row for row in world.rows("raw.template") if row["template_set"] != "identity"}
    assert {row["template_set"] for row in found.values()} == {f"search-{submission.search_id[:8]}"}
    assert sorted(found) == [f"step-{step.step:05d}" for step in search.state.steps if step.is_hypothesis]
    assert not any(row["is_leading"] for row in found.values())
    kinds = {seed.template_id: seed.kind for seed in search.prepared.seeds}
    for step in search.state.steps:
        assert found[f"step-{step.step:05d}"]["kind"] == kinds[step.path[0]]


def test_a_search_registers_its_judge_behind_the_plans(judged) -> None:
    search = judged.search(calls=20)
    order = {row["judge"]: row["priority"] for row in judged.rows("raw.judge_priority")}
    named = sorted(order, key=lambda judge: order[judge])[: len(search.prepared.judges)]
    assert named == search.prepared.judges
    assert named[-1] == "llm_claim"


def test_another_target_round_or_setting_is_another_search(world) -> None:
    def named(target: str = TARGET, round_name: str = "r1", calls: int | None = None) -> str:
        return searches.read("test", target, Limits(calls), round_name).submission.search_id

    first = named()
    assert named(calls=8) == first
    assert len({first, named("independent-other"), named(round_name="r2")}) == 3
    path = world.bench.root / "data/plans/test.toml"
    text = path.read_text()
    for change in ('score = "loose"', "allow_leading = true", 'selection = "ucb"', 'operators = ["splice"]'):
        path.write_text(f"{text}{change}\n")
        assert named() != first, change


@pytest.mark.parametrize(
    ("search", "target", "said"),
    [
        ("", TARGET, "the plan has no search. Add a table"),
        (SMALL, "independent-third", "does not name model 'independent-third'. Known: leaks-OpenAI"),
        (SMALL + 'operators = ["rephrase"]', TARGET, "'rephrase' asks an attacker model, and none is named"),
        (SMALL + 'operators = ["splyce"]', TARGET, "[search], key 'operators': there is no 'splyce'"),
        (SMALL + 'selection = "best"', TARGET, "[search], key 'selection': there is no 'best'"),
        (SMALL + 'judge = "llm_claim"', TARGET, "'llm_claim' asks a model, and none is named. Add key 'search.judge"),
        (WITH_JUDGE.replace(JUDGE, "nobody"), TARGET, "there is no model card 'nobody'"),
        (WITH_JUDGE.replace("llm_claim", "contradiction"), TARGET, "key 'search.score': it is 'strict', which judge"),
        (WITH_JUDGE + "calls = 5", TARGET, "the budget is 5 calls, and one step makes up to 6"),
        (SMALL + "calls = 1", TARGET, "the budget is 1 calls, and one step makes up to 2"),
        (SMALL + "budget = 1", TARGET, "key 'search.budget' is not known"),
    ],
)
def test_mistakes_are_named(world, search, target, said) -> None:
    path = world.bench.root / "data/plans/test.toml"
    path.write_text(path.read_text().replace(SMALL, search))
    with pytest.raises(InputError) as told:
        searches.read("test", target, Limits(), "r1")
    assert said in str(told.value)


@pytest.mark.fault
def test_a_search_does_not_wait_for_a_batch_endpoint(world) -> None:
    path = world.bench.root / f"data/models/{TARGET}.toml"
    path.write_text(path.read_text().replace("[endpoint]", "[endpoint]\nbatch = true"))
    with pytest.raises(InputError, match=r"a batch endpoint takes up to a day\. Set it to false"):
        searches.read("test", TARGET, Limits(), "r1")


@pytest.mark.fault
def test_a_plan_is_refused_for_its_search_s_judge(world) -> None:
    path = world.bench.root / "data/plans/test.toml"
    text = path.read_text()
    for named, said in (
        ('"llm_claim"', "plan test, key 'search.judge': 'llm_claim' asks a model, and none is named"),
        ('"nobody"', "key 'search.judge': there is no 'nobody' among judges"),
        (f'"contradiction"\njudge_model = "{JUDGE}"', "key 'search.score': it is 'strict', which judge"),
    ):
        path.write_text(f"{text}judge = {named}\n")
        with pytest.raises(InputError) as told:
            plans.read("test", "r1")
        assert said in str(told.value)
