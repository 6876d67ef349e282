"""Asking through the batch endpoint of a real server, without waiting: pauses take no time, and a kill is an exception."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tasks.adapters.models.batch_jobs.job_asking import JobAsker
from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.warehouse.accounts import Account
from tasks.domain.batching import Batch
from tasks.domain.card import ModelCard
from tasks.domain.pricing import greatest_usd
from tasks.domain.rows import Message, Reply, Request
from tests.support.stub_endpoint import StubEndpoint

KEY = "sk-very-secret-0123456789"
PRICE = {"input_usd": 100.0, "output_usd": 1000.0, "as_of": "2026-11-01"}


def card_of(base_url: str, **endpoint: Any) -> ModelCard:
    reached = {"provider": "openai_compatible", "base_url": base_url, "served_name": "independent-alpha"}
    content = {"name": "m", "vendor": "v", "price": PRICE, "limits": {"max_attempts": 3}}
    return ModelCard.model_validate(content | {"endpoint": reached | {"batch": True} | endpoint})


def requests_for(card: ModelCard, n: int) -> list[Request]:
    texts = [f"How would you spend day number {number} of a holiday?" for number in range(n)]
    return [
        Request(
            f"r{number}", "m", card.fingerprint, f"p{number}", 0, "R", (Message("user", text),), {"max_tokens": 200}
        )
        for number, text in enumerate(texts)
    ]


@dataclass
class Asked:
    """What came of asking: the outcomes by request, the asker, and the pauses that were made, in seconds."""

    asker: JobAsker
    replies: dict[str, Reply] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)

    @property
    def reasons(self) -> list[str | None]:
        return [self.replies[one].missing_reason for one in sorted(self.replies)]


class Killed(BaseException):
    """The process ends here."""


def ask(
    stub: StubEndpoint,
    folder: Path,
    n: int = 3,
    *,
    account: Account | None = None,
    at_pause: Callable[[int], None] = lambda number: None,
    requests: list[Request] | None = None,
) -> Asked:
    """Ask `n` requests; pauses take no time, and `at_pause` is called with the number of each."""
    card = card_of(stub.base_url)

    async def pause(seconds: float) -> None:
        asked.pauses.append(seconds)
        at_pause(len(asked.pauses))

    def keep(reply: Reply) -> None:
        assert reply.request_id not in asked.replies
        asked.replies[reply.request_id] = reply

    endpoint = ResolvedEndpoint(stub.base_url, "independent-alpha", KEY)
    asked = Asked(JobAsker(card, endpoint, keep, account or Account(), folder, pause=pause))
    asked.asker.ask(requests_for(card, n) if requests is None else requests)
    return asked


def killed_at_pause(stub: StubEndpoint, folder: Path, n: int = 3, account: Account | None = None) -> None:
    """Ask as a process that is killed when it waits for the first time."""

    def kill(_number: int) -> None:
        raise Killed

    with pytest.raises(BaseExceptionGroup) as raised:
        ask(stub, folder, n, account=account, at_pause=kill)
    assert raised.group_contains(Killed)


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def batch_of(base_url: str, n: int) -> tuple[Batch, ResolvedEndpoint]:
    card = card_of(base_url)
    requests = requests_for(card, n)
    return Batch("batch-1", 1, card, tuple(requests)), ResolvedEndpoint(base_url, "independent-alpha", KEY)


def most_usd(stub: StubEndpoint, n: int) -> float:
    card = card_of(stub.base_url)
    return sum(greatest_usd(request, card) or 0.0 for request in requests_for(card, n))
