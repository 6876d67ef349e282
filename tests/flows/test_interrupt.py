"""Ctrl-C: what is in flight is waited for, nothing else is asked, and the command says how to go on."""

import os
import signal
import subprocess
import time

import pytest

from tasks.adapters.settings import PROJECT
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench


@pytest.mark.slow
def test_interrupted_run_asks_no_more(tmp_path, monkeypatch) -> None:
    """Ctrl-C goes to all processes of a terminal, and so to the Prefect server that the run has started for itself."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    bench = Workbench(tmp_path)
    with StubEndpoint(delay_s=0.5) as stub:
        bench.card("independent-alpha", stub.base_url)
        bench.plan(["independent-alpha"], limit=200)
        run = subprocess.Popen(
            bench.command("evaluate", "test"),
            env=bench.environment,
            cwd=PROJECT,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        deadline = time.monotonic() + 120
        while len(stub.calls) < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        n_calls = len(stub.calls)
        os.killpg(run.pid, signal.SIGINT)
        _, said = run.communicate(timeout=60)
        assert run.returncode == 130
        assert said.endswith("interrupted. What has arrived is kept; the same command goes on from there.\n")
        assert "Traceback" not in said
        # Eight are in flight; a few more may start before the signal gets through.
        assert n_calls <= len(stub.calls) <= n_calls + 16
