"""Batches of one model side by side in one process: one card's limits for all, and what stops one stops all."""

import asyncio
import random
import sys
import threading

import pytest

from tasks.adapters.models import lines
from tasks.adapters.models.asking import Asker
from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.models.throttles import Gate
from tasks.domain.card import HostedEndpoint, Limits, ModelCard
from tasks.domain.rows import Message, Reply, Request
from tests.support.stub_endpoint import StubEndpoint


def card_of(base_url: str, served_name: str, concurrency: int) -> ModelCard:
    reached = HostedEndpoint(provider="openai_compatible", base_url=base_url, served_name=served_name)
    return ModelCard(name="stub", vendor="v", endpoint=reached, limits=Limits(concurrency=concurrency, max_attempts=2))


def ask_in_batches(card: ModelCard, n_batches: int, *, is_alone: bool = False) -> tuple[list[Asker], list[Reply]]:
    """Ask batches of six, each in a thread of its own and with a third of the card's limits, as queues have them."""
    replies: list[Reply] = []
    share = card.model_copy(update={"limits": card.limits.model_copy(update={"concurrency": 2})})
    endpoint = ResolvedEndpoint(card.endpoint.base_url, card.endpoint.served_name)
    askers = [Asker(share, endpoint, replies.append, random.Random(n)) for n in range(n_batches)]

    def ask(number: int) -> None:
        told = [f"How would you spend day number {6 * number + n} of a long holiday?" for n in range(6)]
        requests = [Request(text, "stub", "f", text, 0, "R", (Message("user", text),), {"seed": 1}) for text in told]
        askers[number].ask(requests, is_alone=is_alone)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(n_batches)]
    with lines.side_by_side([card]):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return askers, replies


def test_batches_fill_the_limits_of_their_card_together() -> None:
    with StubEndpoint(delay_s=0.02) as stub:
        _, replies = ask_in_batches(card_of(stub.base_url, "independent-alpha", 6), 5)
    assert len({reply.request_id for reply in replies}) == len(replies) == len(stub.calls) == 30
    assert all(reply.reply_text for reply in replies)
    assert stub.most_together == 6


def test_a_batch_that_counts_against_another_limit_keeps_to_its_share() -> None:
    with StubEndpoint(delay_s=0.02) as stub:
        ask_in_batches(card_of(stub.base_url, "independent-alpha", 6), 1, is_alone=True)
    assert stub.most_together == 2


def test_an_endpoint_that_is_given_up_is_asked_by_no_batch() -> None:
    with StubEndpoint() as stub:
        askers, replies = ask_in_batches(card_of(stub.base_url, "nobody-of-this-name", 1), 4)
    assert {asker.stopped_by.reason for asker in askers if asker.stopped_by} == {"not_found"}
    assert all(asker.stopped_by for asker in askers)
    assert len(stub.calls) == len(replies) == 1


def test_who_came_first_goes_first() -> None:
    order: list[str] = []

    async def call(gate: Gate, rank: int, name: str) -> None:
        async with gate.turn(rank):
            order.append(name)

    async def all_calls() -> None:
        gate = Gate(Limits(concurrency=1))
        async with asyncio.TaskGroup() as group, gate.turn(0):
            for rank, name in ((2, "late"), (1, "early"), (2, "later"), (1, "as early")):
                group.create_task(call(gate, rank, name))
            gone = group.create_task(call(gate, 0, "gone"))
            await asyncio.sleep(0)
            gone.cancel()

    asyncio.run(all_calls())
    assert order == ["early", "as early", "late", "later"]


@pytest.mark.fault
def test_a_call_that_is_let_in_and_cancelled_leaves_its_place() -> None:
    async def all_calls() -> None:
        gate = Gate(Limits(concurrency=1))

        async def call() -> None:
            async with gate.turn(0):
                pass

        async with gate.turn(0):
            first = asyncio.create_task(call())
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait([first])
        assert first.cancelled()
        await call()  # would wait for ever

    asyncio.run(all_calls())


def test_threads_take_turns_as_before_when_all_is_asked() -> None:
    before = sys.getswitchinterval()
    with lines.side_by_side([]):
        assert sys.getswitchinterval() < before
    assert sys.getswitchinterval() == before
