"""A finished batch -> rows of `raw.reply`."""

from typing import Any

from tasks.adapters.models.batch_jobs import job_records
from tasks.adapters.prefect import progress
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import journal, shared_journal, store
from tasks.domain.batching import Batch
from tasks.domain.rows import Reply


def store_not_sent(home: Home, replies: list[Reply]) -> None:
    """Store why requests were not sent."""
    with store.writing(home) as warehouse:
        warehouse.append("reply", replies)


def store_batch(home: Home, batch: Batch, rows: list[dict[str, Any]] | None) -> None:
    """Move a finished batch into the warehouse: the rows of its task, else its replies in the journal."""
    path = home.journal / f"{batch.batch_id}.jsonl"
    replies = {reply.reply_id: reply for reply in (journal.read(path) if path.exists() else ())}
    # A batch that was done before has no journal; that of a retried batch holds more replies.
    replies |= {reply.reply_id: reply for reply in map(journal.from_json, rows or ())}
    elsewhere = [batch_id for batch_id in shared_journal.noted(home.journal) if batch_id == batch.batch_id]
    with store.writing(home) as warehouse:
        if rows is None and elsewhere:
            replies |= {reply.reply_id: reply for reply in shared_journal.collect_replies(home.journal, elsewhere)}
        warehouse.append("reply", list(replies.values()))
        if batch.card.is_batched:
            job_records.release_settled(home.journal, replies.values())
        if path.exists():
            journal.remove(path)
        shared_journal.forget(home.journal, elsewhere)
    if elsewhere:  # The replies of a worker elsewhere have not been counted here.
        progress.advance(f"asking {batch.card.name}", len(batch.requests))
