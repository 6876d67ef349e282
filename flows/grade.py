"""Grade the similarity of targets' and references' replies: choose -> (ask -> read) -> score, more if uncertain."""

from typing import TYPE_CHECKING

from flows.runner import RUNNER
from tasks.adapters.planning import budgets, gradings, kept_plans
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import Home, home_at
from tasks.adapters.warehouse import store
from tasks.domain.judging.judge import ATTEMPTS
from tasks.domain.rse.grading import Grading, PlannedJudge
from tasks.rse import grade_text, grade_with_model, sample_pairs, score_rse

if TYPE_CHECKING:
    from tasks.collect.generate import CallContext


@flow(name="grade", flow_run_name="grade", task_runner=RUNNER)
async def grade(
    plan: str | None = None,
    round_name: str | None = None,
    home: str | None = None,
    prepared_id: str | None = None,
    references: list[str] | None = None,
) -> list[str]:
    """Grade the pairs of a plan, or all replies against `references`; return the problems, one line a batch."""
    place = home_at(home)
    if plan is None:
        return await _grade(_recorded(references or [], place), None, place)
    prepared = kept_plans.prepared(plan, round_name, place, prepared_id)
    if prepared.grading is None:
        return []
    with store.writing(place), budgets.of_plan(place, prepared) as ledger:
        from tasks.collect.generate import CallContext  # Asks a model, as the grading of recorded replies does not.

        context = CallContext.of(prepared.plan, prepared.grading.judge_cards, place, ledger)
        return await _grade(prepared.grading, context, place)


async def _grade(grading: Grading, context: "CallContext | None", home: Home) -> list[str]:
    """Grade by all judges, and return the problems; those of recorded replies ask no model and need no context."""
    problems = []
    with store.writing(home):
        for reader in grading.judges:
            sample_pairs.choose_first(grading, reader, home)
            if reader.card is None or context is None:
                grade_text.grade_text(grading, reader, home)
                score_rse.score_rse(reader.name, grading.seed, home)
            else:
                problems += await _ask_in_rounds(grading, reader, context)
    return problems


def _recorded(references: list[str], place: Home) -> Grading:
    """Return the grading of all replies; a function of its own, as no frame of the flow may hold the warehouse."""
    with store.writing(place) as warehouse:
        return gradings.recorded(references, warehouse)


async def _ask_in_rounds(grading: Grading, reader: PlannedJudge, context: "CallContext") -> list[str]:
    """Grade the first sample, then more while ranks are uncertain; stop where the judge can't be reached."""
    from flows.collect import ask

    home = context.home
    while True:
        problems = []
        for attempt in range(ATTEMPTS):
            todo = grade_with_model.register_calls(grading, reader, attempt, home)
            problems += await ask(todo, context)
            grade_with_model.read_answers(reader, attempt, home)
        score_rse.score_rse(reader.name, grading.seed, home)
        if problems or not sample_pairs.choose_more(grading, reader, home):
            return problems
