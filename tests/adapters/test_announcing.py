"""A webhook that fails is said in words, and no word holds its URL."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tasks.adapters.prefect import alerts

VARIABLE = "DRIFT_HOOK_OF_A_TEST"


class _Refusing(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(403)
        self.end_headers()

    def log_message(self, *told: object) -> None:
        pass


def test_unset_variable_is_named(monkeypatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    said = alerts.post(VARIABLE, [])
    assert said is not None
    assert f"{VARIABLE} is not set" in said


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/secret-token", "http://[secret-token", "secret-token"])
def test_unreachable_webhook_is_a_reason_without_its_url(url, monkeypatch) -> None:
    monkeypatch.setenv(VARIABLE, url)
    said = alerts.post(VARIABLE, [{"target": "m"}])
    assert said is not None
    assert f"the webhook of {VARIABLE} can't be reached" in said
    assert "secret-token" not in said


def test_refusal_is_a_reason_with_its_status(monkeypatch) -> None:
    with HTTPServer(("127.0.0.1", 0), _Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(VARIABLE, f"http://127.0.0.1:{server.server_port}/secret-token")
        said = alerts.post(VARIABLE, [{"target": "m"}])
        server.shutdown()
    assert said == f"the webhook of {VARIABLE} answered 403: see that its URL is right."
