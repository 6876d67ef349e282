"""One Prefect server for several runs of the command: each then starts in a second or two instead of ten and more."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prefect.context import SettingsContext
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_LOCAL_STORAGE_PATH, temporary_settings

UNUSED_SERVICES = (
    *("CANCELLATION_CLEANUP", "CLEANUP_RECONCILER", "FOREMAN", "LATE_RUNS", "PAUSE_EXPIRATIONS"),
    *("REPOSSESSOR", "SCHEDULER", "TRIGGERS"),
)
"""What a server does every few seconds for deployments, work pools and automations, of which these tests have none."""


@contextmanager
def prefect_of_this_process(url: str, state: Path) -> Iterator[None]:
    """Have flows of this process and of its threads use the server at `url`, and keep their results under `state`."""
    updates = {PREFECT_API_URL: url, PREFECT_HOME: state, PREFECT_LOCAL_STORAGE_PATH: state / "storage"}
    with temporary_settings(updates=updates), pytest.MonkeyPatch.context() as patch:
        # Threads that Prefect starts do not inherit the context.
        patch.setattr("prefect.context.GLOBAL_SETTINGS_CONTEXT", SettingsContext.get())
        yield
        # What is logged is sent by a thread: it must not find the server gone.
        APILogWorker.drain_all(timeout=600)


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=60) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def prefect_server(state: Path, *, is_in_memory: bool = True) -> Iterator[str]:
    """Serve Prefect's API with `state` as its home; yield its URL, what `PREFECT_API_URL` says.

    With its database on a file, SQLite turns away who writes beside another, and the client waits two seconds.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    environment = os.environ | {
        "PREFECT_HOME": str(state),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    if is_in_memory:
        environment |= {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in UNUSED_SERVICES}
        environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = "sqlite+aiosqlite:///:memory:"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    quiet = subprocess.DEVNULL
    # A session of its own: a group that can be ended as a whole, whatever processes the command has started.
    server = subprocess.Popen(command, env=environment, start_new_session=True, stdout=quiet, stderr=quiet)
    # If this process is killed there is nobody to end the server, but the system closes the watch's input: that ends
    # its wait. It waits in a session of its own, so that who kills our group does not kill the watch with it.
    wait = f"read _; kill -s KILL -- -{server.pid}"
    watch = subprocess.Popen(
        ["/bin/sh", "-c", wait], stdin=subprocess.PIPE, start_new_session=True, stdout=quiet, stderr=quiet
    )
    try:
        deadline = time.monotonic() + 600
        while not _is_up(url):
            assert server.poll() is None, "the Prefect server has ended"
            assert time.monotonic() < deadline, "the Prefect server does not answer"
            time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=600)
        watch.kill()
        watch.communicate()
