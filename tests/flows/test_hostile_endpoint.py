"""What an endpoint answers costs its own calls at most: the other models go on, and the home can be used again."""

import pytest

from tests.support.stub_endpoint import StubEndpoint
from tests.support.workbench import Workbench

pytestmark = pytest.mark.slow

MODELS = ["independent-alpha", "fault-half-emoji-always", "fault-odd-status-always", "fault-long-integer-always"]
N_PROMPTS = 3


@pytest.mark.flow
def test_odd_answers_stop_no_other_model_and_no_later_run(served, tmp_path) -> None:
    bench = Workbench(tmp_path)
    with StubEndpoint() as stub:
        for model in MODELS:
            bench.card(model, stub.base_url, "max_attempts = 1\n")
        bench.plan(MODELS, limit=N_PROMPTS)
        first = bench.run("evaluate", "test", "--round", "R1")
        assert "Traceback" not in first.stderr
        assert first.returncode == 3, first.stderr
        answered = bench.query("select model, n_requests, n_missing, missing_reasons from mart.coverage order by model")
        missing = {row["model"]: row["n_missing"] for row in answered}
        assert {row["n_requests"] for row in answered} == {N_PROMPTS}
        assert missing == dict(zip(sorted(MODELS), (0, N_PROMPTS, N_PROMPTS, 0), strict=True))
        texts = bench.query("select distinct reply_text from raw.reply where reply_text like 'cut %'")
        assert [row["reply_text"] for row in texts] == ["cut \\ud83d"]
        n_calls = len(stub.calls_of("independent-alpha")) + len(stub.calls_of("fault-half-emoji-always"))
        again = bench.run("evaluate", "test", "--round", "R1")
        assert again.returncode == 3, again.stderr
        assert len(stub.calls_of("independent-alpha")) + len(stub.calls_of("fault-half-emoji-always")) == n_calls
