"""Ctrl-C and SIGTERM: what is in flight is waited for, nothing else is asked, and the command says how to go on."""

import os
import signal
import subprocess
import sys
import time
import weakref

import pytest

from flows.cli import main
from tasks.adapters.settings import PROJECT
from tasks.domain.errors import WorldError
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

LISTENING = """
import sys, threading
from flows.cli import main
from tasks.adapters.models import throttles
def tell():
    throttles.interrupted.wait()
    print("heard", flush=True)
threading.Thread(target=tell, daemon=True).start()
main.main(sys.argv[1:])
"""
"""The command, and beside it a thread that tells when the interrupt has got through."""


@pytest.mark.flow
@pytest.mark.parametrize(("signal_number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_run_asks_no_more(tmp_path, monkeypatch, signal_number: int, code: int) -> None:
    """Ctrl-C goes to all processes of a terminal, and so to the Prefect server that the run has started for itself."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    bench = Workbench(tmp_path)
    with StubEndpoint() as stub:
        bench.card("independent-alpha", stub.base_url)
        bench.plan(["independent-alpha"], limit=200)
        stub.most_answered = 20
        run = subprocess.Popen(
            [sys.executable, "-c", LISTENING, "evaluate", "test", "--home", str(bench.home)],
            env=bench.environment,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        # Eight are in flight, and wait for their answers until the run knows that it is to end.
        while len(stub.calls) < 28 and run.poll() is None:
            time.sleep(0.01)
        os.killpg(run.pid, signal_number)
        assert run.stdout is not None
        while run.stdout.readline() not in ("heard\n", ""):
            pass
        stub.most_answered = None
        _, said = run.communicate()
        assert run.returncode == code
        assert said.endswith("interrupted. What has arrived is kept; the same command goes on from there.\n")
        assert "Traceback" not in said
        assert len(stub.calls) == stub.n_answered == 28


class _Held:
    pass


def test_an_error_that_is_kept_holds_nothing_of_what_failed() -> None:
    """Prefect keeps it until Python ends, which then lists every database object that is still there."""
    held: list[weakref.ref[_Held]] = []

    def fail() -> None:
        of_failed = _Held()
        held.append(weakref.ref(of_failed))
        raise KeyError("first")

    try:
        try:
            fail()
        except KeyError as cause:
            raise WorldError("then") from cause
    except WorldError as error:
        kept = error
    assert held[0]() is not None
    main.release_frames(kept)
    assert held[0]() is None
    assert isinstance(kept.__cause__, KeyError)
