"""Prefect's own temporary server, which must not outlive the run that needed it, for whatever reason that ends."""

import subprocess

from tasks.adapters.prefect import interrupts
from tasks.domain.errors import WorldError

_watches: list[subprocess.Popen[bytes]] = []
"""Held until this process ends: with the last reference the watch's input would be closed."""


def start() -> str | None:
    """Start the server that Prefect starts by itself where `PREFECT_API_URL` names none; return the server's URL.

    Prefect ends it when this process ends, but not when this process is killed: a shell that waits for the end of
    its input, which the system closes with this process, does that.
    """
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_SERVER_ALLOW_EPHEMERAL_MODE

    if PREFECT_API_URL.value() or not PREFECT_SERVER_ALLOW_EPHEMERAL_MODE.value():
        return PREFECT_API_URL.value()
    # Only here: the import takes seconds, which runs with a server save.
    from prefect.server.api.server import SubprocessASGIServer

    # The one instance that Prefect's clients ask for as well: they find it running.
    server = SubprocessASGIServer()
    try:
        with interrupts.blocked_for_children():
            server.start()
    except RuntimeError as error:
        raise WorldError(
            f"Prefect's own server did not start: {error}",
            where=PREFECT_HOME.value().as_posix(),
            remedy="Try again, or start one yourself (`prefect server start`) and set PREFECT_API_URL.",
        ) from error
    if server.server_process is not None and not _watches:
        wait = f"read _; kill {server.server_process.pid} 2> /dev/null"
        _watches.append(subprocess.Popen(["/bin/sh", "-c", wait], stdin=subprocess.PIPE, start_new_session=True))
    return str(server.api_url)
