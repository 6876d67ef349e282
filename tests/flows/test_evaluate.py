"""The whole pipeline against a real server on loopback: planted truth, nothing asked twice, kill -9."""

import json

import pytest

from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

MODELS = ["independent-alpha", "independent-beta", "independent-gamma", "copies-alpha-at-60"]


def _query(bench: Workbench, sql: str) -> list[dict]:
    done = bench.run("query", sql, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_student_is_found_and_nothing_is_asked_twice(tmp_path) -> None:
    bench = Workbench(tmp_path)
    with StubEndpoint() as stub:
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS, limit=60)
        first = bench.run("evaluate", "test")
        assert first.returncode == 0, first.stderr
        assert len(stub.calls) == 60 * len(MODELS)
        again = bench.run("evaluate", "test")
        assert again.returncode == 0, again.stderr
        assert len(stub.calls) == 60 * len(MODELS)
        assert "to be made: 0" in again.stdout
    [row] = _query(bench, "select * from mart.leaderboard where target = 'copies-alpha-at-60'")
    assert row["nearest_reference"] == "independent-alpha"
    assert row["n_prompts"] == 60
    [far] = _query(
        bench,
        "select opening_d from mart.likeness where target = 'copies-alpha-at-60' and reference = 'independent-beta'",
    )
    assert row["opening_d_low"] > far["opening_d"]
