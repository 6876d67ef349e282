"""Everything that a plan asks for, unattended: tried again until nothing is missing, or failed with what is."""

from typing import Any

from prefect import flow, tags
from prefect.runtime import flow_run

from flows.evaluate import evaluate
from tasks.adapters.settings import iso_week, now

_scheduled: Any = flow_run  # Its attributes are looked up at run time.


def round_of_run() -> str:
    """Return the week for which the running flow was scheduled.

    A run that waits, or is tried again, after the week is over goes on with its own round: in the next one everything
    would be asked and paid for again.
    """
    return iso_week(_scheduled.scheduled_start_time or now())


def _title() -> str:
    given = _scheduled.parameters
    return f"weekly {given['plan']} {given['round_name'] or round_of_run()}"


@flow(name="weekly", flow_run_name=_title, retries=2, retry_delay_seconds=300)
async def weekly(plan: str = "real-world", round_name: str | None = None, home: str | None = None) -> str:
    """Evaluate `plan` for the round in which the run was scheduled, and return the path of the report.

    Each further attempt asks only what has no reply yet.

    Args:
        plan: a plan of data/plans, or the path of one that ends in .toml.
        round_name: such as 2026-W48; left out, the week for which the run is scheduled.
        home: the folder of everything that is written; left out, data/out.
    """
    wanted = round_name or round_of_run()
    with tags(f"plan {plan}", f"round {wanted}"):
        done = await evaluate(plan, wanted, home, must_be_whole=True)
    return done.report
