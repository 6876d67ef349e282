"""Models that this process serves itself, for the time of their calls."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from tasks.adapters.models import providers
from tasks.adapters.settings import Home
from tasks.domain import registry
from tasks.domain.card import LocalGguf, ModelCard
from tasks.domain.ids import content_id
from tasks.domain.ports import Endpoint, Provider


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
            shared = stack.enter_context(serve(_server_card(served, len(same_weights)), home))
            endpoints.update({card.name: shared for card in served})
        yield endpoints


def serve(card: ModelCard, home: Home) -> AbstractContextManager[Endpoint]:
    """Return a context in which the model of `card` answers, by its provider."""
    provider: Provider = registry.load(providers, card.endpoint.provider)
    return provider.serve(card, home.models)


def _server_card(cards: list[ModelCard], n_servers: int) -> ModelCard:
    """Return a card for the server that serves all `cards`: slots for all their calls, its share of the cores.

    Servers that each use every core are together slower than servers that share the cores.
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
