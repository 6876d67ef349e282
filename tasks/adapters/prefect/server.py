"""Prefect's own temporary server, which must not outlive the run that needed it, for whatever reason that ends."""

import atexit
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tasks.adapters import extras, waits
from tasks.adapters.prefect import interrupts
from tasks.adapters.warehouse import whole_files
from tasks.domain.errors import WorldError

SECONDS_TO_START = 120.0
SECONDS_TO_END = 5.0
SECONDS_BETWEEN_LOOKS = 0.05
BYTES_OF_A_NEW_DATABASE = 2 << 20


@dataclass
class TemporaryServer:
    """The server of this process, the address of its API, and the watch that ends it if this process is killed."""

    api: str
    process: subprocess.Popen[bytes]
    watch: subprocess.Popen[bytes]


_servers: list[TemporaryServer] = []
"""One at most. Held until this process ends: with the last reference the watch's input would be closed."""


def is_temporary() -> bool:
    """Return whether the server that Prefect uses is one of this process, which other machines can't reach."""
    return bool(_servers)


@contextmanager
def starting() -> Iterator[None]:
    """Start a server where `PREFECT_API_URL` names none; with the end of the block it is up. Without Prefect: nothing.

    It takes seconds to start, in a process of its own: what the block imports meanwhile takes no time.

    Raises:
        WorldError: it ends, or does not answer.
    """
    begun = _begin() if extras.is_installed("run") else None
    yield
    if begun is not None:
        with waits.waiting_for("Prefect's own server, which starts"):
            _wait_for(begun)


def start() -> str:
    """Return the URL of the API that `PREFECT_API_URL` names, or of the server of this process, once that is up.

    Raises:
        WorldError: it ends, or does not answer.
    """
    from prefect.settings import PREFECT_API_URL

    with starting():
        pass
    return str(PREFECT_API_URL.value())


def _begin() -> TemporaryServer | None:
    from prefect.context import refresh_global_settings_context
    from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_ALLOW_EPHEMERAL_MODE, get_current_settings

    if PREFECT_API_URL.value() or not PREFECT_SERVER_ALLOW_EPHEMERAL_MODE.value():
        return None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What Prefect itself runs for a flow without a server. Its own code for that is part of the server, whose import
    # would take this process as many seconds as it takes the other one.
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error", "--lifespan", "on"]
    settings = get_current_settings().to_environment_variables(exclude_unset=True)
    ephemeral = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
    # In a session of its own: a signal to this process's group must not end it while this process still needs it.
    with interrupts.blocked_for_children():
        process = subprocess.Popen(command, env=os.environ | settings | ephemeral, start_new_session=True)
    # The system closes a shell's input with this process, however that ends.
    wait = f"read _; kill {process.pid} 2> /dev/null"
    watch = subprocess.Popen(["/bin/sh", "-c", wait], stdin=subprocess.PIPE, start_new_session=True)
    server = TemporaryServer(f"http://127.0.0.1:{port}/api", process, watch)
    _servers.append(server)
    atexit.register(_end, server)
    os.environ["PREFECT_API_URL"] = server.api
    refresh_global_settings_context()
    return server


def _wait_for(server: TemporaryServer) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not _is_up(server.api):
        code = server.process.poll()
        if code is not None or time.monotonic() > deadline:
            _require_room()
            what = f"it ended with exit code {code}" if code is not None else f"no answer in {SECONDS_TO_START:.0f} s"
            raise WorldError(
                f"Prefect's own server did not start: {what}.",
                where=server.api,
                remedy="Try again, or start one yourself (`prefect server start`) and set PREFECT_API_URL.",
            )
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _require_room() -> None:
    """Require that the folder of the server's database takes a file of its size: else that is why it did not start.

    Raises:
        WorldError: it does not; the server itself only ends.
    """
    from prefect.settings import get_current_settings

    probe = get_current_settings().home / "room"
    try:
        whole_files.write(probe, bytes(BYTES_OF_A_NEW_DATABASE))
    finally:
        probe.unlink(missing_ok=True)


def _is_up(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=SECONDS_TO_START) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _end(server: TemporaryServer) -> None:
    server.process.terminate()
    try:
        server.process.wait(timeout=SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()
    server.watch.kill()
    server.watch.communicate()
