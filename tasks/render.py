"""Published snapshot -> one HTML file."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters import checks, pages, store
from tasks.adapters.settings import Home
from tasks.domain.reporting import page, sentences


@task(name="render", task_run_name="render", cache_policy=NO_CACHE)
def render(home: Home) -> Path:
    """Write the report and return its path."""
    with store.reading(home) as snapshot:
        rows = _rows(snapshot, datetime.fromtimestamp(snapshot.path.stat().st_mtime, UTC))
    path = home.reports / "latest.html"
    pages.write(page.build(rows), path)
    return path


def _rows(snapshot: store.Store, published_at: datetime) -> page.Rows:
    board = snapshot.read("mart.leaderboard").sort("position").to_dicts()
    pairs = snapshot.read("mart.pair_beside_self").sort("position").to_dicts()
    top = snapshot.read("mart.pair_top_prompt")
    reply_ids = sorted({*top["reply_id"], *top["reference_reply_id"]})
    prompt_ids = sorted(set(top["prompt_id"]))
    replies = snapshot.read_columns("core.reply", ["reply_id", "reply_text"], reply_id=reply_ids)
    prompts = snapshot.read("core.prompt", prompt_id=prompt_ids)
    return page.Rows(
        leaderboard=board,
        likeness=snapshot.read("mart.likeness").sort("target", "reference").to_dicts(),
        beside_self=pairs,
        coverage=snapshot.read("mart.coverage").sort("model", "prompt_set").to_dicts(),
        runs=snapshot.read("raw.run").to_dicts(),
        top_prompts=top.sort("target", "reference", "rank").to_dicts(),
        texts=dict(replies.iter_rows()),
        prompts=prompts.sort("prompt_id").to_dicts(),
        findings=sentences.findings(pairs, board, snapshot.read("mart.panel").to_dicts()),
        warnings=[sentences.warning(found) for found in checks.findings(snapshot)],
        n_prompts=snapshot.read_columns("core.reply", ["prompt_id"])["prompt_id"].n_unique(),
        published_at=published_at,
    )
