"""`score` compares what was ingested: text once, vectors on top, drift once; the flow alone does all of it, too."""

import asyncio

import pytest

from flows.score import score
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import store
from tasks.domain.errors import InputError
from tasks.domain.scoring import ScoringPlan
from tasks.publish import set_index_weights
from tasks.rounds import drift
from tasks.similarity import homogeneity, sum_pairs, verdict
from tests.support import small_home
from tests.support.prefect_server import prefect_of_this_process

pytestmark = pytest.mark.slow

STEPS = (
    (sum_pairs, "sum_pairs"),
    (homogeneity, "homogeneity"),
    (verdict, "verdict"),
    (drift, "drift"),
    (set_index_weights, "set_index_weights"),
)
VENDORS = {"alpha": "a", "beta": "b", "gamma": "c"}


@pytest.fixture
def ran(bench, monkeypatch) -> list[str]:
    """Fill the home of the workbench, and return the steps that run from then on."""
    rows = [
        (model, f"p{prompt}", 0, f"{' '.join(['salt', 'and', 'ice'][: 1 + (prompt + place) % 3])} of {model} {prompt}.")
        for place, model in enumerate(VENDORS)
        for prompt in range(6)
    ]
    with store.writing(home_at(bench.home)) as warehouse:
        small_home.fill(warehouse, rows, VENDORS)
    found: list[str] = []
    for module, name in STEPS:
        step = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, step=step, name=name: found.append(name) or step(*given))
    return found


@pytest.mark.flow
def test_text_is_compared_once_and_drift_formed_at_the_end(served, bench, ran) -> None:
    done = bench.run("score", "--embed-prompts", "4", "--embed-probes", "0")
    assert done.returncode == 0, done.stderr
    assert "All pairs of models were compared in" in done.stdout
    assert "Embedding: the scores above are final" in done.stdout
    assert ran.count("sum_pairs") == ran.count("homogeneity") == 1
    assert ran.count("verdict") == 2
    assert [row["n"] for row in bench.query("select count(*) as n from score.embedding")] == [12]
    once = bench.query("select * from mart.target_summary order by target")
    again = bench.run("score", "--embed-prompts", "4", "--embed-probes", "0")
    assert again.returncode == 0, again.stderr
    assert "Nothing has changed since the last scoring: its results stand." in again.stdout
    assert ran.count("verdict") == 2
    assert bench.query("select * from mart.target_summary order by target") == once


@pytest.mark.fault
@pytest.mark.flow
def test_flow_alone_loads_files_and_refuses_wrong_ones_unwritten(prefect_api, bench, ran) -> None:
    lineage = bench.root / "lineage.csv"
    lineage.write_text("model,vendor,group,family,role\nalpha,a,alpha-group,a,independent\nbeta,b,b,b,independent\n")
    wanted = ScoringPlan(lineage=str(lineage), hypotheses=("gamma=alpha-group",), seed=3).of_text
    with prefect_of_this_process(prefect_api, bench.root / "prefect"):
        with pytest.raises(InputError, match="no candidate group named 'omega'"):
            asyncio.run(score(wanted.model_copy(update={"hypotheses": ("gamma=omega",)}), str(bench.home)))
        with store.inspecting(home_at(bench.home)) as warehouse:
            assert not warehouse.read("raw.lineage", source="file").height
        first = asyncio.run(score(wanted, str(bench.home)))
        assert first.seconds > 0
        assert ran == ["set_index_weights", "sum_pairs", "homogeneity", "verdict", "drift"]
        # The same file once more is no news.
        again = asyncio.run(score(wanted, str(bench.home)))
    assert again.seconds == 0
    assert ran == ["set_index_weights", "sum_pairs", "homogeneity", "verdict", "drift", "set_index_weights"]
    [asked] = bench.query("select target, candidate_group from mart.verdict where is_hypothesis")
    assert asked == {"target": "gamma", "candidate_group": "alpha-group"}
