"""A run that waits says so: for whom, why, and no more often than is of use. The clock is the test's own."""

import asyncio
import random
import threading
import time
from contextlib import ExitStack

from tasks.adapters import waits
from tasks.adapters.models.asking import Asker
from tasks.adapters.models.failures import Failure
from tasks.adapters.models.lines import Line
from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.prefect import progress
from tasks.adapters.waits import MOST_LINES, Waits
from tasks.domain.card import Limits, ModelCard
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rows import Message, Request
from tests.support.stub_endpoint import StubEndpoint


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_who_is_waited_for_is_said_after_ten_seconds_and_then_every_thirty() -> None:
    clock, spoken = Clock(), []
    own = Waits(clock, look_s=600)
    with own.waiting_for("the server to start"):
        for _ in range(75):
            clock.now += 1
            spoken += [(clock.now - 100, line) for line in own.due()]
    assert spoken == [
        (seconds, f"No news for {seconds:.0f} s. Waiting: the server to start.") for seconds in (10.0, 40.0, 70.0)
    ]


def test_news_put_it_off() -> None:
    clock = Clock()
    own = Waits(clock, look_s=600)
    with own.waiting_for("a batch"):
        for _ in range(5):
            clock.now += 9
            assert own.due() == []
            own.note_news()
        clock.now += 10
        assert own.due()
        own.note_news()
        clock.now += 9
        assert own.due() == []
        clock.now += 1
        assert own.due()


def test_command_speaks_where_nothing_else_does() -> None:
    clock = Clock()
    own = Waits(clock, look_s=600)
    with own.command("distillometer score"):
        clock.now += 10
        assert own.due() == ["No news for 10 s. Waiting: distillometer score is at work."]
        with own.waiting_for(lambda: "a worker"):
            clock.now += 10
            assert own.due() == ["No news for 10 s. Waiting: a worker."]


def test_equal_waits_are_said_once_and_many_are_counted() -> None:
    clock = Clock()
    own = Waits(clock, look_s=600)
    with ExitStack() as stack:
        for number in range(20):
            stack.enter_context(own.waiting_for(f"batch {number // 2}"))
        clock.now += 10
        spoken = own.due()
    assert len(spoken) == MOST_LINES
    assert spoken[-1] == "No news for 10 s. Waiting: and 6 more."


def test_it_is_written_while_the_wait_goes_on() -> None:
    clock, written = Clock(), threading.Event()
    lines: list[str] = []

    def write(line: str) -> None:
        lines.append(line)
        written.set()

    own = Waits(clock, write, look_s=0.001)
    with own.waiting_for("a lock"):
        clock.now += 11
        assert written.wait(600)
    assert lines == ["No news for 11 s. Waiting: a lock."]
    watching = [thread for thread in threading.enumerate() if thread.name == "waits" and thread.is_alive()]
    for thread in watching:
        thread.join(600)
    assert not any(thread.is_alive() for thread in watching)


def test_line_says_calls_in_flight_pause_and_last_failure() -> None:
    async def described() -> list[str]:
        async with Line(Limits(concurrency=4), ResolvedEndpoint("http://127.0.0.1:9/v1", "any")) as line:
            async with line.gate.turn(0), line.gate.turn(0):
                texts = [line.described("alpha")]
            line.last_failure = Failure(MissingReason.SERVER_ERROR, "Error code: 503")
            line.gate.throttle.throttled(120.0, 1.0)
            return [*texts, line.described("alpha")]

    calm, paused = asyncio.run(described())
    assert calm == "model alpha at http://127.0.0.1:9/v1, calls in flight: 2"
    assert paused.startswith("model alpha at http://127.0.0.1:9/v1, calls in flight: 0, no call before ")
    assert " UTC: the endpoint asks for a pause" in paused
    assert paused.endswith("; the last call failed: server_error, Error code: 503")


def test_open_stage_says_how_far_it_is() -> None:
    with progress.stage("reading z", 10):
        progress.advance("reading z", 4)
        assert "reading z, 4 of 10" in waits.texts()
    assert "reading z, 4 of 10" not in waits.texts()


def test_model_is_waited_for_while_its_calls_are_in_flight() -> None:
    reached = {"provider": "openai_compatible", "served_name": "independent-alpha"}
    request = Request("r", "alpha", "f", "p", 0, "R", (Message("user", "Well?"),))
    spoken: list[str] = []
    with StubEndpoint() as stub:
        stub.most_answered = 0
        card = ModelCard(name="alpha", vendor="v", endpoint=reached | {"base_url": stub.base_url})
        endpoint = ResolvedEndpoint(stub.base_url, "independent-alpha")
        asker = Asker(card, endpoint, lambda reply: None, random.Random(0))
        asking = threading.Thread(target=asker.ask, args=([request],))
        asking.start()
        while not stub.calls:
            time.sleep(0.001)
        spoken += waits.texts()
        stub.most_answered = None
        asking.join()
        assert f"model alpha at {stub.base_url}, calls in flight: 1" in spoken
