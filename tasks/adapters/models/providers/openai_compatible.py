"""A hosted or local server that speaks OpenAI's chat completions protocol."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tasks.adapters import secrets
from tasks.domain.card import HostedEndpoint, ModelCard
from tasks.domain.errors import InputError


@dataclass(frozen=True)
class ResolvedEndpoint:
    """An endpoint that can be called; the key is kept out of `repr`."""

    base_url: str
    served_name: str
    key: str | None = field(default=None, repr=False)


class OpenAICompatible:
    """The server runs elsewhere: only the key is required."""

    def require_available(self, card: ModelCard, models_dir: Path) -> None:
        """Raise InputError where the environment variable that the card names for the key is not set."""
        self._resolved(card)

    @contextmanager
    def serve(self, card: ModelCard, models_dir: Path) -> Iterator[ResolvedEndpoint]:
        """Yield the endpoint of `card` with its key from the environment."""
        yield self._resolved(card)

    def _resolved(self, card: ModelCard) -> ResolvedEndpoint:
        endpoint = card.endpoint
        assert isinstance(endpoint, HostedEndpoint)
        key = secrets.secret(endpoint.key_env) if endpoint.key_env else None
        if endpoint.key_env and key is None:
            raise InputError(
                f"the environment variable {endpoint.key_env} is not set.",
                where=f"model {card.name}",
                remedy=f"Put the key for {endpoint.base_url} there.",
            )
        return ResolvedEndpoint(endpoint.base_url, endpoint.served_name, key)


OPENAI_COMPATIBLE = OpenAICompatible()
