"""One step of a search after the other: choose, mutate, register what is to be asked, record what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters import judgings, progress, store
from tasks.adapters.searches import PreparedSearch
from tasks.adapters.settings import Home, now
from tasks.domain.fuzzing.budget import n_calls
from tasks.domain.fuzzing.search import Candidate, Outcome, next_candidate, record, with_answer
from tasks.domain.fuzzing.state import SearchState, begin
from tasks.domain.fuzzing.tree import SearchStep
from tasks.domain.prompting.search_calls import found_template, helper_call, target_trials
from tasks.domain.prompting.template import template_id, template_row
from tasks.domain.prompting.trials import SEARCH, trial_row
from tasks.domain.rows import Request, lineage_row, prompt_row, request_row

SUCCESS = {"strict": "is_foreign", "loose": "is_contradiction"}
"""The column of `raw.verdict` that says whether a reply is a success, by the plan's score."""

LOST_REASONS = frozenset({"not_asked", "wrong_key", "not_found"})
PASSING_REASONS = frozenset({"rate_limited", "server_error", "timeout", "connection_lost"})


class Search:
    """A search under way. No dataclass: Prefect would walk through all its steps at each task that is given it."""

    def __init__(self, prepared: PreparedSearch, home: Home) -> None:
        self.prepared, self.home = prepared, home
        self.state: SearchState = begin(
            prepared.settings, prepared.seeds, names=None if prepared.wanted.allow_leading else prepared.putting.names
        )
        self.is_lost = False
        """Target, helper or judge can't be reached now: the same command goes on with the same step."""

    @property
    def stop_reason(self) -> str | None:
        """Which limit is reached, or None where the search goes on; a step is asked whole or not begun."""
        left = self.prepared.budget.calls_left(self.state.steps)
        is_spent = left is not None and left < self.prepared.most_calls
        return self.prepared.budget.reached(self.state.steps) or ("calls" if is_spent else None)

    @property
    def title(self) -> str:
        """What the progress display says."""
        return f"searching {self.prepared.target.name}"


@dataclass(frozen=True)
class Chosen:
    """What a step asks, and those of its calls that have no reply yet: to the helper, or to the target."""

    candidate: Candidate
    requests: tuple[Request, ...] = ()
    waits_for: tuple[str, ...] = ()
    """Ids of all calls that were put last, answered or not."""


@task(name="begin search", task_run_name="begin {search.title}", cache_policy=NO_CACHE)
def take_up(search: Search) -> int:
    """Register what is searched, and go on after the steps that are recorded; return how many those are."""
    prepared, at = search.prepared, now()
    putting, target = prepared.putting, prepared.target
    with store.writing(search.home) as warehouse:
        warehouse.append("model", [card.as_row(at) for card in prepared.cards])
        warehouse.append("lineage", [lineage_row(target.as_lineage(), "card", at)])
        warehouse.append("search", [prepared.as_row(at)], key="search_id,budget_text")
        asked_before = [prompt_row(question, at) for question in putting.questions]
        warehouse.append("prompt", asked_before, key="prompt_id,prompt_set,prompt_key")
        seeds = [template_row(seed, at) for seed in prepared.seeds]
        warehouse.append("template", seeds, key="template_id,template_set,template_key")
        rows = warehouse.read("raw.search_step", search_id=putting.search_id).sort("step").to_dicts()
    steps = [_restored(row) for row in rows]
    search.state = begin(prepared.settings, prepared.seeds, steps, search.state.names)
    _show(search, steps)
    return len(steps)


def _restored(row: Mapping[str, Any]) -> SearchStep:
    """Return the step of a row of `raw.search_step`."""
    told = {field.name: row[field.name] for field in fields(SearchStep)}
    return SearchStep(**told | {"path": tuple(row["path"]), "parents": tuple(row["parents"])})


@task(name="select", task_run_name="select for {search.title}", cache_policy=NO_CACHE)
def select(search: Search) -> Chosen | None:
    """Return the next step that asks somebody, or None where a limit is reached; refused mutations are recorded."""
    with store.writing(search.home) as warehouse:
        while search.stop_reason is None:
            candidate = next_candidate(search.state, search.state.chance())
            if candidate.needs_helper:
                return _put_to_helper(search, candidate, warehouse)
            if candidate.is_accepted:
                return _put_to_target(search, candidate, warehouse)
            _keep(search, candidate, Outcome(), warehouse)
    return None


@task(name="hear helper", task_run_name="hear helper for {search.title}", cache_policy=NO_CACHE)
def hear_helper(search: Search, chosen: Chosen) -> Chosen:
    """Return the step with the template that the helper wrote, or refused; unchanged where it can't be reached."""
    with store.writing(search.home) as warehouse:
        [(text, reason)] = warehouse.read_columns(
            "core.outcome", ["reply_text", "missing_reason"], request_id=list(chosen.waits_for)
        ).iter_rows()
        if _is_lost([reason]):
            return chosen
        candidate = with_answer(search.state, chosen.candidate, text)
        return _put_to_target(search, candidate, warehouse) if candidate.is_accepted else Chosen(candidate)


@task(name="record", task_run_name="record for {search.title}", cache_policy=NO_CACHE)
def keep(search: Search, chosen: Chosen) -> bool:
    """Record what came of the step; False where it has to wait, because a model can't be reached now."""
    candidate = chosen.candidate
    with store.writing(search.home) as warehouse:
        if candidate.needs_helper:
            search.is_lost = True
            return False
        n_helper_calls = int(bool(candidate.messages))
        if not candidate.is_accepted:
            _keep(search, candidate, Outcome(n_helper_calls=n_helper_calls), warehouse)
            return True
        told = warehouse.read_columns("core.outcome", ["reply_id", "missing_reason"], request_id=list(chosen.waits_for))
        if _is_lost(told["missing_reason"].to_list()):
            search.is_lost = True
            return False
        read_by: dict[str, Any] = {"reply_id": told["reply_id"].drop_nulls().to_list()}
        read_by |= {"judge": search.prepared.wanted.judge, "judge_version": search.prepared.judge_version}
        # Of the attempts to read a reply only the last can have a verdict.
        success = SUCCESS[search.prepared.wanted.score]
        judged = warehouse.read_columns("raw.verdict", [success], **read_by).to_series()
        calls = warehouse.read("raw.judging", **read_by)
        if _is_judge_lost(calls, warehouse):
            search.is_lost = True
            return False
        n_judge_calls = calls["request_id"].n_unique()
        outcome = Outcome(len(chosen.waits_for), judged.count(), int(judged.sum() or 0), n_helper_calls, n_judge_calls)
        _keep(search, candidate, outcome, warehouse)
    return True


def trials_of(search: Search, chosen: Chosen) -> dict[str, str]:
    """Return by which columns of `core.trial` a step's trials are told from all others; nothing where it has none."""
    text = chosen.candidate.text if chosen.candidate.is_accepted else None
    told = {"mode": SEARCH, "target": search.prepared.target.name}
    return {} if text is None else told | {"template_id": template_id(text)}


def _is_judge_lost(calls: pl.DataFrame, warehouse: store.Store) -> bool:
    """Say whether the judge's calls about a step's replies, rows of `raw.judging`, have to wait for another run."""
    last = calls.sort("attempt").unique("reply_id", keep="last")
    answers = judgings.answers(warehouse, last["request_id"].to_list())
    return bool(answers) and _is_lost([answer.missing_reason for answer in answers.values()])


def _is_lost(reasons: Sequence[str | None]) -> bool:
    """Say whether calls without a reply have to wait for another run; what the model's own side decided need not."""
    return bool(LOST_REASONS.intersection(reasons)) or PASSING_REASONS.issuperset(reasons)


def _put_to_helper(search: Search, candidate: Candidate, warehouse: store.Store) -> Chosen:
    helper, at = search.prepared.helper, now()
    assert helper is not None, "a plan with a mutation that asks a helper names one"
    request, prompt = helper_call(helper, candidate)
    called = {
        "request_id": request.request_id,
        "search_id": search.prepared.putting.search_id,
        "step": candidate.step,
        "registered_at": at,
    }
    warehouse.append("prompt", [prompt_row(prompt, at)], key="prompt_id,prompt_set")
    warehouse.append("request", [request_row(request, at)], key="request_id")
    warehouse.append("helper_call", [called], key="request_id,search_id,step")
    return _chosen(candidate, [request], warehouse)


def _put_to_target(search: Search, candidate: Candidate, warehouse: store.Store) -> Chosen:
    putting, at = search.prepared.putting, now()
    template = found_template(putting, search.state, candidate)
    found = target_trials(putting, template)
    prompts = [prompt_row(trial.wrapped.prompt, at) for trial in found]
    requests = [trial.request for trial in found]
    warehouse.append("template", [template_row(template, at)], key="template_id,template_set,template_key")
    warehouse.append("prompt", prompts, key="prompt_id,prompt_set,prompt_key")
    warehouse.append("request", [request_row(request, at) for request in requests], key="request_id")
    warehouse.append("trial", [trial_row(trial, at) for trial in found], key="request_id,mode")
    warehouse.touch_requests([request.request_id for request in requests], at)
    return _chosen(candidate, requests, warehouse)


def _chosen(candidate: Candidate, requests: Sequence[Request], warehouse: store.Store) -> Chosen:
    ids = [request.request_id for request in requests]
    unanswered = set(warehouse.read_columns("core.unanswered_request", ["request_id"], request_id=ids)["request_id"])
    waiting = tuple(request for request in requests if request.request_id in unanswered)
    return Chosen(candidate, waiting, tuple(ids))


def _keep(search: Search, candidate: Candidate, outcome: Outcome, warehouse: store.Store) -> None:
    state = record(search.state, candidate, outcome)
    known = {"search_id": search.prepared.putting.search_id, "target": search.prepared.target.name}
    warehouse.append("search_step", [asdict(state.steps[-1]) | known | {"happened_at": now()}], key="search_id,step")
    search.state = state
    _show(search, state.steps[-1:])


def _show(search: Search, steps: Sequence[SearchStep]) -> None:
    """Move the display on by the calls that `steps` made, and say what has been found in all."""
    progress.advance(search.title, n_calls(steps))
    found = [step for step in search.state.steps if step.n_success]
    best = max(found, key=lambda step: step.reward or 0.0, default=None)
    said = f"{len(found)} found" + (f", best {best.n_success} of {best.n_judged}" if best else "")
    progress.tell(search.title, f"{len(search.state.steps)} steps, {said}")
