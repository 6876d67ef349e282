"""Three rounds with a swapped stub: who is named, the event, the webhook, what is asked again, and pruning."""

import json
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

MODELS = ["independent-alpha", "independent-beta", "independent-gamma"]


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
    deadline = time.monotonic() + 30
    while not (found := httpx.post(f"{api}/events/filter", json=asked).raise_for_status().json()["events"]):
        assert time.monotonic() < deadline, "no event has arrived"
        time.sleep(0.2)
    return [event["resource"]["prefect.resource.name"] for event in found]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_swapped_endpoint_is_named_and_no_other(served, prefect_api, tmp_path, monkeypatch) -> None:
    bench, began = Workbench(tmp_path), datetime.now(UTC)
    with StubEndpoint() as stub, Listener() as listener:
        monkeypatch.setenv("DRIFT_HOOK", listener.url)
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=40, extra='[drift]\nwebhook_env = "DRIFT_HOOK"\n')
        said = {}
        for number, name in enumerate(("R1", "R2", "R3")):
            stub.seed_shift = 100 * number
            stub.instead = {"independent-beta": "independent-delta"} if name == "R3" else {}
            done = bench.run("evaluate", "test", "--round", name)
            assert done.returncode == 0, done.stderr
            said[name] = done.stdout
        assert len(stub.calls) == 3 * 40 * len(MODELS)
    assert "has changed" not in said["R1"] + said["R2"]
    assert "independent-beta has changed between R2 and R3: its replies are written" in said["R3"]
    assert "2 of 3 models show no change since their last round" in said["R3"]
    alarms = bench.query("select distinct target, round from mart.drift where is_alarm")
    assert alarms == [{"target": "independent-beta", "round": "R3"}]
    [heard] = listener.heard
    assert heard["event"] == "distillometer.drift"
    assert [one["target"] for one in heard["drift"]] == ["independent-beta"]
    assert "reply_text" in [one["measure"] for one in heard["drift"][0]["measures"]]
    shown = bench.run("show", "drift", "independent-beta")
    assert shown.returncode == 0, shown.stderr
    assert "R3" in shown.stdout
    assert "independent-beta has changed" in shown.stdout
    assert _drift_events(prefect_api, began) == ["independent-beta"]

    alarms_sql = "select * from mart.drift order by target, round, measure"
    drifted = bench.query(alarms_sql)
    pruned = bench.run("prune", "--keep-rounds", "2")
    assert pruned.returncode == 0, pruned.stderr
    assert f"Deleted {40 * len(MODELS)} replies of rounds before the newest 2." in pruned.stdout
    vacuumed = bench.run("vacuum")
    assert vacuumed.returncode == 0, vacuumed.stderr
    assert "Deleted" not in vacuumed.stdout
    assert bench.query(alarms_sql) == drifted
    assert bench.query("select distinct round from mart.round order by round") == [{"round": "R2"}, {"round": "R3"}]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_policy_says_what_is_asked_again(served, tmp_path) -> None:
    bench = Workbench(tmp_path)
    with StubEndpoint() as stub:
        for model in MODELS[:2]:
            bench.card(model, stub.base_url)
        bench.plan(MODELS[:2], limit=10, extra='[refresh]\npolicy = "sample"\nn = 3\n')
        assert bench.run("evaluate", "test", "--round", "R1").returncode == 0
        assert len(stub.calls) == 20
        assert "to be made: 6" in bench.run("plan", "test", "--round", "R2").stdout
        second = bench.run("evaluate", "test", "--round", "R2")
        assert second.returncode == 0, second.stderr
        assert len(stub.calls) == 26
        bench.plan(MODELS[:2], limit=10, extra='[refresh]\npolicy = "once"\n')
        assert "to be made: 0" in bench.run("plan", "test", "--round", "R3").stdout
    assert bench.query("select distinct n from mart.drift where measure = 'reply_text'") == [{"n": 3}]
    assert bench.query("select count(*) as n from core.reply where reply_text is not null") == [{"n": 20}]
