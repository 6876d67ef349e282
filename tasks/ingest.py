"""Foreign files -> rows like any other: models, prompts, requests and replies that were recorded elsewhere."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters import foreign, store
from tasks.adapters.settings import Home, now
from tasks.adapters.staging import Staged
from tasks.adapters.taking_in import TakingIn, taking_in
from tasks.domain.ids import reply_id
from tasks.domain.judging.claim import ClaimVerdict
from tasks.domain.judging.verdict_rows import Reading, verdict_row
from tasks.domain.prompting.trials import PUBLISHED
from tasks.domain.recorded import LabelCount


@dataclass(frozen=True)
class Ingested:
    """What was read and what of it was new; `labels` says what labels trials brought, one count a model."""

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


@task(name="ingest", task_run_name="ingest {path.name}", cache_policy=NO_CACHE)
def ingest(path: Path, format_name: str, names: tuple[str | None, str | None], home: Home) -> Ingested:
    """Read what is under `path`, write what of it is new, and return what that was.

    Args:
        path: file or folder.
        format_name: one of the formats.
        names: model name and prompt set name that replace those of the file, or None.
        home: where the warehouse is.

    Raises:
        InputError: something there is wrong; nothing was written.
    """
    with foreign.staged(path, format_name, names, home) as staged:
        return _take_in(staged, home)


def _take_in(staged: Staged, home: Home) -> Ingested:
    """Write what is new of the staged files, in one transaction, and return what that was."""
    with store.writing(home) as warehouse, taking_in(staged.folder, warehouse) as incoming:
        for table in ("reply", "prompt", "model", "lineage"):
            incoming.show(f"staged_{table}", incoming.parts(table))
        incoming.run("decided")
        for table in ("model", "prompt", "request"):
            incoming.run(table)
        n_first = incoming.run("reply")
        n_replaced = sum(_replace(part, incoming) for part in incoming.parts("reply"))
        n_labels_new = _append_trials(incoming) if staged.labels else 0
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
    )


def _replace(part: Path, incoming: TakingIn) -> int:
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
    return incoming.append("reply", changed, key="reply_id")


def _append_trials(incoming: TakingIn) -> int:
    """Write what trials add to replies, and return how many labels are new."""
    incoming.show("staged_template", incoming.parts("template"))
    incoming.show("staged_trial", incoming.parts("trial"))
    for table in ("lineage", "template", "trial"):
        incoming.run(table)
    return sum(_append_labels(part, incoming) for part in incoming.parts("trial"))


def _append_labels(part: Path, incoming: TakingIn) -> int:
    incoming.show("staged_part", [part])
    at, new = now(), []
    for row in incoming.rows("label").iter_rows(named=True):
        # A label that was corrected or taken back is a further attempt: the last one counts, the earlier ones stay.
        attempt = 0 if row["old_attempt"] is None else row["old_attempt"] + 1
        reading = Reading(row["reply_id"], PUBLISHED, PUBLISHED, attempt, at)
        told = {name: row[name] for name in ("is_contradiction", "is_foreign", "missing_reason")}
        new.append(verdict_row(reading, ClaimVerdict("not_judged", **told)))
    return incoming.append("verdict", new, key="verdict_id")
