"""What calls to a real server cost: reserved before each attempt, settled by its answer, and stopped by a budget."""

import asyncio
import random
from typing import Any

import pytest

from tasks.adapters.models.asking import BUDGET, Asker
from tasks.adapters.models.lines import Line
from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.warehouse.accounts import Account
from tasks.domain.budget import Balance, BudgetPlan
from tasks.domain.card import ModelCard
from tasks.domain.pricing import greatest_usd
from tasks.domain.rows import Message, Reply, Request
from tests.support.stub_endpoint import StubEndpoint

PRICE = {"input_usd": 100.0, "output_usd": 1000.0, "as_of": "2026-11-01"}
N_MODEL = "independent-alpha"


@pytest.fixture(scope="module")
def server():
    with StubEndpoint() as stub:
        yield stub


@pytest.fixture
def stub(server):
    server.faults.clear()
    server.calls.clear()
    return server


def card_of(stub: StubEndpoint, **changes: Any) -> ModelCard:
    endpoint = {"provider": "openai_compatible", "base_url": stub.base_url, "served_name": N_MODEL}
    limits = {"concurrency": 2, "max_attempts": 1}
    content = {"name": "m", "vendor": "v", "endpoint": endpoint, "price": PRICE, "limits": limits}
    return ModelCard.model_validate(content | changes)


def request_of(number: int, **sampling: Any) -> Request:
    messages = (Message("user", f"How would you spend day number {number}?"),)
    return Request(f"r{number}", "m", "f", f"p{number}", 0, "R", messages, {"max_tokens": 200} | sampling)


def ask(card: ModelCard, account: Account, n: int = 1, **sampling: Any) -> tuple[list[Reply], Asker]:
    replies: list[Reply] = []
    endpoint = ResolvedEndpoint(card.endpoint.base_url, card.endpoint.served_name)  # type: ignore[union-attr]
    asker = Asker(card, endpoint, replies.append, random.Random(1), account)

    async def run() -> None:
        async with Line(card.limits, endpoint) as line:
            await asker.ask_all([request_of(number, **sampling) for number in range(n)], line)

    asyncio.run(run())
    return replies, asker


def test_a_reply_says_what_it_cost_by_its_tokens_and_price(stub) -> None:
    account = Account()
    [reply], _ = ask(card_of(stub), account)
    assert reply.prompt_tokens is not None
    assert reply.completion_tokens is not None
    assert reply.cost_usd == pytest.approx((reply.prompt_tokens * 100 + reply.completion_tokens * 1000) / 1e6)
    assert reply.cost_source == "price"
    assert account.spent_usd == pytest.approx(reply.cost_usd)


def test_on_loopback_a_model_without_a_price_is_free(stub) -> None:
    account = Account(Balance.of(BudgetPlan(usd=0)))
    [reply], _ = ask(card_of(stub, price=None), account)
    assert (reply.cost_usd, reply.cost_source, account.spent_usd) == (0.0, "free", 0.0)


@pytest.mark.parametrize(
    ("kind", "is_billed_in_full"),
    [
        *((kind, True) for kind in ("500", "cut", "malformed", "html", "null-usage")),
        *((kind, False) for kind in ("429", "400", "404", "filter-error")),
    ],
)
def test_a_failed_call_costs_nothing_only_where_it_was_refused(stub, kind, is_billed_in_full) -> None:
    """A cut connection, a gateway's error or an answer without token counts may have been billed: the most it can be."""
    stub.faults.append((1, kind))
    account, card = Account(), card_of(stub)
    ask(card, account)
    greatest = greatest_usd(request_of(0), card)
    assert greatest is not None
    assert account.spent_usd == pytest.approx(greatest if is_billed_in_full else 0.0)


def test_an_empty_reply_is_billed_by_its_tokens(stub) -> None:
    stub.faults.append((1, "blank-content"))
    account = Account()
    [reply], _ = ask(card_of(stub), account)
    assert reply.missing_reason == "empty_reply"
    assert reply.completion_tokens == 1
    assert reply.cost_usd == pytest.approx(account.spent_usd)
    assert reply.cost_usd > 0


def test_each_attempt_is_reserved_by_itself(stub) -> None:
    stub.faults.append((lambda call: call.attempt == 1, "cut"))
    account = Account()
    card = card_of(stub, limits={"concurrency": 1, "max_attempts": 2})
    [reply], _ = ask(card, account, max_tokens=201)  # A body that no other test has sent.
    assert reply.n_attempts == 2
    failed = greatest_usd(request_of(0, max_tokens=201), card) or 0.0
    assert account.spent_usd == pytest.approx(failed + (reply.cost_usd or 0.0))


def test_a_budget_stops_before_the_call_that_could_pass_it(stub) -> None:
    card = card_of(stub)
    greatest = greatest_usd(request_of(0), card) or 0.0
    account = Account(Balance.of(BudgetPlan(usd=2.5 * greatest)))
    replies, asker = ask(card, account, n=50)
    assert asker.stopped_by is BUDGET
    assert 2 <= len(replies) < 50
    assert len(stub.calls) == len(replies)
    assert 1.5 * greatest < account.spent_usd <= 2.5 * greatest


def test_a_call_without_a_bound_is_not_sent_under_a_budget(stub) -> None:
    replies, asker = ask(card_of(stub), Account(Balance.of(BudgetPlan(usd=1000))), max_tokens=None)
    assert (replies, stub.calls, asker.stopped_by) == ([], [], BUDGET)


def test_what_the_provider_says_goes_before_the_price(stub) -> None:
    """OpenRouter's `usage.cost`, asked for by `extra_body`; the stub answers it where it is asked."""
    account = Account()
    [reply], _ = ask(card_of(stub), account, extra_body={"usage": {"include": True}})
    assert (reply.cost_usd, reply.cost_source) == (stub.USAGE_COST, "provider")
    assert account.spent_usd == stub.USAGE_COST
