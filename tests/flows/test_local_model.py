"""The whole pipeline with real parts: models served by llama.cpp, real embeddings, the report; nothing is faked."""

import json
import shutil

import duckdb
import pytest

from tasks.adapters.settings import PROJECT
from tests.support.workbench import Workbench

MODELS = ["smollm2-135m-instruct", "lodestar-rebadged", "gemma3-270m-base"]

PLAN = f"""
name = "test"
models = {json.dumps(MODELS)}
batch_size = 8

[[prompts]]
set = "general"
limit = 4
samples = 2

[sampling]
max_tokens = 16
"""


@pytest.mark.flow
@pytest.mark.local_model
def test_demo_in_small(served, tmp_path) -> None:
    bench = Workbench(tmp_path)
    for name in MODELS:
        shutil.copy(PROJECT / f"data/models/{name}.toml", bench.root / "data/models")
    (bench.root / "data/plans/test.toml").write_text(PLAN)
    first = bench.run("evaluate", "test")
    assert first.returncode == 0, first.stderr
    assert "Traceback" not in first.stderr
    assert "Calls: 24; answered: 0; to be made: 24" in first.stdout
    assert "Calls: 24; answered: 24; to be made: 0" in bench.run("plan", "test").stdout

    with duckdb.connect(str(bench.home / "published.duckdb"), read_only=True) as snapshot:

        def rows(sql: str) -> list[tuple]:
            return snapshot.execute(sql).fetchall()

        assert rows("select count(*), count(distinct request_id), count(reply_text) from raw.reply") == [(24, 24, 24)]
        [(finish, most_tokens, latency)] = rows(
            "select list_sort(list_distinct(list(finish_reason))), max(completion_tokens), min(latency_ms) from core.reply"
        )
        assert set(finish) <= {"length", "stop"}
        assert 1 <= most_tokens <= 16
        assert latency > 0
        [(n_vectors, n_texts, dimension)] = rows(
            "select (select count(*) from score.embedding), (select count(distinct text_id) from core.reply), "
            "(select max(len(vector)) from score.embedding)"
        )
        assert (n_vectors, dimension) == (n_texts, 384)
        assert rows(
            "select count(distinct reply_id) from mart.nearest_reply where neighbour_kind = 'within_prompt'"
        ) == [(24,)]
        assert rows("select count(*) from mart.nearest_reply where model = neighbour_model") == [(0,)]
        assert rows("select count(*), count(raw_cos), count(n_centred) from mart.pair_similarity") == [(6, 6, 6)]
        assert rows("select count(*) from mart.target_summary") == [(3,)]
        # The same weights under another name are nearer to each other than to other weights.
        [(twin, stranger)] = rows(
            "select max(raw_cos) filter (where right_model <> 'gemma3-270m-base' and left_model <> 'gemma3-270m-base'), "
            "max(raw_cos) filter (where right_model = 'gemma3-270m-base' or left_model = 'gemma3-270m-base') "
            "from mart.pair_self_normalised"
        )
        assert twin > stranger
    page = (bench.home / "reports/latest.html").read_text(encoding="utf-8")
    assert all(name in page for name in MODELS)
