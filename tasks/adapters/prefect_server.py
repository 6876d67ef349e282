"""Prefect's own temporary server, which must not outlive the run that needed it, however that run ends."""

import subprocess

_watches: list[subprocess.Popen[bytes]] = []
"""Held until this process ends: with the last reference the watch's input would be closed."""


def start() -> None:
    """Start the server that Prefect starts by itself where `PREFECT_API_URL` names none; else do nothing.

    Prefect ends it when this process ends, but not when this process is killed: a shell that waits for the end of
    its input, which the system closes with us, sees to that.
    """
    from prefect.settings import PREFECT_API_URL, PREFECT_SERVER_ALLOW_EPHEMERAL_MODE

    if PREFECT_API_URL.value() or not PREFECT_SERVER_ALLOW_EPHEMERAL_MODE.value():
        return
    # Only here: seconds of importing for those who do have a server.
    from prefect.server.api.server import SubprocessASGIServer

    # The one instance that Prefect's clients ask for as well: they find it running.
    server = SubprocessASGIServer()
    server.start()
    if server.server_process is not None:
        wait = f"read _; kill {server.server_process.pid} 2> /dev/null"
        _watches.append(subprocess.Popen(["/bin/sh", "-c", wait], stdin=subprocess.PIPE, start_new_session=True))
