"""Calls in flight of one key, over all processes and machines: Prefect's global concurrency limits."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound

from tasks.adapters import waits
from tasks.adapters.models import throttles
from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.errors import InputError
from tasks.domain.plan import Plan

WAIT_S = 5.0
"""Seconds between two checks of whether the user has stopped the run."""


@contextmanager
def slots_held(limit: str, card: ModelCard) -> Iterator[None]:
    """Hold as many slots of `limit` as `card` has calls in flight; wait for them without a limit.

    Once a batch, not once a call: this takes Prefect a tenth of a second. A process that dies loses its slots after
    five minutes.
    """
    with ExitStack() as stack:
        n_slots = card.limits.concurrency
        with waits.waiting_for(f"model {card.name}, for {n_slots} free slots of Prefect's limit {limit!r}"):
            while not throttles.interrupted.is_set():
                slots = concurrency(limit, occupy=n_slots, timeout_seconds=WAIT_S, strict=True)
                with suppress(TimeoutError):
                    stack.enter_context(slots)
                    break
        yield


def require_limits(plan: Plan, cards: Iterable[ModelCard]) -> None:
    """Require that every limit of `plan` exists, is active, and is no smaller than the calls in flight of one card.

    Raises:
        InputError: one of these is not so.
    """
    if not plan.workers.limits:
        return
    with get_client(sync_client=True) as client:
        for key, name in plan.workers.limits.items():
            where = f"plan {plan.name}, key 'workers.limits.{key}'"
            try:
                limit = client.read_global_concurrency_limit_by_name(name)
            except ObjectNotFound:
                raise InputError(
                    f"Prefect has no global concurrency limit {name!r}.",
                    where=where,
                    remedy=f"Create it: `prefect gcl create {name} --limit N`, N calls in flight.",
                ) from None
            if not limit.active:
                raise InputError(
                    f"the limit {name!r} is switched off.", where=where, remedy=f"Run `prefect gcl enable {name}`."
                )
            for card in cards:
                if of({key: name}, card) and card.limits.concurrency > limit.limit:
                    raise InputError(
                        f"it allows {card.limits.concurrency} calls in flight, the limit {name!r} has {limit.limit}.",
                        where=f"model {card.name}, key 'limits.concurrency'",
                        remedy=f"Lower it to {limit.limit}, or raise the limit: `prefect gcl update {name} --limit N`.",
                    )


def of(limits: Mapping[str, str], card: ModelCard) -> str | None:
    """Return the name of the limit that calls to `card` count against; None: there is none, as for a batch endpoint."""
    return None if card.is_batched else limits.get(_key_of(card) or "")


def _key_of(card: ModelCard) -> str | None:
    return card.endpoint.key_env if isinstance(card.endpoint, HostedEndpoint) else None
