"""All steps of a plan, unattended: repeated until no reply is missing, or failed with the missing ones."""

from typing import Any

from prefect import tags
from prefect.runtime import flow_run

from flows.evaluate import evaluate
from tasks.adapters.prefect.engine import flow
from tasks.adapters.settings import iso_week, now

_scheduled: Any = flow_run  # Its attributes are looked up at run time.


def round_of_run() -> str:
    """Return the week for which the running flow was scheduled.

    A run that waits, or is repeated, after the week is over keeps its own round: in the next one all requests would be
    sent and paid for again.
    """
    return iso_week(_scheduled.scheduled_start_time or now())


def _title() -> str:
    parameters = _scheduled.parameters
    return f"weekly {parameters['plan']} {parameters['round_name'] or round_of_run()}"


@flow(name="weekly", flow_run_name=_title, retries=2, retry_delay_seconds=300)
async def weekly(plan: str = "real-world", round_name: str | None = None, home: str | None = None) -> str:
    """Evaluate `plan` for the round in which the run was scheduled, and return the path of the report.

    Each further attempt sends only requests without a reply.

    Args:
        plan: a plan of data/plans, or the path of one that ends in .toml.
        round_name: such as 2026-W48; left out, the week for which the run is scheduled.
        home: the folder of all written files; left out, data/out.
    """
    round_of_evaluation = round_name or round_of_run()
    with tags(f"plan {plan}", f"round {round_of_evaluation}"):
        done = await evaluate(plan, round_of_evaluation, home, must_be_whole=True)
    return done.report
