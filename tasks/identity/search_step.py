"""The steps of a search: choose, mutate, register the calls, record the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import polars as pl

from tasks.adapters.planning.searches import PreparedSearch
from tasks.adapters.prefect import progress
from tasks.adapters.prefect.engine import NO_CACHE, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import judge_calls, store
from tasks.adapters.warehouse.judge_order import register_judges
from tasks.adapters.warehouse.request_rows import register_requests
from tasks.domain.fuzzing.budget import n_calls
from tasks.domain.fuzzing.search import Candidate, Outcome, next_candidate, record, with_answer
from tasks.domain.fuzzing.search_calls import attacker_call, candidate_template, target_probes
from tasks.domain.fuzzing.state import SearchState, begin
from tasks.domain.fuzzing.tree import SearchStep
from tasks.domain.missing_reason import MissingReason
from tasks.domain.prompting.probes import SEARCH, probe_row
from tasks.domain.prompting.template import template_id, template_row
from tasks.domain.rows import Request, lineage_row, prompt_row

SUCCESS = {"strict": "is_foreign", "loose": "is_contradiction"}
"""The column of `raw.judge_label` that holds whether a reply is a success, by the plan's score."""


class Search:
    """A search under way. No dataclass: Prefect would walk through all its steps at each task that takes it."""

    def __init__(self, prepared: PreparedSearch, home: Home) -> None:
        self.prepared, self.home = prepared, home
        self.state: SearchState = begin(
            prepared.settings,
            prepared.seeds,
            names=None if prepared.search.allow_leading else prepared.submission.names,
        )
        self.is_lost = False
        """Target, attacker or judge can't be reached now: the same command goes on with the same step."""

    @property
    def stop_reason(self) -> str | None:
        """The limit that is reached, or None where the search goes on; a step is sent whole or not begun."""
        calls_left = self.prepared.budget.calls_left(self.state.steps)
        is_spent = calls_left is not None and calls_left < self.prepared.most_calls
        return self.prepared.budget.reached(self.state.steps) or ("calls" if is_spent else None)

    @property
    def title(self) -> str:
        """The title in the progress display."""
        return f"searching {self.prepared.target.name}"


@dataclass(frozen=True)
class Chosen:
    """The candidate of a step, and its calls without a reply: to the attacker, or to the target."""

    candidate: Candidate
    requests: tuple[Request, ...] = ()
    waits_for: tuple[str, ...] = ()
    """Ids of all calls that were registered last, answered or not."""


@task(name="begin search", task_run_name="begin {search.title}", cache_policy=NO_CACHE)
def resume(search: Search) -> int:
    """Register the input of the search, and go on after the recorded steps; return their number."""
    prepared, at = search.prepared, now()
    submission, target = prepared.submission, prepared.target
    with store.writing(search.home) as warehouse:
        warehouse.append("model", [card.as_row(at) for card in prepared.cards])
        warehouse.append("lineage", [lineage_row(target.as_lineage(), "card", at)])
        register_judges(warehouse, prepared.judges, at)
        warehouse.append("search", [prepared.as_row(at)])
        questions = [prompt_row(question, at) for question in submission.questions]
        warehouse.append("prompt", questions)
        seeds = [template_row(seed, at) for seed in prepared.seeds]
        warehouse.append("template", seeds)
        rows = warehouse.read("raw.search_step", search_id=submission.search_id).sort("step").to_dicts()
    steps = [_restored(row) for row in rows]
    search.state = begin(prepared.settings, prepared.seeds, steps, search.state.names)
    _show(search, steps)
    return len(steps)


def _restored(row: Mapping[str, Any]) -> SearchStep:
    """Return the step of a row of `raw.search_step`."""
    values = {field.name: row[field.name] for field in fields(SearchStep)}
    return SearchStep(**values | {"path": tuple(row["path"]), "parents": tuple(row["parents"])})


@task(name="select", task_run_name="select for {search.title}", cache_policy=NO_CACHE)
def select(search: Search) -> Chosen | None:
    """Return the next step with a call, or None where a limit is reached; refused mutations are recorded."""
    with store.writing(search.home) as warehouse:
        while search.stop_reason is None:
            candidate = next_candidate(search.state, search.state.chance())
            if candidate.needs_attacker:
                return _register_attacker_call(search, candidate, warehouse)
            if candidate.is_accepted:
                return _register_probes(search, candidate, warehouse)
            _record_step(search, candidate, Outcome(), warehouse)
    return None


@task(name="apply mutation", task_run_name="apply mutation for {search.title}", cache_policy=NO_CACHE)
def apply_mutation(search: Search, chosen: Chosen) -> Chosen:
    """Return the step with the template that the attacker wrote, or refused; unchanged where it can't be reached."""
    with store.writing(search.home) as warehouse:
        [(text, reason)] = warehouse.read_columns(
            "core.outcome", ["reply_text", "missing_reason"], request_id=list(chosen.waits_for)
        ).iter_rows()
        if _is_lost([reason]):
            return chosen
        candidate = with_answer(search.state, chosen.candidate, text)
        return _register_probes(search, candidate, warehouse) if candidate.is_accepted else Chosen(candidate)


@task(name="record", task_run_name="record for {search.title}", cache_policy=NO_CACHE)
def record_outcome(search: Search, chosen: Chosen) -> bool:
    """Record the outcome of the step; False where it has to wait, because a model can't be reached now."""
    candidate = chosen.candidate
    with store.writing(search.home) as warehouse:
        if candidate.needs_attacker:
            search.is_lost = True
            return False
        n_attacker_calls = int(bool(candidate.messages))
        if not candidate.is_accepted:
            _record_step(search, candidate, Outcome(n_attacker_calls=n_attacker_calls), warehouse)
            return True
        outcomes = warehouse.read_columns(
            "core.outcome", ["reply_id", "missing_reason"], request_id=list(chosen.waits_for)
        )
        if _is_lost(outcomes["missing_reason"].to_list()):
            search.is_lost = True
            return False
        by_judge: dict[str, Any] = {"reply_id": outcomes["reply_id"].drop_nulls().to_list()}
        by_judge |= {"judge": search.prepared.search.judge, "judge_version": search.prepared.judge_version}
        # Of the attempts to read a reply only the last can have a label.
        success = SUCCESS[search.prepared.search.score]
        judged = warehouse.read_columns("raw.judge_label", [success], **by_judge).to_series()
        calls = warehouse.read("raw.judge_call", **by_judge)
        if _is_judge_lost(calls, warehouse):
            search.is_lost = True
            return False
        n_judge_calls = calls["request_id"].n_unique()
        outcome = Outcome(
            len(chosen.waits_for), judged.count(), int(judged.sum() or 0), n_attacker_calls, n_judge_calls
        )
        _record_step(search, candidate, outcome, warehouse)
    return True


def probes_of(search: Search, chosen: Chosen) -> dict[str, str]:
    """Return the columns of `core.probe` and their values that select a step's probes; empty where it has none."""
    text = chosen.candidate.text if chosen.candidate.is_accepted else None
    filters = {"mode": SEARCH, "target": search.prepared.target.name}
    return {} if text is None else filters | {"template_id": template_id(text)}


def _is_judge_lost(calls: pl.DataFrame, warehouse: store.Store) -> bool:
    """Return whether the judge's calls about a step's replies, rows of `raw.judge_call`, have to wait."""
    last = calls.sort("attempt").unique("reply_id", keep="last")
    answers = judge_calls.answers(warehouse, last["request_id"].to_list())
    return bool(answers) and _is_lost([answer.missing_reason for answer in answers.values()])


def _is_lost(reasons: Sequence[str | None]) -> bool:
    """Return whether calls without a reply have to wait for another run; those with a final reason need not."""
    missing = [MissingReason(reason) for reason in reasons if reason is not None]
    not_sent = (MissingReason.NOT_ASKED, MissingReason.STOPPED_BY_BUDGET)
    if any(reason in not_sent or reason.is_of_endpoint for reason in missing):
        return True
    return len(missing) == len(reasons) and all(reason.is_transient for reason in missing)


def _register_attacker_call(search: Search, candidate: Candidate, warehouse: store.Store) -> Chosen:
    attacker, at = search.prepared.attacker, now()
    assert attacker is not None, "a plan with a mutation that asks an attacker names one"
    request, prompt = attacker_call(attacker, candidate)
    called = {
        "request_id": request.request_id,
        "search_id": search.prepared.submission.search_id,
        "step": candidate.step,
        "registered_at": at,
    }
    warehouse.append("prompt", [prompt_row(prompt, at)])
    register_requests(warehouse, [request], "mutation", at)
    warehouse.append("attacker_call", [called])
    return _chosen(candidate, [request], warehouse)


def _register_probes(search: Search, candidate: Candidate, warehouse: store.Store) -> Chosen:
    submission, at = search.prepared.submission, now()
    template = candidate_template(submission, search.state, candidate)
    probes = target_probes(submission, template)
    prompts = [prompt_row(probe.wrapped.prompt, at) for probe in probes]
    requests = [probe.request for probe in probes]
    warehouse.append("template", [template_row(template, at)])
    warehouse.append("prompt", prompts)
    register_requests(warehouse, requests, "identity", at)
    warehouse.append("probe", [probe_row(probe, at) for probe in probes])
    warehouse.touch_requests([request.request_id for request in requests], at)
    return _chosen(candidate, requests, warehouse)


def _chosen(candidate: Candidate, requests: Sequence[Request], warehouse: store.Store) -> Chosen:
    ids = [request.request_id for request in requests]
    unanswered = set(warehouse.read_columns("core.unanswered_request", ["request_id"], request_id=ids)["request_id"])
    waiting = tuple(request for request in requests if request.request_id in unanswered)
    return Chosen(candidate, waiting, tuple(ids))


def _record_step(search: Search, candidate: Candidate, outcome: Outcome, warehouse: store.Store) -> None:
    state = record(search.state, candidate, outcome)
    columns = {"search_id": search.prepared.submission.search_id, "target": search.prepared.target.name}
    warehouse.append("search_step", [asdict(state.steps[-1]) | columns | {"happened_at": now()}])
    search.state = state
    _show(search, state.steps[-1:])


def _show(search: Search, steps: Sequence[SearchStep]) -> None:
    """Advance the display by the calls of `steps`, with the number of successful templates."""
    progress.advance(search.title, n_calls(steps))
    successful = [step for step in search.state.steps if step.n_success]
    best = max(successful, key=lambda step: step.reward or 0.0, default=None)
    summary = f"{len(successful)} found" + (f", best {best.n_success} of {best.n_judged}" if best else "")
    progress.add_note(search.title, f"{len(search.state.steps)} steps, {summary}")
