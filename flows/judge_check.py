"""Measure a judge that asks a model against labelled replies: put -> ask, again what can't be read, measure."""

from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.collect import ask
from flows.publish import publish
from tasks import ask_labelled, prepare
from tasks.adapters import judge_checks, store
from tasks.adapters.judge_checks import WantedCheck
from tasks.adapters.settings import home_at
from tasks.domain.judging.calls import ATTEMPTS
from tasks.judge_check import JudgeMeasured, measure
from tasks.respond import Means

_runner: Any = ThreadPoolTaskRunner(max_workers=256)
BATCH_SIZE = 50


@flow(name="judge check", flow_run_name="judge check {wanted.judge} by {wanted.judge_model}", task_runner=_runner)
async def judge_check(wanted: WantedCheck, n_errors: int, home: str) -> tuple[JudgeMeasured, list[str]]:
    """Return how the judge reads, and what went wrong, one line a batch.

    Started again after any end, it asks only what has no answer yet.
    """
    place = home_at(home)
    checking = judge_checks.Checking(judge_checks.read(wanted), place)
    card, problems = checking.prepared.asked.card, []
    with store.writing(place):
        prepare.take_in_journal(place)
        for attempt in range(ATTEMPTS):
            problems += await ask(ask_labelled.put(checking, attempt), Means({card.name: card}, BATCH_SIZE, {}, place))
            ask_labelled.clock(checking)
        measured = measure(checking, n_errors)
        await publish(home, with_report=False)
    return measured, problems
