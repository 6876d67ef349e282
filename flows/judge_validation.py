"""Measure a judge that calls a model against labelled replies: register -> ask, repeat unreadable answers, measure."""

from flows.collect import ask
from flows.publish import publish
from flows.runner import RUNNER
from tasks.adapters.planning import budgets, judge_validations
from tasks.adapters.planning.judge_validations import ValidationRequest
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tasks.collect import register_plan
from tasks.collect.generate import CallContext
from tasks.domain.budget import BudgetPlan
from tasks.domain.judging.judge import ATTEMPTS
from tasks.identity import label_with_model
from tasks.identity.validate_judge import JudgeMeasurement, measure

BATCH_SIZE = 50


@flow(
    name="judge validation",
    flow_run_name="judge validation {request.judge} by {request.judge_model}",
    task_runner=RUNNER,
)
async def judge_validation(
    request: ValidationRequest, n_errors: int, home: str, budget: BudgetPlan | None = None
) -> tuple[JudgeMeasurement, list[str]]:
    """Return the quality of the judge, and the problems, one line a batch.

    Started again after any end, it sends only calls without an answer.
    """
    place = home_at(home)
    checking = judge_validations.ValidationCalls(judge_validations.read(request), place)
    card, problems = checking.prepared.model_judge.card, []
    money = budget or BudgetPlan()
    budgets.require_bounded([(card, card.sampling)], money, "validate-judge")
    with store.writing(place), budgets.opened(place, judge_validations.ledger_name(request), money) as ledger:
        register_plan.merge_shared_journal(place)
        for attempt in range(ATTEMPTS):
            problems += await ask(
                label_with_model.register_calls(checking, attempt),
                CallContext({card.name: card}, BATCH_SIZE, {}, place, ledger),
            )
            label_with_model.clock(checking)
        measured = measure(checking, n_errors)
        await publish(home, with_report=False)
    return measured, problems
