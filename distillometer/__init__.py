"""Measures from replies alone how strongly one language model is distilled from another, and how sure that is.

>>> import distillometer
>>> distillometer.ingest("replies.jsonl", home="data/out")
>>> distillometer.score(home="data/out", lineage="lineage.csv")
>>> with distillometer.open_snapshot("data/out") as snapshot:
...     snapshot.frame("mart.verdict", target="my-model")

What is not named in `__all__` may change from one version to the next.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.adapters.warehouse.notebook import Snapshot, open_snapshot

if TYPE_CHECKING:
    from tasks.domain.outcomes import Scored
    from tasks.ingest import Ingested

__all__ = ["Snapshot", "ingest", "open_snapshot", "score"]


def ingest(
    path: str | Path,
    home: str | Path | None = None,
    *,
    format_name: str | None = None,
    model: str | None = None,
    prompt_set: str | None = None,
    skip_bad: bool = False,
) -> "Ingested":
    """Take in replies that were recorded elsewhere, and return what was read and what of it was new.

    Args:
        path: a file or folder in one of the formats, such as csv, jsonl or parquet with the columns model, prompt,
            reply; or hf://datasets/OWNER/NAME, where there is a network.
        home: the folder of everything that is written; left out, data/out.
        format_name: alpaca-eval, chat-messages, every-eval-ever, helm, hf-dataset, identity-attack, inspect-eval,
            langfuse, llm-logs, lm-eval, mt-bench, openai-batch, promptfoo or replies; left out, it is detected.
        model: name of the model, where the file holds one.
        prompt_set: name for the prompts.
        skip_bad: leave out files of a folder that are wrong, record them, and take the rest.

    Raises:
        InputError: a file is broken, with line and remedy; nothing was written.
    """
    from flows.cli.start import starting
    from tasks.adapters.inputs import hub_data_sets, recorded_files
    from tasks.adapters.settings import home_at

    place = home_at(home)
    with hub_data_sets.local(Path(path), place) as file:
        chosen = recorded_files.detect(file) if format_name is None else format_name
        with starting(place, verbose=False):
            from flows.ingest import ingest as flow
        return asyncio.run(flow(str(file.resolve()), chosen, str(place.root), model, prompt_set, skip_bad=skip_bad))


def score(
    home: str | Path | None = None,
    *,
    lineage: str | Path | None = None,
    references: Sequence[str] = (),
    hypotheses: Sequence[str] = (),
    with_embeddings: bool = False,
) -> "Scored":
    """Compare all replies of a home, form verdicts and publish the snapshot; return seconds and what the checks found.

    Args:
        home: the folder of everything that is written; left out, data/out.
        lineage: a CSV of what is known of each model; left out, what is on record.
        references: candidate teachers; empty: as the lineage says, or every model where it says nothing.
        hypotheses: pairs that were asked about before their verdicts are seen, each as TARGET=GROUP.
        with_embeddings: embed a sample of the replies, too.

    Raises:
        InputError: there is nothing to score, references or lineage don't fit what is here, or embeddings are asked
            for and the extra `embed` is not installed.
    """
    from flows.cli.start import starting
    from tasks.adapters import extras
    from tasks.adapters.settings import home_at
    from tasks.domain.plan import EmbeddingPlan
    from tasks.domain.scoring import ScoringPlan

    if with_embeddings:
        extras.require("embed", "with_embeddings")
    place = home_at(home)
    wanted = ScoringPlan(
        references=tuple(references),
        lineage=str(lineage) if lineage else None,
        hypotheses=tuple(hypotheses),
        embedding=EmbeddingPlan(enabled=with_embeddings),
    )
    with starting(place, verbose=False):
        from flows.score import score as flow
    return asyncio.run(flow(wanted, str(place.root)))
