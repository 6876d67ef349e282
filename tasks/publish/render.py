"""Published snapshot -> one HTML file with all content, or each chart on its own."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tasks.adapters.inputs import lexicons
from tasks.adapters.prefect import progress
from tasks.adapters.prefect.engine import NO_CACHE, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import audits, formed, pair_prompts, store, whole_files
from tasks.domain.reporting import page, pairs
from tasks.domain.reporting.cells import Row, Rows, linked_sentences
from tasks.domain.reporting.drift_sentences import drift_sentences

REPORT_RELATIONS = {
    "core.model": ["model"],
    "raw.run": ["happened_at", "run_id", "event"],
    "mart.coverage": ["model", "prompt_set"],
    "mart.drift": ["p_holm", "target", "measure", "round"],
    "mart.homogeneity": ["population", "kernel"],
    "mart.identity_and_rse": ["target"],
    "mart.identity_claim": ["target", "mode", "judge", "stance", "claimed_vendor"],
    "mart.identity_coverage": ["target", "mode"],
    "mart.identity_score": ["target", "mode", "score", "slice"],
    "mart.identity_leak": ["target", "mode", "request_id", "judge"],
    "mart.judge_agreement": ["mode", "target", "left_judge", "right_judge", "score"],
    "mart.pair_similarity": ["target", "reference"],
    "mart.model_contribution": ["kernel", "population", "member"],
    "mart.model_tree": ["kernel", "population", "node"],
    "mart.pair_self_normalised": ["position"],
    "mart.background": ["model"],
    "mart.position_bias": ["judge"],
    "mart.spend": ["model", "purpose", "round"],
    "mart.target_summary": ["position"],
    "mart.verdict": ["target", "rank"],
}
"""Relations of the report, and the order of their rows: equal snapshots give equal files."""

BESIDE_SELF = "mart.pair_self_normalised"
OF_REPLIES = ("pair_top", "unrelated_reply", "pair_curve", "core.prompt")
"""Rows of the report that hold replies; figures are drawn without them."""


@task(name="render", task_run_name="render", cache_policy=NO_CACHE)
def render(home: Home) -> Path:
    """Write the report of the last run, and the same as the latest one; return the path of the latter."""
    from tasks.adapters.report import (  # They import the chart libraries, which an unchanged report does not need.
        chart_files,
        html_file,
    )

    rows = _report_rows(home)
    latest = home.reports / "latest.html"
    html_file.write(page.build(rows), chart_files.specifications(rows), latest)
    run = max(rows.of("raw.run"), key=lambda row: row["happened_at"], default=None)
    if run is not None:
        with whole_files.replaced(home.reports / f"{run['run_id']}.html") as beside:
            shutil.copyfile(latest, beside)
    return latest


def formed_report(home: Home) -> Path | None:
    """Return the path of the latest report; None where a new one would differ, or there is none."""
    latest = home.reports / "latest.html"
    with store.reading(home) as snapshot:
        return latest if formed.is_report_from(latest, formed.report_from(snapshot)) else None


@task(name="figures", task_run_name="figures", cache_policy=NO_CACHE)
def draw_figures(home: Home, folder: Path) -> list[Path]:
    """Write each chart as SVG, PNG and CSV into a folder; return the paths."""
    from tasks.adapters.report import chart_files

    return chart_files.write(_report_rows(home, with_replies=False), folder)


def _report_rows(home: Home, *, with_replies: bool = True) -> Rows:
    with store.reading(home) as snapshot:
        # Without repeated samples it has no rows, but over many models finding that out takes gigabytes.
        has_samples = snapshot.read("mart.self_similarity").height > 1
        relations: dict[str, Sequence[Row]] = dict.fromkeys((BESIDE_SELF, *OF_REPLIES), ())
        # The store raises an error where a snapshot of an older version lacks a relation.
        relations |= {
            name: snapshot.read(name).sort(*order, nulls_last=True).to_dicts()
            for name, order in progress.counted("reading results", list(REPORT_RELATIONS.items()))
            if name != BESIDE_SELF or has_samples
        }
        pairs_of_page = pairs.pairs_with_replies(relations["mart.pair_similarity"], relations["mart.verdict"])
        texts: dict[str, str] = {}
        if with_replies:
            by_prompt = pair_prompts.pair_prompts(snapshot, pairs_of_page)
            tops, unrelated = _with_replies(snapshot, by_prompt.top(), pairs.unrelated(relations))
            curves = by_prompt.curves()
            ids = sorted({*tops["reply_id"], *tops["reference_reply_id"], *unrelated["reply_id"]})
            texts = dict(snapshot.read_columns("core.reply", ["reply_id", "reply_text"], reply_id=ids).iter_rows())
            prompts = snapshot.read("core.prompt", prompt_id=sorted(set(tops["prompt_id"]))).sort("prompt_id")
            relations |= {
                "pair_top": tops.sort("target", "reference", "rank").to_dicts(),
                "unrelated_reply": unrelated.sort("target", "reference", "prompt_id", "place").to_dicts(),
                "pair_curve": curves.sort("target", "reference", "n_prompts").to_dicts(),
                "core.prompt": prompts.to_dicts(),
            }
        return Rows(
            relations=relations,
            held_pairs=pairs_of_page,
            texts=texts,
            findings=linked_sentences(drift_sentences(relations.get("mart.drift", ())), [], "#drift"),
            warnings=audits.findings(snapshot),
            n_prompts=snapshot.read_columns("core.reply", ["prompt_id"])["prompt_id"].n_unique(),
            formed_from=formed.report_from(snapshot),
            published_at=datetime.fromtimestamp(snapshot.path.stat().st_mtime, UTC),
            lexicon_vendors=[vendor.id for vendor in lexicons.read_lexicon().vendors],
        )


def _with_replies(
    snapshot: store.Store, tops: pl.DataFrame, unrelated: Sequence[Row]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return pairs and prompts with the ids of both replies, and the replies of unrelated models beside them.

    Of each model it is the first sample that has a text.
    """
    prompts = sorted(set(tops["prompt_id"]))
    columns = ["model", "prompt_id", "sample", "reply_id"]
    replies = snapshot.read_columns("core.reply", [*columns, "missing_reason"], prompt_id=prompts)
    first = (
        replies.filter(pl.col("missing_reason").is_null()).sort("sample").unique(["model", "prompt_id"], keep="first")
    )
    first = first.select("model", "prompt_id", "reply_id")
    with_target = tops.join(first, left_on=["target", "prompt_id"], right_on=["model", "prompt_id"])
    other = first.rename({"reply_id": "reference_reply_id"})
    both = with_target.join(other, left_on=["reference", "prompt_id"], right_on=["model", "prompt_id"])
    schema = {"target": pl.String, "reference": pl.String, "model": pl.String, "place": pl.Int64}
    beside = pl.DataFrame(list(unrelated), schema=schema).join(
        both.select("target", "reference", "prompt_id"), on=["target", "reference"]
    )
    return both, beside.join(first, on=["model", "prompt_id"])
