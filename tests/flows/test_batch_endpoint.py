"""A run whose model and judge are asked through the batch endpoint: the same results, at half the price."""

import pytest

from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

TARGET, JUDGE = "leaks-OpenAI-at-30", "judge-finds-openai"
PRICE = '[price]\ninput_usd = 10.0\noutput_usd = 100.0\nas_of = "2026-01-01"\n'
EXTRA = f"""
[sampling]
max_tokens = 300
[identity]
template_limit = 3
question_limit = 3
judges = ["llm_claim"]
judge_model = "{JUDGE}"
"""


@pytest.mark.flow
def test_replies_probes_and_judge_go_through_the_batch_endpoint(served, tmp_path) -> None:
    with StubEndpoint() as stub:
        bench = Workbench(tmp_path)
        for model in (TARGET, JUDGE):
            bench.card(model, stub.base_url, extra=f"{PRICE}")
            path = bench.root / f"data/models/{model}.toml"
            limit = "seed = 1\nmax_tokens = 300" if model == JUDGE else "seed = 1"
            path.write_text(
                path.read_text().replace("[endpoint]", "[endpoint]\nbatch = true").replace("seed = 1", limit)
            )
        bench.plan([TARGET], limit=3, extra=EXTRA)
        done = bench.run("evaluate", "test", "--round", "R", "--budget", "5")
        assert done.returncode == 0, done.stderr
        assert {job.lines[0]["body"]["model"] for job in stub.batches.jobs.values()} == {TARGET, JUDGE}
        assert sum(len(job.lines) for job in stub.batches.jobs.values()) == len(stub.calls)
        assert stub.repeated() == {}
        half = "(reply.prompt_tokens * 10.0 + reply.completion_tokens * 100.0) / 1e6 / 2"
        [row] = bench.query(
            f"select count(*) as n, count(reply_text) as n_answered, max(abs(cost_usd - {half})) as gap from raw.reply reply"
        )
        assert (row["n"], row["n_answered"]) == (len(stub.calls), len(stub.calls))
        assert row["gap"] < 1e-9
        assert bench.query("select value from mart.identity_score where value is not null")
        assert list((bench.home / "journal/batch-jobs").glob("*.json")) == []
