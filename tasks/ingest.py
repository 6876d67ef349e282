"""Foreign files -> rows like any other: models, prompts, requests and replies that were recorded elsewhere."""

from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters import store
from tasks.adapters.foreign import read
from tasks.adapters.settings import Home, now
from tasks.domain.ids import reply_id
from tasks.domain.judging.claim import ClaimVerdict
from tasks.domain.judging.verdict_rows import Reading, verdict_row
from tasks.domain.prompting.trials import PUBLISHED
from tasks.domain.recorded import FINGERPRINT, LabelCount, RecordedRows


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
    rows = read(path, format_name, names)
    with store.writing(home) as warehouse:
        first, changed, counting = _unlike_present(rows.replies, warehouse)
        warehouse.append("model", _unlike_known(rows.models, warehouse), key="model,card_text")
        warehouse.append("prompt", list(rows.prompts.values()), key="prompt_id,prompt_set")
        warehouse.append("request", rows.requests, key="request_id")
        n_first = warehouse.append("reply", first, key="reply_id")
        n_replaced = warehouse.append("reply", changed, key="reply_id")
        n_labels_new = _append_trials(rows, counting, warehouse)
    return Ingested(
        format_name=rows.source,
        prompt_set=rows.prompt_set,
        n_models=len(rows.models),
        n_prompts=len(rows.prompts),
        n_replies=len(rows.replies),
        n_missing=sum(row["reply_text"] is None for row in rows.replies),
        n_new=n_first + n_replaced,
        n_replaced=n_replaced,
        n_labels_new=n_labels_new,
        labels=rows.label_counts(),
    )


def _unlike_known(models: dict[str, dict[str, Any]], warehouse: store.Store) -> list[dict[str, Any]]:
    """Return the models that are new, and those of which nothing was known."""
    known = dict(warehouse.read_columns("core.model", ["model", "card_text"]).iter_rows())
    return [row for model, row in models.items() if known.get(model, "{}") == "{}"]


def _append_trials(rows: RecordedRows, counting: dict[str, str], warehouse: store.Store) -> int:
    """Write what trials add to replies and return how many labels are new; `counting`: the reply of each request."""
    warehouse.append("lineage", list(rows.lineages.values()), key="model,source,vendor,candidate_group,role")
    warehouse.append("prompt", list(rows.questions.values()), key="prompt_id,prompt_set")
    warehouse.append("template", list(rows.templates.values()), key="template_id,template_set,template_key")
    warehouse.append("trial", rows.trials, key="request_id,mode,template_set")
    told = ["is_contradiction", "is_foreign", "missing_reason"]
    present = warehouse.read_columns("core.verdict", ["reply_id", "attempt", *told], judge=PUBLISHED)
    known = {row["reply_id"]: row for row in present.to_dicts()}
    at, new = now(), []
    for row in rows.verdicts:
        reply = counting.get(row["request_id"])
        old = known.get(reply) if reply else None
        if reply is None or (old and all(old[name] == row[name] for name in told)):
            continue
        # A label that was corrected or taken back is a further attempt: the last one counts, the earlier ones stay.
        reading = Reading(reply, PUBLISHED, PUBLISHED, old["attempt"] + 1 if old else 0, at)
        new.append(verdict_row(reading, ClaimVerdict("not_judged", **{name: row[name] for name in told})))
    return warehouse.append("verdict", new, key="verdict_id")


def _unlike_present(
    replies: list[dict[str, Any]], warehouse: store.Store
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, str]]:
    """Return the replies whose request has none yet, those that differ from the one that counts now, and which counts.

    The latter are ids by request, of those that the file tells of. An emptied row takes no text away.
    """
    columns = ["request_id", "reply_id", "md5(reply_text) as text_id"]
    present = {
        row[0]: row[1:] for row in warehouse.read_columns("core.outcome", columns, fingerprint=FINGERPRINT).rows()
    }
    first, changed, counting = [], [], {}
    for row in replies:
        old_id, old_text = present.get(row["request_id"], (None, None))
        text = row["reply_text"]
        if old_id is None:
            first.append(row)
            counting[row["request_id"]] = row["reply_id"]
        elif text is not None and md5(text.encode()).hexdigest() != old_text:
            # The id tells what it follows, so that a text which comes back counts as the latest again.
            changed.append(row | {"reply_id": reply_id(row["request_id"], text, f"recorded after {old_id}")})
            counting[row["request_id"]] = changed[-1]["reply_id"]
        else:
            counting[row["request_id"]] = old_id
    return first, changed, counting
