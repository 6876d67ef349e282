"""Prefect for real: a server, `prefect deploy --all`, a worker, `weekly` by its schedule and by hand, and `kill -9`."""

import html
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tasks.adapters.prefect import local_stack
from tasks.adapters.prefect.local_stack import Stack
from tasks.adapters.settings import PROJECT, home_at, iso_week, now
from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

MODELS = ["independent-alpha", "copies-alpha-at-60"]
N_PROMPTS = 60
LONGEST_S = 600
"""Against waiting for ever: what is waited for comes in seconds, on a slow machine in minutes."""


def _ask(stack: Stack, what: str, method: str = "POST", **body: Any) -> Any:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{stack.api}/{what}", json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=LONGEST_S) as answer:
        return json.loads(answer.read() or b"null")


def _runs(stack: Stack, flow: str) -> list[dict[str, Any]]:
    return _ask(stack, "flow_runs/filter", flows={"name": {"any_": [flow]}}, sort="START_TIME_ASC")


def _wait(stack: Stack, flow: str, number: int, state: str) -> dict[str, Any]:
    """Wait until the flow's run of this number, in the order in which they started, has this state."""
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        runs = [run for run in _runs(stack, flow) if run["start_time"]]
        if len(runs) > number and runs[number]["state_type"] == state:
            return runs[number]
        time.sleep(0.3)
    raise AssertionError([(run["name"], run["state_type"], run["state"]["message"]) for run in _runs(stack, flow)])


def _prefect(stack: Stack, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *arguments],
        env=os.environ | {"PREFECT_API_URL": stack.api},
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _make_due_soon(stack: Stack) -> None:
    """Let `weekly`, as prefect.yaml has it, be due in seconds and on the plan of the test, and wait for its run.

    The server looks for new schedules every five seconds: one that is due before it has looked is lost, and set anew.
    """
    [weekly] = [row for row in _ask(stack, "deployments/filter") if row["name"] == "weekly"]
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        due = datetime.now(UTC) + timedelta(seconds=15)
        schedule = {"interval": 86400, "anchor_date": due.isoformat(), "timezone": "UTC"}
        changed = {
            "parameters": weekly["parameters"] | {"plan": "test"},
            "schedules": [{"schedule": schedule, "active": True}],
        }
        _ask(stack, f"deployments/{weekly['id']}", method="PATCH", **changed)
        while datetime.now(UTC) < due + timedelta(seconds=10):
            soon = [
                run for run in _runs(stack, "weekly") if run["expected_start_time"] < _text(due + timedelta(hours=1))
            ]
            if soon:
                return
            time.sleep(0.3)
    raise AssertionError("no run of weekly was scheduled")


def _text(at: datetime) -> str:
    """Return a time as the server writes it, to be compared as text."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.mark.fault
@pytest.mark.flow
def test_weekly_runs_by_schedule_and_by_hand_and_goes_on_after_kill(tmp_path, monkeypatch) -> None:
    bench = Workbench(tmp_path)
    for name, value in {
        "DISTILLOMETER_DATA": str(tmp_path / "data"),
        "PREFECT_HOME": str(bench.home / "prefect"),
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_ROOT_LEVEL": "WARNING",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("PREFECT_API_URL", "DISTILLOMETER_HOME"):
        monkeypatch.delenv(name, raising=False)
    home = home_at(bench.home)  # The worker has it from the stack alone.
    with StubEndpoint() as stub, local_stack.running(home, 0) as stack:
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=N_PROMPTS)
        n_calls = N_PROMPTS * len(MODELS)
        names = {row["name"] for row in _ask(stack, "deployments/filter")}
        assert names == {"weekly", "evaluate", "score", "publish"}

        # By its schedule; the worker and what it has started are killed in mid-run.
        stub.most_answered = 30
        _make_due_soon(stack)
        deadline = time.monotonic() + LONGEST_S
        while len(stub.calls) <= 30:
            assert time.monotonic() < deadline, "the run that is due asks nothing"
            time.sleep(0.05)
        os.killpg(stack.worker.pid, signal.SIGKILL)
        assert len(stub.calls) < n_calls
        stub.most_answered = None
        with local_stack.start_worker(stack.api, tmp_path / "second.log", home):
            killed = _wait(stack, "weekly", 0, "CRASHED")
            _prefect(stack, "flow-run", "retry", killed["id"])
            again = _wait(stack, "weekly", 0, "COMPLETED")
            assert again["id"] == killed["id"]
            assert again["auto_scheduled"]
            assert again["name"] == f"weekly test {iso_week(now())}"
            assert len({call.request_key for call in stub.calls}) == n_calls
            # Only what was in flight may have been asked twice: eight calls a model at most.
            assert len(stub.calls) - n_calls <= 8 * len(MODELS)

            # By hand, in another round: everything is asked again, and each round has its rows.
            _prefect(stack, "deployment", "run", "weekly/weekly", "--param", "round_name=by-hand")
            assert _wait(stack, "weekly", 1, "COMPLETED")["name"] == "weekly test by-hand"
            shown = {row["key"]: row for row in _ask(stack, "artifacts/latest/filter") if row["key"]}
            assert {key.split("-")[0] for key in shown} == {"plan", "coverage", "leaderboard"}
            assert {row["type"] for row in shown.values()} == {"markdown"}
            # All of them stand at the run itself, where one looks for them.
            [board] = [row for key, row in shown.items() if key == "leaderboard"]
            [plan] = [row for key, row in shown.items() if key.startswith("plan")]
            assert board["flow_run_id"] == plan["flow_run_id"]
            [coverage] = [row["data"] for key, row in shown.items() if key.startswith("coverage")]
            # Whatever comes from outside is escaped.
            assert all(model in html.unescape(coverage).replace("\\", "") for model in MODELS), coverage
    rounds = bench.run("query", "select round, count(*) as n from core.outcome group by round", "--format", "csv")
    assert sorted(rounds.stdout.split()) == sorted(["round,n", f"{iso_week(now())},{n_calls}", f"by-hand,{n_calls}"]), (
        rounds.stderr
    )
