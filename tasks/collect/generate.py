"""Requests -> replies: one Prefect task sends one batch."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect.context import SyncClientContext
from prefect.futures import PrefectFuture
from prefect.utilities.annotations import quote

from tasks.adapters import settings, waits
from tasks.adapters.models import lines, serving
from tasks.adapters.models.asking import Asker
from tasks.adapters.models.batch_jobs import job_records
from tasks.adapters.models.batch_jobs.job_asking import JobAsker
from tasks.adapters.models.calls import BUDGET
from tasks.adapters.prefect import call_limits, progress, workers
from tasks.adapters.prefect.engine import CacheKeyFnPolicy, get_run_logger, task
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import journal, shared_journal
from tasks.adapters.warehouse.accounts import Account, Allowance
from tasks.adapters.warehouse.ledger import Ledger
from tasks.domain.batching import Batch
from tasks.domain.card import ModelCard
from tasks.domain.errors import BatchIncomplete
from tasks.domain.ids import reply_id
from tasks.domain.missing_reason import MissingReason
from tasks.domain.plan import Plan
from tasks.domain.ports import Endpoint
from tasks.domain.pricing import greatest_usd
from tasks.domain.remedies import MORE_MONEY, remedy
from tasks.domain.rows import Reply, Request

_Log = journal.Journal | shared_journal.SharedJournal


@dataclass(frozen=True)
class CallContext:
    """Cards of the called models, batch size, limits of calls in flight by key, the home, and the plan's ledger."""

    cards: dict[str, ModelCard]
    batch_size: int | None
    limits: dict[str, str]
    """Names of Prefect's global concurrency limits, by the environment variable that holds the key."""
    home: Home
    ledger: Ledger

    @classmethod
    def of(cls, plan: Plan, cards: Iterable[ModelCard], home: Home, ledger: Ledger) -> "CallContext":
        """Return the context of `plan` for the models of `cards`."""
        return cls({card.name: card for card in cards}, plan.batch_size, plan.workers.limits, home, ledger)


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
def respond(
    batch: Batch, served: Endpoint | None, limit: str | None, log_place: Path | str, money: Account | Allowance
) -> list[dict[str, Any]]:
    """Send the requests of `batch` without a reply; return the outcome of every request as rows of `raw.reply`.

    Each reply is in the journal as soon as it arrives. The result is stored under the batch's content, so that a batch
    that some worker has finished is not sent again. Runs on any worker: it needs no database, and reads a key from
    the worker's own environment.

    Args:
        batch: the requests, and the card of their model.
        served: the endpoint, where the coordinator serves the model; None: the endpoint of its card.
        limit: Prefect's global concurrency limit that the calls in flight count against.
        log_place: the folder of the journal on this machine, or the storage of all workers.
        money: the account of all batches on this machine, or what this batch may spend on a worker elsewhere.

    Raises:
        BatchIncomplete: some requests have no reply; those that arrived are in the journal.
    """
    outcomes = send(batch, served, limit, log_place, money)
    get_run_logger().info("%s: all answered", batch.title)
    return [journal.as_json(outcomes[request.request_id]) for request in batch.requests]


def send(
    batch: Batch, served: Endpoint | None, limit: str | None, log_place: Path | str, money: Account | Allowance
) -> dict[str, Reply]:
    """Send a batch as `respond` does, and return the outcome of each request by its id.

    Raises:
        BatchIncomplete: some requests have no reply; those that arrived are in the journal.
    """
    with ExitStack() as stack:
        endpoint = served or stack.enter_context(serving.serve(batch.card, settings.home_at(None)))
        account = money if isinstance(money, Account) else Account()
        file: _Log
        if isinstance(log_place, str):
            assert isinstance(money, Allowance), "a worker elsewhere does not reach the ledger"
            file = stack.enter_context(shared_journal.SharedJournal(log_place, batch.batch_id, money))
            account = file.account
        else:
            file = stack.enter_context(journal.Journal(log_place, batch.batch_id))
        outcomes = {reply.request_id: reply for reply in file.replies}
        todo = [r for r in batch.requests if r.request_id not in outcomes or not outcomes[r.request_id].is_settled]
        if todo and limit is not None:
            stack.enter_context(call_limits.slots_held(limit, batch.card))

        def keep(reply: Reply) -> None:
            file.write(reply)
            if reply.request_id not in outcomes:  # a retried batch has been counted
                progress.advance(f"asking {batch.card.name}")
            outcomes[reply.request_id] = reply

        asker: Asker | JobAsker
        if batch.card.is_batched:
            assert isinstance(log_place, Path), "batch jobs are waited for by the coordinator alone"
            asker = JobAsker(batch.card, endpoint, keep, account, log_place / job_records.FOLDER)
        else:
            asker = Asker(batch.card, endpoint, keep, random.Random(batch.batch_id), account)
        # Slots of a limit over all processes are held batch by batch: slots of other batches are not used.
        asker.ask(todo, is_alone=limit is not None)
        if asker.stopped_by is BUDGET:
            for reply in not_sent([request for request in todo if request.request_id not in outcomes]):
                keep(reply)
    lost = [
        outcomes[r.request_id]
        for r in batch.requests
        if r.request_id in outcomes and not outcomes[r.request_id].is_settled
    ]
    n_unasked = sum(request.request_id not in outcomes for request in batch.requests)
    if lost or n_unasked:
        raise _incomplete(batch, lost, n_unasked, asker)
    return outcomes


def not_sent(requests: Iterable[Request]) -> list[Reply]:
    """Return the outcomes of requests that are not sent, because too little of the budget is left."""
    at = settings.now()
    nothing = dict.fromkeys(("reply_text", "finish_reason", "prompt_tokens", "completion_tokens", "latency_ms"))
    return [
        Reply(
            reply_id=reply_id(request.request_id, None, at.isoformat()),
            request_id=request.request_id,
            missing_reason=BUDGET.reason,
            error_text=BUDGET.text,
            n_attempts=0,
            replied_at=at,
            source="asked",
            **nothing,
        )
        for request in requests
    ]


@contextmanager
def side_by_side(cards: list[ModelCard]) -> Iterator[None]:
    """Let the batches of a model within the block share its line, and all batches one Prefect client.

    Prefect creates a client for each task where none exists, which takes longer than many a batch.
    """
    with lines.side_by_side(cards), SyncClientContext.get_or_create():
        yield


async def reserve(batch: Batch, context: CallContext) -> Allowance | None:
    """Reserve what a batch that a worker elsewhere sends can cost at most, or what is left; None where that is nothing.

    Batches on threads of this process reserve each call by itself: their allowance holds nothing.
    """
    if workers.shared_storage() is None:
        return Allowance(None, 0, is_limited=False)
    costs = [greatest_usd(request, batch.card) for request in batch.requests]
    known = [usd for usd in costs if usd is not None]
    is_limited = context.ledger.balance.is_limited
    if is_limited and len(known) < len(costs):
        return None
    name, least = batch.card.name, min(known, default=0.0)
    reservation = await context.ledger.reserve(name, sum(known), batch_id=batch.batch_id, least_usd=least)
    return None if reservation is None else Allowance(reservation, reservation.units, is_limited)


def settle(batch: Batch, context: CallContext, allowance: Allowance) -> None:
    """Note what a batch has spent of its allowance; the greatest amount where its worker was lost."""
    if allowance.reservation is not None:
        context.ledger.settle(
            allowance.reservation, shared_journal.spent_usd(context.home.journal, batch.batch_id, allowance)
        )


def stopped(model: str, n_requests: int) -> str:
    """Return the problem of requests that were not sent because of the budget, in a line."""
    return f"model {model}: {n_requests} requests are not sent: {BUDGET.text}. {MORE_MONEY}"


def submit(
    batch: Batch, endpoints: Mapping[str, Endpoint], context: CallContext, allowance: Allowance
) -> PrefectFuture[Any]:
    """Submit `batch` to a worker of the running flow."""
    storage, folder = workers.shared_storage(), context.home.journal
    if storage is not None:
        shared_journal.note(folder, batch.batch_id, storage)
    limit = call_limits.of(context.limits, batch.card)
    # Quoted, Prefect does not search every request and message for results of other tasks, three times a batch.
    argument: Any = quote(batch) if storage is None else batch
    money = context.ledger if storage is None else allowance
    return respond.submit(argument, endpoints.get(batch.card.name), limit, storage or folder, money)


def waiting(batch: Batch) -> AbstractContextManager[None]:
    """Return a context that says for which workers it waits, where they are not threads of this process."""
    if workers.shared_storage() is None:
        return nullcontext()
    return waits.waiting_for(f"workers, which ask {batch.title}")


def _incomplete(batch: Batch, lost: list[Reply], n_unasked: int, asker: Asker | JobAsker) -> BatchIncomplete:
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
        is_stopped_by_budget=stopped_by is BUDGET,
    )


def counts(requests: list[Request]) -> dict[str, int]:
    """Return the number of requests of each model, by the title of its progress bar."""
    return {f"asking {model}": n for model, n in Counter(request.model for request in requests).items()}
