"""The scores of fixed replies, to the last digit: a formula that changes must change its version, and this file, too.

`replies.jsonl` holds eight models' replies to twelve prompts, written by the personas of the tests; `scores.json` what
they came to, with the versions of the formulas. To renew it after a change that is meant: `python -m
tests.golden.test_golden`.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from prefect.logging import disable_run_logger

from tasks import ingest
from tasks.adapters.inputs import cards, lineages
from tasks.adapters.planning import plans
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store
from tasks.domain.plan import EmbeddingPlan
from tasks.publish import publish_snapshot
from tasks.similarity import choose_references, embed, homogeneity, model_equality, neighbours, sum_pairs, verdict
from tests.support import personas

HERE = Path(__file__).parent
MODELS = ["independent-" + name for name in ("amber", "birch", "cedar", "delta", "ember", "fjord")]
MODELS += ["copies-amber-at-70", "copies-birch-at-40"]
PROMPTS = ["What helps against hiccups?", "Name three uses of chalk.", "Why is the sky blue?", "怎样煮米饭？"]
PROMPTS += ["Write a line about rain.", "How do magnets work?", "Plan a picnic for six.", "解释什么是复利。"]
PROMPTS += ["Is a tomato a fruit?", "Suggest a name for a cat.", "How far is the moon?", "怎样记住别人的名字？"]
SHOWN = {
    "mart.pair_similarity": ["target", "reference"],
    "mart.target_summary": ["position"],
    "mart.pair_self_normalised": ["position"],
    "mart.self_similarity": ["model"],
    "mart.verdict": ["target", "candidate_group"],
    "score.pair_channel": ["target", "reference", "channel"],
    "mart.homogeneity": ["kernel", "population"],
    "mart.model_contribution": ["kernel", "population", "rank"],
}


def scores(root: Path) -> dict[str, Any]:
    """Return what the recorded replies come to, by relation, with the versions of the formulas."""
    home = Home(root / "home")
    embedding = EmbeddingPlan(prompts_per_set=6)
    with disable_run_logger():
        ingest.ingest.fn(HERE / "replies.jsonl", "replies", home)
        with store.writing(home) as warehouse:
            lineages.record_lineages(cards.read_lineage(HERE / "lineage.csv"), warehouse)
        choose_references.score.fn([], home)
        sum_pairs.sum_pairs.fn(home)
        homogeneity.homogeneity.fn(3, home)
        model_equality.compare_samples.fn(3, home)
        embed.embed.fn(embedding, 3, home)
        neighbours.neighbours.fn(f"{embedding.embedder}/{embedding.model}", home)
        verdict.verdict.fn(f"{embedding.embedder}/{embedding.model}", home)
        publish_snapshot.publish_snapshot.fn(home)
    with store.reading(home) as snapshot:
        tables = {name: _shown(snapshot.read(name)).sort(order).to_dicts() for name, order in SHOWN.items()}
    return {"versions": plans.SCORE_VERSIONS, **tables}


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out when it was computed; embeddings differ between processors in their last digits."""
    if "channel" in rows.columns:
        rows = rows.filter(target=MODELS[6])
    return rows.drop("computed_at", strict=False).with_columns(
        pl.selectors.starts_with("embedding").cast(pl.Float64).round(3)
    )


def _as_known(found: list[dict[str, Any]], golden: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return found rows with the golden cosines where they agree to 0.001: the last digits differ between processors."""
    return [
        {
            key: known[key]
            if ("cos" in key or key.startswith("embedding"))
            and value is not None
            and value == pytest.approx(known[key], abs=2e-3)
            else value
            for key, value in row.items()
        }
        for row, known in zip(found, golden, strict=True)
    ]


def test_scores_are_what_they_were(tmp_path) -> None:
    golden = json.loads((HERE / "scores.json").read_text(encoding="utf-8"))
    found = scores(tmp_path)
    assert found["versions"] == golden["versions"]
    for name in SHOWN:
        assert _as_known(found[name], golden[name]) == golden[name], name


def test_truth_is_in_the_golden_scores() -> None:
    golden = json.loads((HERE / "scores.json").read_text(encoding="utf-8"))
    nearest = {row["target"]: row["reference"] for row in golden["mart.target_summary"]}
    assert nearest["copies-amber-at-70"] == "independent-amber"
    assert nearest["copies-birch-at-40"] == "independent-birch"


def renew() -> None:
    """Write the replies, their lineage and the scores anew."""
    with (HERE / "replies.jsonl").open("w", encoding="utf-8") as file:
        for model in MODELS:
            for prompt in PROMPTS:
                for sample in (0, 1):
                    text = personas.reply(model, [{"role": "user", "content": prompt}], sample)
                    # One reply is missing: it may not shift the others.
                    text = "" if (model, prompt, sample) == (MODELS[2], PROMPTS[0], 0) else text
                    row = {"model": model, "prompt": prompt, "reply": text, "sample": sample}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    roles = [(model, "independent" if model.startswith("independent") else "student") for model in MODELS]
    lines = [f"{model},{model},{model},,{role},,,high\n" for model, role in roles]
    header = "model,vendor,group,family,role,learned_from,parent,certainty\n"
    (HERE / "lineage.csv").write_text(header + "".join(lines), encoding="utf-8")
    with tempfile.TemporaryDirectory() as root:
        text = json.dumps(scores(Path(root)), indent=1, ensure_ascii=False)
    (HERE / "scores.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
