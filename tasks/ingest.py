"""Foreign files -> rows like any other: models, prompts, requests and replies that were recorded elsewhere."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tasks.adapters.inputs import recorded_files
from tasks.adapters.prefect import progress
from tasks.adapters.prefect.engine import NO_CACHE, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import store
from tasks.adapters.warehouse.ingest_rows import Ingestion, ingestion
from tasks.adapters.warehouse.judge_order import register_judges
from tasks.adapters.warehouse.staging import SkippedFile, Staged
from tasks.adapters.warehouse.stored_prompts import known_prompts
from tasks.domain.ids import reply_id
from tasks.domain.judging.claim import ClaimLabel
from tasks.domain.judging.label_rows import LabelKey, label_row
from tasks.domain.prompting.probes import PUBLISHED
from tasks.domain.recorded.probe import LabelCount

STORING = "storing replies"


@dataclass(frozen=True)
class Ingested:
    """What was read and what of it was new; `labels` says what labels probes brought, one count a model."""

    format_name: str
    prompt_set: str
    n_models: int
    n_prompts: int
    n_replies: int
    n_missing: int
    n_new: int
    n_replaced: int
    n_labels_new: int = 0
    labels: tuple[LabelCount, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()


@task(name="ingest", task_run_name="ingest {path.name}", cache_policy=NO_CACHE)
def ingest(
    path: Path,
    format_name: str,
    home: Home,
    model: str | None = None,
    prompt_set: str | None = None,
    *,
    skip_bad: bool = False,
) -> Ingested:
    """Read what is under `path`, write what of it is new, and return what that was.

    Args:
        path: file or folder.
        format_name: one of the formats.
        home: where the warehouse is.
        model: replaces the name of the one model of the file.
        prompt_set: replaces the name of its prompts.
        skip_bad: leave out files that are wrong, record them, and take the others.

    Raises:
        InputError: something there is wrong; nothing was written.
    """
    with recorded_files.staged(
        path, format_name, home, model=model, prompt_set=prompt_set, skip_bad=skip_bad, known=known_prompts(home)
    ) as staged:
        return _take_in(staged, home)


def _take_in(staged: Staged, home: Home) -> Ingested:
    """Write what is new of the staged files, in one transaction, and return what that was."""
    with store.writing(home) as warehouse:
        with ingestion(staged.folder, warehouse) as incoming:
            for table in ("reply", "prompt", "model", "lineage"):
                incoming.show(f"staged_{table}", incoming.parts(table))
            parts, statements = incoming.parts("reply"), ("decided", "model", "prompt", "request", "reply")
            with progress.stage(STORING, len(statements) + len(parts)):
                n_first = [_run(name, incoming) for name in statements][-1]
                n_replaced = sum(_replace(part, incoming) for part in parts)
            n_labels_new = _append_probes(incoming) if staged.labels else 0
            incoming.append("skipped_file", _skipped_rows(staged))
        if staged.labels:
            register_judges(warehouse, (), now())
    return Ingested(
        format_name=staged.format_name,
        prompt_set=staged.prompt_set,
        n_models=staged.n_models,
        n_prompts=staged.n_prompts,
        n_replies=staged.n_replies,
        n_missing=staged.n_missing,
        n_new=n_first + n_replaced,
        n_replaced=n_replaced,
        n_labels_new=n_labels_new,
        labels=staged.labels,
        skipped=staged.skipped,
    )


def _run(name: str, incoming: Ingestion) -> int:
    n_rows = incoming.run(name)
    progress.advance(STORING)
    return n_rows


def _skipped_rows(staged: Staged) -> list[dict[str, object]]:
    at = now()
    return [
        {"file": skipped.path, "problem_text": skipped.problem, "source": staged.format_name, "skipped_at": at}
        for skipped in staged.skipped
    ]


def _replace(part: Path, incoming: Ingestion) -> int:
    """Write the replies of one staged file that differ from what counts, and return how many that are."""
    incoming.show("staged_part", [part])
    changed = incoming.rows("changed_reply")
    # The id tells what it follows, so that a text which comes back counts as the latest again.
    ids = [
        reply_id(request, text, f"recorded after {old}")
        for request, text, old in changed.select("request_id", "reply_text", "old_id").iter_rows()
    ]
    changed = changed.with_columns(pl.Series("reply_id", ids, pl.String))
    incoming.replaced(changed)
    n_new = incoming.append("reply", changed)
    progress.advance(STORING)
    return n_new


def _append_probes(incoming: Ingestion) -> int:
    """Write what probes add to replies, and return how many labels are new."""
    incoming.show("staged_template", incoming.parts("template"))
    incoming.show("staged_probe", incoming.parts("probe"))
    for table in ("lineage", "template", "probe"):
        incoming.run(table)
    return sum(_append_labels(part, incoming) for part in incoming.parts("probe"))


def _append_labels(part: Path, incoming: Ingestion) -> int:
    incoming.show("staged_part", [part])
    at, new = now(), []
    for row in incoming.rows("label").iter_rows(named=True):
        # A label that was corrected or taken back is a further attempt: the last one counts, the earlier ones stay.
        attempt = 0 if row["old_attempt"] is None else row["old_attempt"] + 1
        label_key = LabelKey(row["reply_id"], PUBLISHED, PUBLISHED, attempt, at)
        told = {name: row[name] for name in ("is_contradiction", "is_foreign", "missing_reason")}
        new.append(label_row(label_key, ClaimLabel("not_judged", **told)))
    return incoming.append("judge_label", new)
