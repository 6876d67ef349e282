"""Requests -> replies: one Prefect task asks one batch."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import CacheKeyFnPolicy
from prefect.client.schemas.objects import State
from prefect.context import SyncClientContext
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.utilities.annotations import quote

from tasks.adapters import call_limits, journal, lines, progress, providers, settings, shared_journal, store, workers
from tasks.adapters.asking import Asker
from tasks.adapters.settings import Home
from tasks.domain import registry
from tasks.domain.batching import Batch
from tasks.domain.card import LocalGguf, ModelCard
from tasks.domain.errors import BatchIncomplete
from tasks.domain.ids import content_id
from tasks.domain.ports import Endpoint, Provider
from tasks.domain.rows import SETTLED_REASONS, Reply, Request

PASSING_REASONS = frozenset({"rate_limited", "server_error", "timeout", "connection_lost"})
"""Why a batch is worth a second try in the same run."""

AGAIN = "Run the same command again: only these are asked."
REFUSED = "The endpoint refuses them as they are: correct the card or plan (a prompt too long: 'context_tokens') first."
"""What helps with requests that have no reply."""


_Log = journal.Journal | shared_journal.SharedJournal


@dataclass(frozen=True)
class Means:
    """Whom requests are put to, how many make a batch, how many calls of one key may be in flight, and the home."""

    cards: dict[str, ModelCard]
    batch_size: int | None
    limits: dict[str, str]
    """Names of Prefect's global concurrency limits, by the environment variable that holds the key."""
    home: Home


@contextmanager
def serving(cards: list[ModelCard], home: Home) -> Iterator[dict[str, Endpoint]]:
    """Yield the endpoints of models that this process serves; one server runs for all cards with the same weights.

    Raises:
        InputError: a file is missing.
        WorldError: a local server does not start.
    """
    same_weights: dict[str, list[ModelCard]] = {}
    endpoints: dict[str, Endpoint] = {}
    for card in cards:
        if isinstance(card.endpoint, LocalGguf):
            same_weights.setdefault(content_id("server", card.endpoint.model_dump()), []).append(card)
    with ExitStack() as stack:
        for served in same_weights.values():
            shared = stack.enter_context(_serve(_one_server(served, len(same_weights)), home))
            endpoints.update({card.name: shared for card in served})
        yield endpoints


def _serve(card: ModelCard, home: Home) -> AbstractContextManager[Endpoint]:
    provider: Provider = registry.load(providers, card.endpoint.provider)
    return provider.serve(card, home.models)


def _one_server(cards: list[ModelCard], n_servers: int) -> ModelCard:
    """Return a card for the server that serves all `cards`: room for all their calls, its share of the machine.

    Servers that each take every core hinder each other: together they are slower than servers that share the cores.
    """
    endpoint, limits = cards[0].endpoint, cards[0].limits
    assert isinstance(endpoint, LocalGguf)
    n_threads = endpoint.n_threads or max(1, (os.cpu_count() or 1) // n_servers)
    n_calls = sum(card.limits.concurrency for card in cards)
    return cards[0].model_copy(
        update={
            "endpoint": endpoint.model_copy(update={"n_threads": n_threads}),
            "limits": limits.model_copy(update={"concurrency": n_calls}),
        }
    )


def _batch_key(_context: Any, parameters: Mapping[str, Any]) -> str:
    return f"batch-{parameters['batch'].batch_id}"


def _may_help(_task: Any, _run: Any, state: Any) -> bool:
    """Say whether Prefect should try the batch again: only after failures that pass by themselves."""
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
    retry_condition_fn=_may_help,
)
def respond(batch: Batch, served: Endpoint | None, limit: str | None, kept_at: Path | str) -> list[dict[str, Any]]:
    """Ask what of `batch` has no reply yet and return the outcome of every request as rows of `raw.reply`.

    Each reply is in the journal the moment it arrives. The result is kept under the batch's content, so that a batch
    which some worker has finished is not asked again. Runs on any worker: it needs no database, and takes a key from
    the worker's own environment.

    Args:
        batch: what to ask, and the card of whom.
        served: the endpoint, where the coordinator serves the model; None: it is reached as its card says.
        limit: Prefect's global concurrency limit that the calls in flight count against.
        kept_at: the folder of the journal on this machine, or the storage of all workers.

    Raises:
        BatchIncomplete: some requests have no reply; those that arrived are in the journal.
    """
    with ExitStack() as stack:
        endpoint = served or stack.enter_context(_serve(batch.card, settings.home_at(None)))
        file: _Log = stack.enter_context(_journal(kept_at, batch))
        kept = {reply.request_id: reply for reply in file.replies}
        todo = [request for request in batch.requests if not _is_settled(kept.get(request.request_id))]
        if todo and limit is not None:
            stack.enter_context(call_limits.held(limit, batch.card))

        def keep(reply: Reply) -> None:
            file.write(reply)
            if reply.request_id not in kept:  # a batch that is tried again has been counted
                progress.advance(f"asking {batch.card.name}")
            kept[reply.request_id] = reply

        asker = Asker(batch.card, endpoint, keep, random.Random(batch.batch_id))
        # Slots of a limit over all processes are held batch by batch: others' slots are not used.
        asker.ask(todo, is_alone=limit is not None)
    lost = [kept[r.request_id] for r in batch.requests if r.request_id in kept and not _is_settled(kept[r.request_id])]
    n_unasked = sum(request.request_id not in kept for request in batch.requests)
    if lost or n_unasked:
        raise _incomplete(batch, lost, n_unasked, asker)
    get_run_logger().info("%s: all answered", batch.title)
    return [journal.as_json(kept[request.request_id]) for request in batch.requests]


def _journal(kept_at: Path | str, batch: Batch) -> AbstractContextManager[_Log]:
    if isinstance(kept_at, str):
        return shared_journal.SharedJournal(kept_at, batch.batch_id)
    return journal.Journal(kept_at, batch.batch_id)


@contextmanager
def side_by_side(cards: list[ModelCard]) -> Iterator[None]:
    """Have the batches of a model that this process asks within the block share its line, and all one Prefect client.

    Prefect makes a client for each task where none is at hand, and a client takes longer to make than many a batch.
    """
    with lines.side_by_side(cards), SyncClientContext.get_or_create():
        yield


def submit(batch: Batch, endpoints: Mapping[str, Endpoint], means: Means) -> PrefectFuture[Any]:
    """Give `batch` to a worker of the running flow."""
    storage, folder = workers.shared_storage(), means.home.journal
    if storage is not None:
        shared_journal.note(folder, batch.batch_id, storage)
    limit = call_limits.of(means.limits, batch.card)
    # Quoted, Prefect does not look through every request and message for results of other tasks, three times a batch.
    given: Any = quote(batch) if storage is None else batch
    return respond.submit(given, endpoints.get(batch.card.name), limit, storage or folder)


def _is_settled(reply: Reply | None) -> bool:
    return reply is not None and (reply.reply_text is not None or reply.missing_reason in SETTLED_REASONS)


def _incomplete(batch: Batch, lost: list[Reply], n_unasked: int, asker: Asker) -> BatchIncomplete:
    reasons = Counter(str(reply.missing_reason) for reply in lost)
    if n_unasked:
        reasons["not_asked"] = n_unasked
    listed = ", ".join(f"{n} {reason}" for reason, n in reasons.most_common())
    last = f" Last error: {lost[-1].error_text}" if lost and lost[-1].error_text else ""
    return BatchIncomplete(
        f"{len(lost) + n_unasked} of {len(batch.requests)} requests have no reply ({listed}).{last}",
        where=f"model {batch.card.name}",
        remedy=REFUSED if reasons.keys() <= {"bad_request"} else AGAIN,
        is_retryable=asker.stopped_by is None and reasons.keys() <= PASSING_REASONS,
        is_endpoint_lost=asker.stopped_by is not None,
    )


def keep_batch(home: Home, batch: Batch, rows: list[dict[str, Any]] | None) -> None:
    """Move a finished batch into the warehouse: what the task returned, else what the journal holds of it."""
    path = home.journal / f"{batch.batch_id}.jsonl"
    replies = {reply.reply_id: reply for reply in (journal.read(path) if path.exists() else ())}
    # Where a worker has found the batch done there is no journal; where it was tried twice the journal holds more.
    replies |= {reply.reply_id: reply for reply in map(journal.from_json, rows or ())}
    elsewhere = [one for one in shared_journal.noted(home.journal) if one == batch.batch_id]
    with store.writing(home) as warehouse:
        if rows is None and elsewhere:
            replies |= {reply.reply_id: reply for reply in shared_journal.take_in(home.journal, elsewhere)}
        warehouse.append("reply", list(replies.values()), key="reply_id")
        path.unlink(missing_ok=True)
        shared_journal.forget(home.journal, elsewhere)
    if elsewhere:  # Here nobody has counted what a worker elsewhere asked.
        progress.advance(f"asking {batch.card.name}", len(batch.requests))


def counts(requests: list[Request]) -> dict[str, int]:
    """Return how many requests each model's progress bar counts, by the bar's title."""
    return {f"asking {model}": n for model, n in Counter(request.model for request in requests).items()}


async def finished(future: PrefectFuture[Any]) -> State[Any]:
    """Wait for a submitted batch without holding a thread; works with every task runner."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def wake(_: PrefectFuture[Any]) -> None:
        loop.call_soon_threadsafe(done.set)

    future.add_done_callback(wake)
    await done.wait()
    # Until somebody waits, a future asks the server for its state, which may be behind.
    await asyncio.to_thread(future.wait)
    return future.state


async def outcome(state: State[Any]) -> tuple[list[dict[str, Any]] | None, str | None, bool]:
    """Return a batch's rows, what went wrong in a line, and whether the model should be asked no more in this run.

    Raises:
        Exception: what the batch raised, where it is no matter of the endpoint.
    """
    if not state.is_final() or state.is_crashed():
        return None, f"a batch's worker was lost ({state.message or state.name}). {AGAIN}", False
    result = await state.aresult(raise_on_failure=False)
    if isinstance(result, BatchIncomplete):
        return None, str(result), result.is_endpoint_lost
    if isinstance(result, BaseException):
        raise result
    return result, None, False
