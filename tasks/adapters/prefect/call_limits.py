"""Calls in flight of one key, over all processes and machines: Prefect's global concurrency limits."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency
from prefect.exceptions import ObjectNotFound

from tasks.adapters.models import asking
from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.errors import InputError
from tasks.domain.plan import Plan

WAIT_S = 5.0
"""Between two looks at whether the user has stopped the run."""


@contextmanager
def held(limit: str, card: ModelCard) -> Iterator[None]:
    """Hold as many slots of `limit` as `card` has calls in flight; wait for them as long as it takes.

    Once a batch, not once a call: Prefect takes a tenth of a second for it. A process that dies loses its slots after
    five minutes.
    """
    with ExitStack() as stack:
        while not asking.interrupted.is_set():
            slots = concurrency(limit, occupy=card.limits.concurrency, timeout_seconds=WAIT_S, strict=True)
            with suppress(TimeoutError):
                stack.enter_context(slots)
                break
        yield


def check(plan: Plan, cards: Iterable[ModelCard]) -> None:
    """Make sure that every limit of `plan` is there, active, and no smaller than the calls in flight of one card.

    Raises:
        InputError: it is not.
    """
    if not plan.workers.limits:
        return
    with get_client(sync_client=True) as client:
        for key, name in plan.workers.limits.items():
            where = f"plan {plan.name}, key 'workers.limits.{key}'"
            try:
                found = client.read_global_concurrency_limit_by_name(name)
            except ObjectNotFound:
                raise InputError(
                    f"Prefect has no global concurrency limit {name!r}.",
                    where=where,
                    remedy=f"Create it: `prefect gcl create {name} --limit N`, N calls in flight.",
                ) from None
            if not found.active:
                raise InputError(
                    f"the limit {name!r} is switched off.", where=where, remedy=f"Run `prefect gcl enable {name}`."
                )
            for card in cards:
                if _key_of(card) == key and card.limits.concurrency > found.limit:
                    raise InputError(
                        f"it allows {card.limits.concurrency} calls in flight, the limit {name!r} has {found.limit}.",
                        where=f"model {card.name}, key 'limits.concurrency'",
                        remedy=f"Lower it to {found.limit}, or raise the limit: `prefect gcl update {name} --limit N`.",
                    )


def of(limits: Mapping[str, str], card: ModelCard) -> str | None:
    """Return the name of the limit that calls to `card` count against; None: there is none."""
    return limits.get(_key_of(card) or "")


def _key_of(card: ModelCard) -> str | None:
    return card.endpoint.key_env if isinstance(card.endpoint, HostedEndpoint) else None
