"""Three rounds with a swapped stub: who is named, the event, the webhook, what is asked again, and pruning."""

import json
import shutil
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

MODELS = ["independent-alpha", "independent-beta", "independent-gamma"]
N_PROMPTS = 40


class Listener:
    """A webhook on loopback that keeps what it is sent."""

    def __init__(self) -> None:
        self.heard: list[dict] = []
        heard = self.heard

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *told: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/secret-token"

    def __enter__(self) -> "Listener":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _drift_events(api: str, since: datetime) -> list[str]:
    """Return whom the server's events of drift since then are about, as other tests use it, too; the server keeps them a moment after they were emitted."""
    asked = {"filter": {"event": {"name": ["distillometer.drift"]}, "occurred": {"since": since.isoformat()}}}
    deadline = time.monotonic() + 600
    while not (found := httpx.post(f"{api}/events/filter", json=asked).raise_for_status().json()["events"]):
        assert time.monotonic() < deadline, "no event has arrived"
        time.sleep(0.2)
    return [event["resource"]["prefect.resource.name"] for event in found]


@dataclass
class Rounds:
    """Three rounds: the second has a swapped endpoint, the third wants three prompts of each model alone."""

    bench: Workbench
    began: datetime
    heard: list[dict]
    said: dict[str, str]
    """What was printed of each round."""
    n_calls: dict[str, int]
    planned: str = ""
    """What `plan` said before the third."""
    shown: str = ""
    """What `show drift` said of the swapped model after the second."""


@pytest.fixture(scope="module")
def rounds(served, tmp_path_factory) -> Rounds:
    bench = Workbench(tmp_path_factory.mktemp("drift"))
    drift = '[drift]\nwebhook_env = "DRIFT_HOOK"\n'
    with StubEndpoint() as stub, Listener() as listener, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DRIFT_HOOK", listener.url)
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=N_PROMPTS, extra=drift)
        told = Rounds(bench, datetime.now(UTC), listener.heard, {}, {})
        for number, name in enumerate(("R1", "R2", "R3")):
            stub.seed_shift = 100 * number
            if name == "R2":
                stub.instead = {"independent-beta": "independent-delta"}
            if name == "R3":
                bench.plan(MODELS, limit=N_PROMPTS, extra=f'{drift}[refresh]\npolicy = "sample"\nn = 3\n')
                told.planned = bench.run("plan", "test", "--round", name).stdout
            n_before = len(stub.calls)
            done = bench.run("evaluate", "test", "--round", name)
            assert done.returncode == 0, done.stderr
            told.said[name], told.n_calls[name] = done.stdout, len(stub.calls) - n_before
            if name == "R2":
                told.shown = bench.run("show", "drift", "independent-beta").stdout
    return told


@pytest.mark.flow
def test_swapped_endpoint_is_named_and_no_other(rounds, prefect_api) -> None:
    bench, said = rounds.bench, rounds.said
    assert rounds.n_calls["R1"] == rounds.n_calls["R2"] == N_PROMPTS * len(MODELS)
    assert "has changed" not in said["R1"]
    assert "independent-beta has changed between R1 and R2: its replies are written" in said["R2"]
    assert "2 of 3 models show no change since their last round" in said["R2"]
    alarms = bench.query("select distinct target, round from mart.drift where is_alarm")
    assert alarms == [{"target": "independent-beta", "round": "R2"}]
    [heard] = rounds.heard
    assert heard["event"] == "distillometer.drift"
    assert [one["target"] for one in heard["drift"]] == ["independent-beta"]
    assert "reply_text" in [one["measure"] for one in heard["drift"][0]["measures"]]
    assert "R2" in rounds.shown
    assert "independent-beta has changed" in rounds.shown
    assert _drift_events(prefect_api, rounds.began) == ["independent-beta"]


@pytest.mark.flow
def test_policy_says_what_is_asked_again(rounds) -> None:
    bench = rounds.bench
    assert "to be made: 9" in rounds.planned
    assert rounds.n_calls["R3"] == 9
    bench.plan(MODELS, limit=N_PROMPTS, extra='[refresh]\npolicy = "once"\n')
    assert "to be made: 0" in bench.run("plan", "test", "--round", "R4").stdout
    assert bench.query("select distinct n from mart.drift where measure = 'reply_text' and round = 'R3'") == [{"n": 3}]
    [replies] = bench.query("select count(*) as n from core.reply where reply_text is not null")
    assert replies == {"n": N_PROMPTS * len(MODELS)}


@pytest.mark.flow
def test_pruned_rounds_leave_what_drifted(rounds, tmp_path) -> None:
    bench = Workbench(tmp_path)
    shutil.copytree(rounds.bench.home, bench.home)
    alarms_sql = "select * from mart.drift order by target, round, measure"
    pruned = bench.run("prune", "--keep-rounds", "2")
    assert pruned.returncode == 0, pruned.stderr
    assert f"Deleted {N_PROMPTS * len(MODELS)} replies of rounds before the newest 2." in pruned.stdout
    vacuumed = bench.run("vacuum")
    assert vacuumed.returncode == 0, vacuumed.stderr
    assert "Deleted" not in vacuumed.stdout
    assert bench.query(alarms_sql) == rounds.bench.query(alarms_sql)
    assert bench.query("select distinct round from mart.round order by round") == [{"round": "R2"}, {"round": "R3"}]
