"""A run that waits says so: for whom, why, and no more often than is of use. The clock is the test's own."""

import asyncio
import threading
from contextlib import ExitStack

from tasks.adapters.models.failures import Failure
from tasks.adapters.models.lines import Line
from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.waits import MOST_LINES, Waits
from tasks.domain.card import Limits
from tasks.domain.missing_reason import MissingReason


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_who_is_waited_for_is_said_after_ten_seconds_and_then_every_thirty() -> None:
    clock, spoken = Clock(), []
    waits = Waits(clock, look_s=600)
    with waits.waiting_for("the server to start"):
        for _ in range(75):
            clock.now += 1
            spoken += [(clock.now - 100, line) for line in waits.due()]
    assert spoken == [
        (seconds, f"No news for {seconds:.0f} s. Waiting: the server to start.") for seconds in (10.0, 40.0, 70.0)
    ]


def test_news_put_it_off() -> None:
    clock = Clock()
    waits = Waits(clock, look_s=600)
    with waits.waiting_for("a batch"):
        for _ in range(5):
            clock.now += 9
            assert waits.due() == []
            waits.note_news()
        clock.now += 10
        assert waits.due()
        waits.note_news()
        clock.now += 9
        assert waits.due() == []
        clock.now += 1
        assert waits.due()


def test_command_speaks_where_nothing_else_does() -> None:
    clock = Clock()
    waits = Waits(clock, look_s=600)
    with waits.command("distillometer score"):
        clock.now += 10
        assert waits.due() == ["No news for 10 s. Waiting: distillometer score is at work."]
        with waits.waiting_for(lambda: "a worker"):
            clock.now += 10
            assert waits.due() == ["No news for 10 s. Waiting: a worker."]


def test_equal_waits_are_said_once_and_many_are_counted() -> None:
    clock = Clock()
    waits = Waits(clock, look_s=600)
    with ExitStack() as stack:
        for number in range(20):
            stack.enter_context(waits.waiting_for(f"batch {number // 2}"))
        clock.now += 10
        spoken = waits.due()
    assert len(spoken) == MOST_LINES
    assert spoken[-1] == "No news for 10 s. Waiting: and 6 more."


def test_it_is_written_while_the_wait_goes_on() -> None:
    clock, written = Clock(), threading.Event()
    lines: list[str] = []

    def write(line: str) -> None:
        lines.append(line)
        written.set()

    waits = Waits(clock, write, look_s=0.001)
    with waits.waiting_for("a lock"):
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
    assert calm == "model alpha at http://127.0.0.1:9/v1, 2 calls in flight"
    assert paused.startswith("model alpha at http://127.0.0.1:9/v1, 0 calls in flight, no call before ")
    assert " UTC: the endpoint asks for a pause" in paused
    assert paused.endswith("; the last call failed: server_error, Error code: 503")
