"""Requests -> replies: one Prefect task sends one batch."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import CacheKeyFnPolicy
from prefect.context import SyncClientContext
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.utilities.annotations import quote

from tasks.adapters import settings, waits
from tasks.adapters.models import lines, serving
from tasks.adapters.models.asking import Asker
from tasks.adapters.prefect import call_limits, progress, workers
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import journal, shared_journal
from tasks.domain.batching import Batch
from tasks.domain.card import ModelCard
from tasks.domain.errors import BatchIncomplete
from tasks.domain.missing_reason import MissingReason
from tasks.domain.plan import Plan
from tasks.domain.ports import Endpoint
from tasks.domain.remedies import remedy
from tasks.domain.rows import Reply, Request

_Log = journal.Journal | shared_journal.SharedJournal


@dataclass(frozen=True)
class CallContext:
    """Cards of the called models, batch size, limits of calls in flight by key, and the home."""

    cards: dict[str, ModelCard]
    batch_size: int | None
    limits: dict[str, str]
    """Names of Prefect's global concurrency limits, by the environment variable that holds the key."""
    home: Home

    @classmethod
    def of(cls, plan: Plan, cards: Iterable[ModelCard], home: Home) -> "CallContext":
        """Return the context of `plan` for the models of `cards`."""
        return cls({card.name: card for card in cards}, plan.batch_size, plan.workers.limits, home)


def _batch_key(_context: Any, parameters: Mapping[str, Any]) -> str:
    return f"batch-{parameters['batch'].batch_id}"


def _is_retry_useful(_task: Any, _run: Any, state: Any) -> bool:
    """Return whether Prefect should retry the batch: only after transient failures."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, BatchIncomplete) and error.is_retryable


@task(
    name="ask",
    task_run_name="ask {batch.title}",
    persist_result=True,
    result_serializer="json",
    cache_policy=CacheKeyFnPolicy(cache_key_fn=_batch_key),
    retries=1,
    retry_delay_seconds=5,
    retry_condition_fn=_is_retry_useful,
)
def respond(batch: Batch, served: Endpoint | None, limit: str | None, log_place: Path | str) -> list[dict[str, Any]]:
    """Send the requests of `batch` without a reply; return the outcome of every request as rows of `raw.reply`.

    Each reply is in the journal as soon as it arrives. The result is stored under the batch's content, so that a batch
    that some worker has finished is not sent again. Runs on any worker: it needs no database, and reads a key from
    the worker's own environment.

    Args:
        batch: the requests, and the card of their model.
        served: the endpoint, where the coordinator serves the model; None: the endpoint of its card.
        limit: Prefect's global concurrency limit that the calls in flight count against.
        log_place: the folder of the journal on this machine, or the storage of all workers.

    Raises:
        BatchIncomplete: some requests have no reply; those that arrived are in the journal.
    """
    with ExitStack() as stack:
        endpoint = served or stack.enter_context(serving.serve(batch.card, settings.home_at(None)))
        file: _Log = stack.enter_context(_journal(log_place, batch))
        outcomes = {reply.request_id: reply for reply in file.replies}
        todo = [r for r in batch.requests if r.request_id not in outcomes or not outcomes[r.request_id].is_settled]
        if todo and limit is not None:
            stack.enter_context(call_limits.slots_held(limit, batch.card))

        def keep(reply: Reply) -> None:
            file.write(reply)
            if reply.request_id not in outcomes:  # a retried batch has been counted
                progress.advance(f"asking {batch.card.name}")
            outcomes[reply.request_id] = reply

        asker = Asker(batch.card, endpoint, keep, random.Random(batch.batch_id))
        # Slots of a limit over all processes are held batch by batch: slots of other batches are not used.
        asker.ask(todo, is_alone=limit is not None)
    lost = [
        outcomes[r.request_id]
        for r in batch.requests
        if r.request_id in outcomes and not outcomes[r.request_id].is_settled
    ]
    n_unasked = sum(request.request_id not in outcomes for request in batch.requests)
    if lost or n_unasked:
        raise _incomplete(batch, lost, n_unasked, asker)
    get_run_logger().info("%s: all answered", batch.title)
    return [journal.as_json(outcomes[request.request_id]) for request in batch.requests]


def _journal(log_place: Path | str, batch: Batch) -> AbstractContextManager[_Log]:
    if isinstance(log_place, str):
        return shared_journal.SharedJournal(log_place, batch.batch_id)
    return journal.Journal(log_place, batch.batch_id)


@contextmanager
def side_by_side(cards: list[ModelCard]) -> Iterator[None]:
    """Let the batches of a model within the block share its line, and all batches one Prefect client.

    Prefect creates a client for each task where none exists, which takes longer than many a batch.
    """
    with lines.side_by_side(cards), SyncClientContext.get_or_create():
        yield


def submit(batch: Batch, endpoints: Mapping[str, Endpoint], context: CallContext) -> PrefectFuture[Any]:
    """Submit `batch` to a worker of the running flow."""
    storage, folder = workers.shared_storage(), context.home.journal
    if storage is not None:
        shared_journal.note(folder, batch.batch_id, storage)
    limit = call_limits.of(context.limits, batch.card)
    # Quoted, Prefect does not search every request and message for results of other tasks, three times a batch.
    argument: Any = quote(batch) if storage is None else batch
    return respond.submit(argument, endpoints.get(batch.card.name), limit, storage or folder)


def waiting(batch: Batch) -> AbstractContextManager[None]:
    """Return a context that says for which workers it waits, where they are not threads of this process."""
    if workers.shared_storage() is None:
        return nullcontext()
    return waits.waiting_for(f"workers, which ask {batch.title}")


def _incomplete(batch: Batch, lost: list[Reply], n_unasked: int, asker: Asker) -> BatchIncomplete:
    stopped_by = asker.stopped_by
    reasons = Counter(reply.missing_reason for reply in lost if reply.missing_reason is not None)
    # What stopped the model comes first: a settled outcome, such as an empty reply, is not among `lost`.
    causes = [*([stopped_by.reason] if stopped_by else []), *reasons]
    if n_unasked:
        reasons[MissingReason.NOT_ASKED] = n_unasked
    listed = ", ".join(f"{n} {reason}" for reason, n in reasons.most_common())
    error_text = stopped_by.text if stopped_by else (lost[-1].error_text if lost else None)
    last = f" Last error: {error_text}" if error_text else ""
    return BatchIncomplete(
        f"{len(lost) + n_unasked} of {len(batch.requests)} requests have no reply ({listed}).{last}",
        where=f"model {batch.card.name}",
        remedy=remedy(causes, batch.card),
        is_retryable=stopped_by is None and all(reason.is_transient for reason in reasons),
        is_endpoint_lost=stopped_by is not None,
    )


def counts(requests: list[Request]) -> dict[str, int]:
    """Return the number of requests of each model, by the title of its progress bar."""
    return {f"asking {model}": n for model, n in Counter(request.model for request in requests).items()}
