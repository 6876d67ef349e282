"""The stages of a plan with their calls, and ranges of cost and time by what is recorded of their models."""

from collections.abc import Sequence

import polars as pl

from tasks.adapters.inputs import cards
from tasks.adapters.planning import plans
from tasks.adapters.planning.plans import Bank, Prepared
from tasks.adapters.settings import Home
from tasks.domain import registry
from tasks.domain.card import ModelCard
from tasks.domain.cost_range import Recorded, StageCalls, StageRange, stage_range
from tasks.domain.judging import judges
from tasks.domain.judging.judge import ATTEMPTS, asks_model, version_by_model
from tasks.domain.plan import Plan
from tasks.domain.pricing import about_tokens, most_answer_tokens
from tasks.domain.rows import Request
from tasks.domain.rse import pair_judges
from tasks.domain.rse.grading import Grading, PlannedJudge, longest_call

JUDGE_PROMPT_TOKENS = (300.0, 6_000.0)
"""Of a call to a judge or attacker, where none is recorded: its wording alone, and with the longest reply shown."""

_NUMBERS = ["prompt_tokens", "completion_tokens", "latency_ms"]

Key = tuple[str, str]
"""Fingerprint of a model, and purpose of its calls."""


def ranges(prepared: Prepared, answered: set[str], home: Home) -> list[StageRange]:
    """Return cost and time of each stage and model of a plan, in the order of the stages; calls no model."""
    recorded, labelled = _recorded(home), _labelled(home)
    todo = [*_collected(prepared, answered)]
    if prepared.bank is not None and prepared.bank.judge_card is not None:
        todo += _judged(prepared, prepared.bank, prepared.bank.judge_card, labelled)
    if prepared.grading is not None:
        todo += [_graded(prepared.grading, reader, labelled) for reader in prepared.grading.judges if reader.card]
    purposes = {"replies": "reply", "identity": "identity"}
    found = []
    for calls in todo:
        purpose = purposes.get(calls.stage, calls.stage.partition(" ")[0])
        found.append(stage_range(_with_prompts(calls, recorded, purpose), _of(recorded, calls.card, purpose)))
    return found


def _of(recorded: dict[Key, Recorded], card: ModelCard, purpose: str) -> Recorded:
    return recorded.get((card.fingerprint, purpose), Recorded())


def _with_prompts(calls: StageCalls, recorded: dict[Key, Recorded], purpose: str) -> StageCalls:
    """Return calls to a judge with the input tokens of recorded ones, where there are any."""
    known = _of(recorded, calls.card, purpose).prompt_tokens
    if purpose not in ("judge", "grade") or not known:
        return calls
    mean = sum(known) / len(known)
    return StageCalls(**vars(calls) | {"prompt_tokens": (mean, mean)})


def _recorded(home: Home) -> dict[Key, Recorded]:
    """Return the tokens and times of answers by model and purpose."""
    if not home.published.exists():
        return {}
    columns = ["fingerprint", "purpose", "source", "missing_reason", *_NUMBERS]
    rows = plans.from_results(home, lambda results: results.read_columns("core.outcome", columns))
    asked = rows.filter((pl.col("source") == "asked") & pl.col("missing_reason").is_null())
    return {
        (str(fingerprint), str(purpose)): Recorded(*(group[name].drop_nulls().to_list() for name in _NUMBERS))
        for (fingerprint, purpose), group in asked.group_by("fingerprint", "purpose")
    }


def _labelled(home: Home) -> dict[Key, int]:
    """Return how many replies, or pairs in one order, each version of a judge has labelled."""
    if not home.published.exists():
        return {}
    columns, names = ["judge", "judge_version"], ("raw.judge_label", "raw.pair_label")
    tables = plans.from_results(home, lambda results: [results.read_columns(name, columns) for name in names])
    counts = pl.concat(tables).group_by("judge", "judge_version").len()
    return {(judge, version): n for judge, version, n in counts.iter_rows()}


def _collected(prepared: Prepared, answered: set[str]) -> list[StageCalls]:
    probes = {probe.request.request_id for probe in prepared.bank.probes} if prepared.bank else set()
    found = []
    for stage, is_probe in (("replies", False), ("identity", True)):
        for name in prepared.plan.models:
            every = [one for one in prepared.requests if one.model == name and (one.request_id in probes) == is_probe]
            todo = [request for request in every if request.request_id not in answered]
            if every:
                found.append(_to_ask(stage, prepared.cards[name], todo, len(every) - len(todo)))
    return found


def _to_ask(stage: str, card: ModelCard, todo: Sequence[Request], n_answered: int) -> StageCalls:
    own = len(card.system_prompt or "") // 4
    mean = sum(about_tokens(request.messages) + own for request in todo) / len(todo) if todo else 0.0
    limits = [most_answer_tokens(request.sampling) for request in todo]
    most = max((limit for limit in limits if limit is not None), default=None) if None not in limits else None
    return StageCalls(stage, card, len(todo), len(todo), n_answered, (mean, mean), most)


def _judged(prepared: Prepared, bank: Bank, card: ModelCard, labelled: dict[Key, int]) -> list[StageCalls]:
    assert prepared.plan.identity is not None, "a bank is of the plan's identity part"
    found = []
    for name in prepared.plan.identity.judges:
        judge = registry.load(judges, name)
        if asks_model(judge):
            n_done = min(len(bank.probes), labelled.get((name, version_by_model(judge, card)), 0))
            n_open, most = len(bank.probes) - n_done, most_answer_tokens(card.sampling.for_sample(0))
            found.append(
                StageCalls(f"judge {name}", card, n_open, ATTEMPTS * n_open, n_done, JUDGE_PROMPT_TOKENS, most)
            )
    return found


def _graded(grading: Grading, reader: PlannedJudge, labelled: dict[Key, int]) -> StageCalls:
    assert reader.card is not None, "this judge asks a model"
    most, n_done = grading.n_calls(grading.options.most_prompts), labelled.get((reader.name, reader.version), 0)
    first = min(most, grading.n_calls(grading.options.first_prompts))
    longest = about_tokens(longest_call(registry.load(pair_judges, reader.name)))
    return StageCalls(
        f"grade {reader.name}",
        reader.card,
        max(0, first - n_done),
        ATTEMPTS * max(0, most - n_done),
        n_done,
        (min(300.0, float(longest)), float(longest)),
        most_answer_tokens(reader.card.sampling.for_sample(0)),
    )


def search_helpers(plan: Plan) -> list[StageRange]:
    """Return what the attacker and the judge of one target's `search` may cost, if it calls any.

    Raises:
        InputError: a card is missing or wrong.
    """
    search = plan.search
    if search is None:
        return []
    named = [("attacker", search.attacker_model), ("judge", search.judge_model)]
    found = []
    for part, name in named:
        if name is not None:
            card = cards.read_card(name)
            n_most = search.calls // (1 + search.question_limit) if part == "attacker" else search.calls
            most = most_answer_tokens(card.sampling.for_sample(0))
            stage = f"search, its {part}, a target"
            found.append(stage_range(StageCalls(stage, card, 0, n_most, 0, JUDGE_PROMPT_TOKENS, most), Recorded()))
    return found
