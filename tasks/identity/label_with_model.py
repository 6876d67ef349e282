"""Labelled replies -> calls to a judge's model. The calls are requests like any other: paid for once."""

from tasks.adapters.planning.judge_validations import ValidationCalls
from tasks.adapters.prefect.engine import NO_CACHE, task
from tasks.adapters.settings import now
from tasks.adapters.warehouse import judge_calls, store
from tasks.domain.rows import Request


@task(name="register calls", task_run_name="register {checking.title}, attempt {attempt}", cache_policy=NO_CACHE)
def register_calls(checking: ValidationCalls, attempt: int) -> list[Request]:
    """Register the calls of this attempt, and return those that have no answer yet."""
    with store.writing(checking.home) as warehouse:
        outcomes = checking.outcomes(judge_calls.answers(warehouse, checking.request_ids))
        calls = [
            (reply.reply_id, outcome.calls[-1])
            for reply, outcome in zip(checking.prepared.replies, outcomes, strict=True)
            if outcome.is_waiting and outcome.calls[-1].request.sample == attempt
        ]
        checking.submitted_at = now()
        todo = judge_calls.register(warehouse, checking.prepared.model_judge, calls, checking.submitted_at)
    checking.submitted_ids = [request.request_id for request in todo]
    return todo


@task(name="time judge", task_run_name="time {checking.title}", cache_policy=NO_CACHE)
def clock(checking: ValidationCalls) -> None:
    """Add the seconds that the calls registered last have taken."""
    with store.writing(checking.home) as warehouse:
        seconds, n_answered = judge_calls.under_way(warehouse, checking.submitted_ids, checking.submitted_at)
    checking.seconds += seconds
    checking.n_answered += n_answered
