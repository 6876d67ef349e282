"""Where a flow's batches run: on threads of this process, or on the workers of a Dask or Ray cluster.

Plans are checked here before Prefect is set up, so that it is imported only where a flow runs.
"""

import importlib
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tasks.adapters import extras
from tasks.adapters.prefect import interrupts, server
from tasks.adapters.settings import Home
from tasks.domain.errors import InputError, WorldError
from tasks.domain.ids import content_id
from tasks.domain.workers import WorkersPlan

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture

Work = TypeVar("Work")

THREADS_A_WORKER = 64
"""Of a Dask worker on this machine: a batch holds one while it waits for its replies."""


def require_runner(plan: WorkersPlan, where: str) -> None:
    """Require that the runner of `plan` is installed.

    Raises:
        InputError: it is not.
    """
    if plan.runner != "threads":
        extras.require(plan.runner, where)


@contextmanager
def options(plan: WorkersPlan, home: Home) -> Iterator[dict[str, Any]]:
    """Yield the options by which a flow runs its batches as `plan` says; a local cluster runs within the block.

    Raises:
        InputError: the workers would have no Prefect server.
        WorldError: the cluster can't be reached, or does not start.
    """
    if plan.runner == "threads":
        yield {}
        return
    with ExitStack() as stack:
        stack.enter_context(_shared_server(plan))
        storage = result_storage(plan, home)
        with interrupts.blocked_for_children():
            runner = _dask(plan, stack) if plan.runner == "dask" else _ray(plan, stack)
        yield {"task_runner": runner, "result_storage": storage, "persist_result": False}


def shared_storage() -> str | None:
    """Return the storage of results of the running flow's workers; None: they are threads of this process."""
    if not extras.is_installed("run"):
        return None
    from prefect.context import FlowRunContext
    from prefect.task_runners import ThreadPoolTaskRunner

    running = FlowRunContext.get()
    if running is None or isinstance(running.task_runner, ThreadPoolTaskRunner):
        return None
    storage: Any = running.result_store.result_storage
    return str(storage.basepath)


def results_in_order(
    work: Iterable[Work], submit: Callable[[Work], "PrefectFuture[Any]"], most: int, doing: str
) -> Iterator[tuple[Work, Any]]:
    """Yield each piece of work with the result of its worker; no more than `most` are under way.

    Raises:
        WorldError: a worker was lost; `doing` names its work.
    """
    waiting = iter(work)
    under_way = deque((piece, submit(piece)) for piece in islice(waiting, most))
    while under_way:
        piece, future = under_way.popleft()
        future.wait()
        if not future.state.is_final() or future.state.is_crashed():
            raise WorldError(f"a worker that {doing} was lost.", remedy="Run the same command again.")
        under_way.extend((more, submit(more)) for more in islice(waiting, 1))
        yield piece, future.result()


@contextmanager
def _shared_server(plan: WorkersPlan) -> Iterator[None]:
    """Point workers to the Prefect server of this process; otherwise each would start its own."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    if PREFECT_API_URL.value() and not server.is_temporary():
        yield
        return
    if plan.is_elsewhere:
        raise InputError(
            "workers elsewhere can't reach the Prefect server that this command starts for itself.",
            where="key 'workers.address'",
            remedy="Start one with `prefect server start` and set PREFECT_API_URL to where they reach it.",
        )
    with temporary_settings(updates={PREFECT_API_URL: server.start()}):
        yield


def result_storage(plan: WorkersPlan, home: Home) -> Path | str:
    """Return Prefect's result storage for `plan`: a path, or the name of a block that the server knows.

    Raises:
        InputError: Prefect can't use the URL.
    """
    if plan.storage is None or plan.storage.startswith("/"):
        return Path(plan.storage) if plan.storage else home.root / "shared"
    from prefect.filesystems import RemoteFileSystem

    name = f"distillometer-{content_id('storage', plan.storage)}"
    try:
        block: Any = RemoteFileSystem(basepath=plan.storage)
    except ValueError as error:
        raise InputError(
            f"Prefect can't use it: {str(error).splitlines()[-2].strip()}",
            where=f"key 'workers.storage' ({plan.storage})",
            remedy="Give an absolute path, or a URL such as s3://bucket/folder.",
        ) from error
    # Prefect hands workers a block's name, so that it has to be known to the server.
    block.save(name, overwrite=True, _sync=True)
    return f"remote-file-system/{name}"


def _lost(plan: WorkersPlan, error: Exception) -> WorldError:
    reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
    return WorldError(
        f"no {plan.runner} cluster answers: {reason}.",
        where=f"key 'workers.address' ({plan.address or 'this machine'})",
        remedy="Is it up, and reached from here? The versions of Python and packages there have to be those here.",
    )


def _dask(plan: WorkersPlan, stack: ExitStack) -> Any:
    distributed: Any = importlib.import_module("distributed")
    from prefect_dask.task_runners import DaskTaskRunner

    if plan.address is None:
        cluster = stack.enter_context(
            distributed.LocalCluster(
                n_workers=plan.count or os.cpu_count() or 1,
                threads_per_worker=THREADS_A_WORKER,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
        )
        return DaskTaskRunner(address=cluster.scheduler_address)
    try:
        distributed.Client(plan.address, timeout=10, set_as_default=False).close()
    except (OSError, TimeoutError, ValueError) as error:
        raise _lost(plan, error) from error
    return DaskTaskRunner(address=plan.address)


def _ray(plan: WorkersPlan, stack: ExitStack) -> Any:
    import ray
    from prefect_ray.task_runners import RayTaskRunner

    chosen = {"address": plan.address} if plan.address else {"num_cpus": plan.count, "include_dashboard": False}
    try:
        ray.init(**chosen, namespace="prefect", log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise _lost(plan, error) from error
    stack.callback(ray.shutdown)
    return RayTaskRunner()
