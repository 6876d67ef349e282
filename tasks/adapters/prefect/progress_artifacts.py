"""Progress of long stages, as artifacts of the running flow or task on Prefect's pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from uuid import UUID

from tasks.adapters import extras

SECONDS_UNTIL_SHOWN = 5.0
"""A stage that takes less has no artifact."""

SECONDS_BETWEEN = 5.0
SECONDS_TO_END = 10.0


@dataclass
class _Stage:
    """One stage that is under way, and its run."""

    title: str
    total: int
    flow_run_id: UUID | None
    task_run_id: UUID | None
    done: int = 0

    @property
    def percent(self) -> float:
        return round(min(100.0, 100 * self.done / self.total), 1)


_stages: dict[str, _Stage] = {}


def advance(title: str, n: int) -> None:
    """Count `n` more units of the stage `title`."""
    stage = _stages.get(title)
    if stage is not None:
        stage.done += n


@contextmanager
def artifact_of(title: str, total: int) -> Iterator[None]:
    """Show a stage of `total` units that `advance` moves, where it runs in a flow and on a permanent server."""
    stage = _stage_of_run(title, total) if total else None
    if stage is None:
        yield
        return
    _stages[title], ended = stage, Event()
    # Its own thread: neither a batch's event loop nor its calls wait for Prefect.
    follower = Thread(target=_follow, args=(stage, ended), name=f"progress of {title}", daemon=True)
    follower.start()
    try:
        yield
    finally:
        del _stages[title]
        ended.set()
        follower.join(SECONDS_TO_END)


def _stage_of_run(title: str, total: int) -> _Stage | None:
    if not extras.is_installed("run"):
        return None
    from prefect.context import FlowRunContext, TaskRunContext
    from prefect.settings import PREFECT_API_URL

    flow, task = FlowRunContext.get(), TaskRunContext.get()
    flow_run_id = flow.flow_run.id if flow and flow.flow_run else task.task_run.flow_run_id if task else None
    if not PREFECT_API_URL.value() or flow_run_id is None:
        return None
    return _Stage(title, total, flow_run_id, task.task_run.id if task else None)


def _follow(stage: _Stage, ended: Event) -> None:
    """Create the artifact of a stage that takes long, and keep it up to date until the stage has ended."""
    if ended.wait(SECONDS_UNTIL_SHOWN):
        return
    import logging

    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate

    try:
        with get_client(sync_client=True) as client:
            artifact = client.create_artifact(
                ArtifactCreate(
                    # Without a key it is on its run's page alone, and not in the list of all artifacts.
                    type="progress",
                    description=f"{stage.title}, of {stage.total}",
                    data=stage.percent,
                    flow_run_id=stage.flow_run_id,
                    task_run_id=stage.task_run_id,
                )
            )
            is_over = False
            while not is_over:
                is_over = ended.wait(SECONDS_BETWEEN)
                client.update_artifact(artifact.id, ArtifactUpdate(data=stage.percent))
    except Exception as error:
        # A display: the log holds the same counts, and nothing depends on it.
        logging.getLogger(__name__).warning("Progress of %s is not shown: %s", stage.title, error)
