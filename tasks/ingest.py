"""Foreign files -> rows like any other: models, prompts, requests and replies that were recorded elsewhere."""

from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters import store
from tasks.adapters.foreign import read
from tasks.adapters.settings import Home
from tasks.domain.ids import reply_id
from tasks.domain.recorded import FINGERPRINT


@dataclass(frozen=True)
class Ingested:
    """What was read and what of it was new."""

    format_name: str
    prompt_set: str
    n_models: int
    n_prompts: int
    n_replies: int
    n_missing: int
    n_new: int
    n_replaced: int


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
        first, changed = _unlike_present(rows.replies, warehouse)
        warehouse.append("model", list(rows.models.values()), key="model")
        warehouse.append("prompt", list(rows.prompts.values()), key="prompt_id,prompt_set")
        warehouse.append("request", rows.requests, key="request_id")
        n_first = warehouse.append("reply", first, key="reply_id")
        n_replaced = warehouse.append("reply", changed, key="reply_id")
    return Ingested(
        format_name=rows.source,
        prompt_set=rows.prompt_set,
        n_models=len(rows.models),
        n_prompts=len(rows.prompts),
        n_replies=len(rows.replies),
        n_missing=sum(row["reply_text"] is None for row in rows.replies),
        n_new=n_first + n_replaced,
        n_replaced=n_replaced,
    )


def _unlike_present(
    replies: list[dict[str, Any]], warehouse: store.Store
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the replies whose request has none yet, and those that differ from the one that counts now."""
    columns = ["request_id", "reply_id", "md5(reply_text) as text_id"]
    present = {
        row[0]: row[1:] for row in warehouse.read_columns("core.outcome", columns, fingerprint=FINGERPRINT).rows()
    }
    first, changed = [], []
    for row in replies:
        old_id, old_text = present.get(row["request_id"], (None, None))
        text = row["reply_text"]
        if old_id is None:
            first.append(row)
        elif text is not None and md5(text.encode()).hexdigest() != old_text:
            # The id tells what it follows, so that a text which comes back counts as the latest again.
            changed.append(row | {"reply_id": reply_id(row["request_id"], text, f"recorded after {old_id}")})
    return first, changed
