"""`evaluate` measures the whole population, prints it in words, and keeps it in tables."""

import json

import pytest

from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

MODELS = ["copies-alpha-at-60", "independent-alpha", "independent-beta", "independent-gamma"]


def _query(bench: Workbench, sql: str) -> list[dict]:
    done = bench.run("query", sql, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_population_of_a_run(served, tmp_path) -> None:
    bench = Workbench(tmp_path)
    with StubEndpoint() as stub:
        for model in MODELS:
            bench.card(model, stub.base_url)
        bench.plan(MODELS[:2], limit=30)
        two = bench.run("evaluate", "test")
        assert two.returncode == 0, two.stderr
        assert "distinct ones" not in two.stdout
        assert _query(bench, "select * from mart.homogenisation") == []
        bench.plan(MODELS, limit=30)
        four = bench.run("evaluate", "test")
        assert four.returncode == 0, four.stderr
    assert "By how they begin, 4 models write like 3." in four.stdout
    [row] = _query(bench, "select * from mart.homogenisation where kernel = 'opening' and population = 'all'")
    assert (row["n_members"], row["n_prompts"], row["clipped_share"]) == (4, 30, 0)
    assert row["least_own"] in MODELS[:2]
    assert row["vendi_low"] <= row["vendi"] < 3.95
    [pair] = _query(
        bench,
        "select support from mart.model_tree where kernel = 'opening' and population = 'all'"
        f" and members = {MODELS[:2]!r}",
    )
    assert pair["support"] > 0.95
