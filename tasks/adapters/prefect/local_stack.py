"""Prefect for people: a server on loopback, its work pool, the deployments of prefect.yaml, and a worker."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks.adapters.settings import PROJECT, Home, data_dir
from tasks.domain.errors import WorldError

POOL = "distillometer"
SECONDS_TO_START = 120.0
SECONDS_TO_END = 30.0

SERVER_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # Its log says what goes wrong in its services, which no page shows.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Three events a task wait in memory until they are in the database: written in larger portions, they keep up.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
}
WORKER_SETTINGS = {"PREFECT_WORKER_QUERY_SECONDS": "2", "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO"}


@dataclass(frozen=True)
class Stack:
    """The running stack: the address of its API, and its processes; an existing server is not among them."""

    api: str
    log_dir: Path
    worker: subprocess.Popen[bytes]
    server: subprocess.Popen[bytes] | None

    @property
    def address(self) -> str:
        """The address of the pages, where the server is part of the stack."""
        return self.api.removesuffix("/api")

    def ended(self) -> str | None:
        """Return which of the processes has ended by itself, or None."""
        processes = {"worker": self.worker, "server": self.server}
        return next(
            (name for name, process in processes.items() if process is not None and process.poll() is not None), None
        )


@contextmanager
def running(home: Home, port: int, *, project_file: Path | None = None) -> Iterator[Stack]:
    """Start the stack and yield it; all of it ends with the block, or with this process, for whatever reason.

    Where `PREFECT_API_URL` names an existing server, that one gets the deployments and the worker.

    Args:
        home: its folder prefect takes the logs, and by default the state of Prefect.
        port: of the server, on loopback; 0 takes a free one.
        project_file: replaces the project's prefect.yaml.

    Raises:
        WorldError: the port is taken, or something does not start.
    """
    logs = home.root / "prefect"
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        api = os.environ.get("PREFECT_API_URL", "")
        server = None
        if not api:
            port = _free_port(port)
            api = f"http://127.0.0.1:{port}/api"
            command = ["server", "start", "--host", "127.0.0.1", "--port", str(port)]
            # Without its own URL in the environment the page would call Prefect's default port.
            environment = os.environ | SERVER_SETTINGS | {"PREFECT_API_URL": api}
            server = stack.enter_context(_process(command, environment, logs / "server.log"))
            _wait(api, server, logs / "server.log")
        environment = os.environ | {"PREFECT_API_URL": api}
        _run(["work-pool", "create", POOL, "--type", "process", "--overwrite"], environment)
        file = ["--prefect-file", str(project_file)] if project_file else []
        _run(["--no-prompt", "deploy", "--all", *file], environment)
        worker = stack.enter_context(start_worker(api, logs / "worker.log", home))
        yield Stack(api, logs, worker, server)


@contextmanager
def start_worker(api: str, log: Path, home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker that takes one run at a time: the warehouse has one writer.

    Runs without a home of their own use `home`, and the plans and cards of this process.
    """
    command = ["worker", "start", "--pool", POOL, "--type", "process", "--limit", "1"]
    places = {"DISTILLOMETER_HOME": str(home.root), "DISTILLOMETER_DATA": str(data_dir().resolve())}
    with _process(command, os.environ | WORKER_SETTINGS | places | {"PREFECT_API_URL": api}, log) as worker:
        yield worker


def _free_port(port: int) -> int:
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            free.bind(("127.0.0.1", port))
        except OSError as error:
            raise WorldError(
                f"port {port} can't be had: {error.strerror}.",
                where="127.0.0.1",
                remedy="Give another (make ui PORT=4300), or set PREFECT_API_URL to use the server that runs there.",
            ) from error
        return int(free.getsockname()[1])


@contextmanager
def _process(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of Prefect's commands in the background until the block ends, with all its child processes."""
    command = [sys.executable, "-m", "prefect", *arguments]
    with log.open("ab") as file:
        # A session of its own: a group that can be ended as a whole.
        process = subprocess.Popen(
            command, env=environment, cwd=PROJECT, start_new_session=True, stdout=file, stderr=file
        )
    # If this process is killed the system closes the watch's input, which ends its wait. It has a session of its own,
    # so that killing the group of this process does not kill the watch.
    wait = f"read _; kill -s KILL -- -{process.pid} 2> /dev/null"
    watch = subprocess.Popen(["/bin/sh", "-c", wait], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        watch.kill()
        watch.communicate()


def _wait(api: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not _is_up(api):
        if server.poll() is not None or time.monotonic() > deadline:
            raise WorldError("the Prefect server does not start.", where=api, remedy=f"Its log: {log}")
        time.sleep(0.2)


def _is_up(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *arguments], env=environment, cwd=PROJECT, capture_output=True, text=True
    )
    if done.returncode:
        output = (done.stdout + done.stderr).strip().splitlines()
        raise WorldError(
            f"`prefect {' '.join(arguments)}` failed: {' '.join(output[-5:])}",
            where=environment["PREFECT_API_URL"],
            remedy="Is this a Prefect server of the same major version, and are you let in?",
        )
