"""A batch that has been asked -> rows of `raw.reply`."""

from typing import Any

from tasks.adapters.prefect import progress
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import journal, shared_journal, store
from tasks.domain.batching import Batch


def store_batch(home: Home, batch: Batch, rows: list[dict[str, Any]] | None) -> None:
    """Move a finished batch into the warehouse: what the task returned, else what the journal holds of it."""
    path = home.journal / f"{batch.batch_id}.jsonl"
    replies = {reply.reply_id: reply for reply in (journal.read(path) if path.exists() else ())}
    # Where a worker has found the batch done there is no journal; where it was tried twice the journal holds more.
    replies |= {reply.reply_id: reply for reply in map(journal.from_json, rows or ())}
    elsewhere = [one for one in shared_journal.noted(home.journal) if one == batch.batch_id]
    with store.writing(home) as warehouse:
        if rows is None and elsewhere:
            replies |= {reply.reply_id: reply for reply in shared_journal.collect_replies(home.journal, elsewhere)}
        warehouse.append("reply", list(replies.values()))
        path.unlink(missing_ok=True)
        shared_journal.forget(home.journal, elsewhere)
    if elsewhere:  # Here nobody has counted what a worker elsewhere asked.
        progress.advance(f"asking {batch.card.name}", len(batch.requests))
