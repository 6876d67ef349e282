"""How many calls a key may have in flight after the server has refused some; calls leave a few at a time."""

import asyncio
import math
import threading

import pytest

from tasks.adapters.models.departures import AT_ONCE, Departures
from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.models.throttles import LEAST_ALLOWED, Gate, Throttle, throttle_of
from tasks.domain.card import HostedEndpoint, Limits, ModelCard


def filled(throttle: Throttle, n_calls: int) -> int:
    """Start as many calls as are allowed, at most `n_calls`; return how many."""
    return next((n for n in range(n_calls) if not throttle.enter()), n_calls)


def refuse(throttle: Throttle, started: float = math.inf) -> None:
    throttle.throttled(0.0, started)
    throttle.leave()


def answer(throttle: Throttle) -> None:
    throttle.answered()
    throttle.leave()


def test_no_call_is_held_back_before_the_first_refusal() -> None:
    assert filled(Throttle(), 1000) == 1000


def test_what_the_server_took_of_a_burst_is_what_is_allowed() -> None:
    throttle = Throttle()
    assert filled(throttle, 64) == 64
    refuse(throttle)
    for _ in range(59):
        refuse(throttle, started=0.0)
    assert throttle.allowed == 4
    assert not throttle.enter()


def test_one_refusal_leaves_seven_tenths() -> None:
    throttle = Throttle()
    filled(throttle, 40)
    refuse(throttle)
    assert throttle.allowed == pytest.approx(28)


def test_answers_allow_one_more_each_round_and_slower_near_what_was_refused() -> None:
    throttle = Throttle()
    filled(throttle, 10)
    refuse(throttle)
    while filled(throttle, 100):
        pass
    n_answers, reached = 0, {}
    while throttle.allowed < 12:
        answer(throttle)
        filled(throttle, 100)
        n_answers += 1
        reached.setdefault(int(throttle.allowed), n_answers)
    assert reached[8] <= 8
    assert reached[9] - reached[8] <= 10
    assert reached[11] - reached[9] > 10 * (reached[9] - reached[8])
    assert reached[12] - reached[11] <= 13


def test_answers_to_fewer_calls_than_are_allowed_say_nothing() -> None:
    throttle = Throttle()
    filled(throttle, 10)
    refuse(throttle)
    for _ in range(8):
        throttle.leave()
    for _ in range(100):
        answer(throttle)
        throttle.enter()
    assert throttle.allowed == pytest.approx(7)


def test_server_that_refuses_single_calls_gets_them_at_a_distance_which_answers_shorten() -> None:
    throttle = Throttle()
    distances = []
    for _ in range(100):
        assert throttle.enter()
        refuse(throttle)
        first = throttle.start(0.0)
        distances.append(throttle.start(0.0) - first)
    assert throttle.allowed == LEAST_ALLOWED
    assert distances[0] < distances[5] < distances[10]
    assert distances[-1] == pytest.approx(0.25 * 127)
    for _ in range(200):
        assert throttle.enter()
        answer(throttle)
    assert throttle.allowed >= 1


def test_call_that_leaves_in_one_event_loop_lets_one_in_in_another() -> None:
    throttle, is_in, may_leave = Throttle(), threading.Event(), threading.Event()
    throttle.enter()
    refuse(throttle)
    order = []

    async def first() -> None:
        async with Gate(Limits(), throttle).turn(0):
            is_in.set()
            await asyncio.to_thread(may_leave.wait)
            order.append("first")

    async def second() -> None:
        gate = Gate(Limits(), throttle)
        asyncio.get_running_loop().call_later(0, may_leave.set)
        async with gate.turn(0):
            order.append("second")
        gate.close()

    thread = threading.Thread(target=lambda: asyncio.run(first()))
    thread.start()
    is_in.wait()
    asyncio.run(second())
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.parametrize(
    ("address", "key_env", "is_shared"),
    [("https://a/v1/", "KEY", True), ("https://a/v1", "OTHER", False), ("https://b/v1", "KEY", False)],
)
def test_throttle_is_that_of_address_and_key(address, key_env, is_shared) -> None:
    def of(name: str, base_url: str, variable: str) -> Throttle:
        reached = HostedEndpoint(provider="openai_compatible", base_url=base_url, served_name=name, key_env=variable)
        card = ModelCard(name=name, vendor="v", endpoint=reached)
        return throttle_of(card, ResolvedEndpoint(base_url, name))

    assert (of("one", "https://a/v1", "KEY") is of("two", address, key_env)) == is_shared


def test_calls_leave_a_few_at_a_time() -> None:
    """What has arrived is looked at by the event loop between any two of these groups."""

    async def left_between_looks() -> list[int]:
        departures, groups, loop = Departures(), [0], asyncio.get_running_loop()

        def look() -> None:
            groups.append(0)
            loop.call_soon(look)

        async def leave() -> None:
            await departures.turn()
            groups[-1] += 1

        look()
        await asyncio.gather(*(leave() for _ in range(10 * AT_ONCE)))
        return groups

    groups = asyncio.run(left_between_looks())
    assert sum(groups) == 10 * AT_ONCE
    assert max(groups) <= AT_ONCE
