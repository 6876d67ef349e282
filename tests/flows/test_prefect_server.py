"""The Prefect server of the tests leaves nothing behind, also where the tests are killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks.adapters.settings import PROJECT

pytestmark = pytest.mark.slow

SERVE = """
import sys, time
from pathlib import Path
from tests.support.prefect_server import prefect_server
with prefect_server(Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(600)
"""


def _started_with(home: Path) -> list[str]:
    """Return the command lines of the living processes whose environment names this home of Prefect."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            environment = (place / "environ").read_bytes().split(b"\0")
            command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if f"PREFECT_HOME={home}".encode() in environment and command:
            found.append(command)
    return found


@pytest.mark.fault
@pytest.mark.flow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes as Linux shows them")
def test_server_ends_with_who_started_it_even_if_killed(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE, start_new_session=True
    )
    assert run.stdout is not None
    with run.stdout:
        assert run.stdout.readline() == b"up\n"
        assert _started_with(tmp_path)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    deadline = time.monotonic() + 600
    while (left := _started_with(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []
