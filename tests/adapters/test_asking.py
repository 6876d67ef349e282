"""Asking a real HTTP server that fails on demand: nothing is lost, nothing is asked too often, no key gets out.

Only the least time that a server asked for is measured; nothing else here depends on the clock.
"""

import asyncio
import logging
import random
import socket
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tasks.adapters import secrets
from tasks.adapters.models.asking import Asker
from tasks.adapters.models.failures import failure_of
from tasks.adapters.models.giving_up import USELESS_AT_FIRST, USELESS_LATER
from tasks.adapters.models.lines import Line
from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.models.response_limit import MOST_BYTES
from tasks.domain.card import Limits, ModelCard, Sampling
from tasks.domain.errors import WorldError
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rows import Message, Reply, Request
from tests.support.stub_endpoint import FAULTS, StubEndpoint

KEY = "sk-very-secret-0123456789"
NEVER_ENDING = ("fault-hang-", "fault-drip-")
TRANSIENT = {
    "429": "rate_limited",
    "429-after": "rate_limited",
    "429-after-ms": "rate_limited",
    "429-date": "rate_limited",
    "429-odd-date": "rate_limited",
    "500": "server_error",
    "hang": "timeout",
    "drip": "timeout",
    "cut": "connection_closed",
    "closed": "connection_closed",
    "malformed": "malformed_reply",
    "html": "malformed_reply",
    "json-list": "malformed_reply",
    "json-null": "malformed_reply",
    "json-deep": "malformed_reply",
    "long-integer": "malformed_reply",
    "long-header": "malformed_reply",
    "odd-status": "malformed_reply",
    "no-choices": "malformed_reply",
    "odd-choices": "malformed_reply",
    "no-message": "malformed_reply",
    "number-content": "malformed_reply",
}
FINAL = {
    "400": "bad_request",
    "400-too-long": "bad_request",
    "402": "no_credit",
    "403": "no_access",
    "404": "not_found",
    "429-quota": "no_credit",
    "429-tomorrow": "rate_limited",
    "filter-error": "content_filter",
    "filter-finish": "content_filter",
    "null-content": "empty_reply",
    "blank-content": "empty_reply",
    "no-parts": "empty_reply",
    "endless": "reply_too_large",
    "zip-bomb": "reply_too_large",
}


@dataclass
class Asked:
    """What came of asking: the outcomes, the asker, and the requests that were put to it."""

    asker: Asker
    requests: list[Request]
    replies: list[Reply] = field(default_factory=list)


def card_of(base_url: str, served_name: str, system_prompt: str | None = None, **limits: Any) -> ModelCard:
    return ModelCard(
        name="stub",
        vendor="nobody",
        system_prompt=system_prompt,
        endpoint={"provider": "openai_compatible", "base_url": base_url, "served_name": served_name},
        limits=Limits(**{"concurrency": 4, "timeout_s": 600.0, "max_attempts": 2} | limits),
    )


def requests_for(n_prompts: int, n_samples: int = 1, sampling: Sampling | None = None) -> list[Request]:
    return [
        Request(
            request_id=f"request-{prompt}-{sample}",
            model="stub",
            fingerprint="print",
            prompt_id=f"prompt-{prompt}",
            sample=sample,
            round="2026-W48",
            messages=(Message("user", f"How would you spend day number {prompt} of a long holiday?"),),
            sampling=(sampling or Sampling(seed=100)).for_sample(sample),
        )
        for prompt in range(n_prompts)
        for sample in range(n_samples)
    ]


async def ask_here(card: ModelCard, requests: list[Request], key: str | None = None) -> Asked:
    replies: list[Reply] = []
    endpoint = ResolvedEndpoint(card.endpoint.base_url, card.endpoint.served_name, key)
    asker = Asker(card, endpoint, replies.append, random.Random(7))
    async with Line(card.limits, endpoint) as line:
        await asker.ask_all(requests, line)
    return Asked(asker, requests, replies)


def ask(card: ModelCard, requests: list[Request], key: str | None = None) -> Asked:
    return asyncio.run(ask_here(card, requests, key))


@pytest.fixture(scope="module")
def faulty() -> Iterator[tuple[StubEndpoint, dict[str, Asked]]]:
    """Ask one request of a model for every fault, side by side, so that their pauses pass at the same time.

    Calls that never end come after the others: what their second attempts take is a share of their three seconds.
    """

    async def ask_each(names: list[str], timeout_s: float) -> dict[str, Asked]:
        cards = [card_of(server.base_url, name, timeout_s=timeout_s) for name in names]
        return dict(zip(names, await asyncio.gather(*(ask_here(card, requests_for(1)) for card in cards)), strict=True))

    names = [f"fault-{kind}-{when}" for kind in TRANSIENT | FINAL for when in ("once", "always")]
    names += [f"fault-{kind}-always" for kind in ("null-usage", "odd-usage", "half-emoji", "refusal", "parts")]
    ending = [name for name in names if not name.startswith(NEVER_ENDING)]
    with StubEndpoint() as server:
        asked = asyncio.run(ask_each(ending, 600.0))
        asked |= asyncio.run(ask_each(sorted(set(names) - set(ending)), 3.0))
        yield server, asked


@pytest.mark.fault
@pytest.mark.parametrize("kind", TRANSIENT)
def test_what_passes_by_itself_is_asked_again_and_answered(faulty, kind):
    server, asked = faulty
    (reply,) = asked[f"fault-{kind}-once"].replies
    assert reply.missing_reason is None
    assert reply.error_text is None
    assert reply.reply_text.strip()
    assert reply.finish_reason == "stop"
    assert reply.prompt_tokens > 0
    assert reply.completion_tokens > 0
    assert reply.latency_ms > 0
    assert reply.n_attempts == len(server.calls_of(f"fault-{kind}-once")) == 2


@pytest.mark.fault
@pytest.mark.parametrize(("kind", "reason"), (TRANSIENT | FINAL).items())
def test_what_stays_broken_has_a_reason_and_no_text(faulty, kind, reason):
    server, asked = faulty
    (reply,) = asked[f"fault-{kind}-always"].replies
    assert (reply.reply_text, reply.missing_reason) == (None, reason)
    assert MissingReason(reason).is_final == (reason in {"empty_reply", "content_filter"})
    assert reply.error_text
    assert len(reply.error_text) <= 500
    assert reply.n_attempts == len(server.calls_of(f"fault-{kind}-always")) == (2 if kind in TRANSIENT else 1)


@pytest.mark.fault
@pytest.mark.parametrize("kind", FINAL)
def test_what_asking_again_would_not_change_is_asked_once(faulty, kind):
    server, asked = faulty
    (reply,) = asked[f"fault-{kind}-once"].replies
    assert reply.missing_reason == FINAL[kind]
    assert len(server.calls_of(f"fault-{kind}-once")) == 1


@pytest.mark.fault
@pytest.mark.parametrize("kind", ["null-usage", "odd-usage"])
def test_a_reply_without_readable_usage_is_kept_without_counts(faulty, kind):
    (reply,) = faulty[1][f"fault-{kind}-always"].replies
    assert reply.reply_text
    assert (reply.prompt_tokens, reply.completion_tokens) == (None, None)


@pytest.mark.fault
@pytest.mark.parametrize(("kind", "text"), [("refusal", "I can't help with that."), ("parts", "One two")])
def test_the_text_is_read_wherever_the_endpoint_puts_it(faulty, kind, text):
    (reply,) = faulty[1][f"fault-{kind}-always"].replies
    assert (reply.reply_text, reply.missing_reason) == (text, None)


@pytest.mark.fault
@pytest.mark.parametrize("kind", ["null-content", "blank-content", "no-parts", "filter-finish", "number-content"])
def test_what_was_counted_for_a_reply_without_text_is_kept(faulty, kind):
    (reply,) = faulty[1][f"fault-{kind}-always"].replies
    assert reply.missing_reason is not None
    assert reply.prompt_tokens > 0
    assert reply.completion_tokens > 0


@pytest.mark.fault
def test_an_endless_response_is_not_read_on(faulty):
    """What lies in the buffers of sockets, on both sides, comes on top of what was read of two responses."""
    assert faulty[0].n_poured < 10 * MOST_BYTES


@pytest.mark.fault
def test_a_reply_just_below_the_limit_is_read(stub):
    asked = ask(card_of(stub.base_url, "independent-alpha"), requests_for(1))
    assert asked.replies[0].reply_text
    stub.faults.append((1, "long-reply"))
    asked = ask(card_of(stub.base_url, "independent-alpha"), requests_for(1))
    assert len(asked.replies[0].reply_text) == MOST_BYTES - 4096


@pytest.mark.fault
def test_a_reply_that_was_cut_within_an_emoji_is_kept_and_can_be_stored(faulty):
    (reply,) = faulty[1]["fault-half-emoji-always"].replies
    assert reply.reply_text == "cut \\ud83d"
    assert reply.reply_text.encode()


@pytest.mark.fault
@pytest.mark.parametrize(("kind", "least_s"), [("429-after", 1.0), ("429-after-ms", 1.0), ("429-date", 2.0)])
def test_the_pause_that_the_server_asks_for_is_kept(faulty, kind, least_s):
    first, second = faulty[0].calls_of(f"fault-{kind}-once")
    assert second.time - first.time >= least_s


@pytest.mark.fault
@pytest.mark.parametrize("requests_per_minute", [None, 60])
def test_nobody_asks_during_the_pause_that_one_was_told_to_make(stub, requests_per_minute):
    stub.faults.append((lambda call: call.number == 1, "429-date"))
    # Without a limit per minute the first calls would all leave at once; with it, the second a second later.
    limits = (
        {"concurrency": 4, "requests_per_minute": requests_per_minute} if requests_per_minute else {"concurrency": 1}
    )
    asked = ask(card_of(stub.base_url, "independent-alpha", **limits), requests_for(2))
    first, *later = stub.calls
    assert all(reply.reply_text for reply in asked.replies)
    assert min(call.time for call in later) - first.time >= 2.0


@pytest.mark.fault
@pytest.mark.parametrize("fault", [None, "429", "500"])
def test_never_more_in_flight_than_the_card_allows(stub, fault):
    stub.delay_s = 0.01
    if fault:
        stub.faults.append((lambda call: call.number in (3, 20), fault))
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=5), requests_for(60))
    assert len(asked.replies) == 60
    assert stub.most_in_flight["independent-alpha"] <= 5


@pytest.mark.fault
def test_each_request_is_kept_once_although_a_third_of_the_calls_fails(stub):
    stub.faults.append((lambda call: call.attempt == 1 and call.number % 3 == 0, "500"))
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=16), requests_for(16, 2))
    assert sorted(reply.request_id for reply in asked.replies) == sorted(r.request_id for r in asked.requests)
    assert all(reply.reply_text for reply in asked.replies)
    assert sum(reply.n_attempts for reply in asked.replies) == len(stub.calls)
    assert len({reply.reply_id for reply in asked.replies}) == 32


@pytest.mark.fault
def test_a_wrong_key_stops_the_rest_unasked(stub):
    stub.key = "the right one"
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=4), requests_for(40), key=KEY)
    assert asked.asker.stopped_by.reason == "wrong_key"
    assert {reply.missing_reason for reply in asked.replies} == {"wrong_key"}
    assert len(asked.replies) == len(stub.calls) <= 4
    assert "Incorrect API key provided: (key)" in asked.replies[0].error_text


# The second is cut by the length limit of error texts; no header can hold the third.
@pytest.mark.fault
@pytest.mark.parametrize("key", [KEY, "sk-" + "0123456789" * 60, KEY + "\n"])
def test_the_key_never_gets_out(stub, key):
    stub.key = "the right one"
    asked = ask(card_of(stub.base_url, "independent-alpha", max_attempts=1), requests_for(1), key=key)
    assert len(asked.replies) == 1
    shown = repr([asked.replies, asked.asker.stopped_by, asked.asker])
    assert "sk-" not in shown
    assert "0123456789" not in shown


@pytest.mark.fault
@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind.startswith("key-")])
def test_a_key_that_the_endpoint_repeats_is_kept_nowhere(stub, kind):
    asked = ask(card_of(stub.base_url, f"fault-{kind}-always", max_attempts=1), requests_for(1), key=KEY)
    [call], [reply] = stub.calls, asked.replies
    assert call.key == KEY
    assert KEY not in repr([reply, asked.asker.stopped_by])
    if kind == "key-reply":
        assert reply.reply_text.endswith("Your key is (key).")
        assert reply.finish_reason == "(key)"


@pytest.mark.fault
def test_a_reply_keeps_a_word_that_serves_as_a_key(stub):
    asked = ask(card_of(stub.base_url, "fault-key-reply-always"), requests_for(1), key="ollama")
    assert asked.replies[0].reply_text.endswith("Your key is ollama.")


@pytest.mark.fault
def test_an_endpoint_that_wants_a_long_pause_is_left_alone(stub):
    stub.faults.append((1, "429-tomorrow"))
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=4, max_attempts=6), requests_for(40))
    assert asked.asker.stopped_by.reason == "rate_limited"
    assert len(stub.calls) <= 4


@pytest.mark.fault
@pytest.mark.parametrize("kind", ["402", "403", "404", "429-quota"])
def test_an_endpoint_that_will_refuse_everything_is_given_up(stub, kind):
    stub.faults.append((1, kind))
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=2), requests_for(40))
    assert asked.asker.stopped_by is not None
    assert len(stub.calls) <= 2


@pytest.mark.fault
@pytest.mark.parametrize(
    ("kind", "reason"), [("400", "bad_request"), ("null-content", "empty_reply"), ("endless", "reply_too_large")]
)
def test_a_model_that_never_answers_gets_few_calls(stub, kind, reason):
    stub.faults.append((1, kind))
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=4), requests_for(60))
    assert asked.asker.stopped_by.reason == reason
    assert USELESS_AT_FIRST <= len(asked.replies) == len(stub.calls) < USELESS_AT_FIRST + 4


@pytest.mark.fault
@pytest.mark.parametrize("kind", ["filter-error", "400-too-long"])
def test_what_is_wrong_with_each_prompt_alone_stops_no_model(stub, kind):
    stub.faults.append((1, kind))
    asked = ask(card_of(stub.base_url, "independent-alpha"), requests_for(30))
    assert asked.asker.stopped_by is None
    assert len(asked.replies) == 30


@pytest.mark.fault
def test_a_model_that_has_answered_may_refuse_many_prompts_in_a_row(stub):
    stub.faults.append((lambda call: call.number > 1, "400"))
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=1), requests_for(60))
    assert asked.asker.stopped_by.reason == "bad_request"
    assert len(asked.replies) == len(stub.calls) == 1 + USELESS_LATER


@pytest.mark.fault
def test_every_call_to_a_model_that_is_given_up_is_recorded(stub):
    """Twelve calls wait for their second attempt when the thirteenth finds that the model is not there."""
    stub.faults.append((lambda call: call.number <= 12, "500"))
    stub.faults.append((1, "404"))
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=12, max_attempts=6), requests_for(60))
    assert asked.asker.stopped_by.reason == "not_found"
    assert len(stub.calls) == sum(reply.n_attempts for reply in asked.replies) >= 13
    assert len({reply.request_id for reply in asked.replies}) == len(asked.replies)


@pytest.mark.fault
def test_what_an_endpoint_takes_at_once_is_learned_for_all_batches_and_models_of_a_key(stub):
    """Each batch has a line of its own, as where slots of a limit are held, and every second is of another model."""
    stub.most_at_once, stub.delay_s = 4, 0.05
    replies: list[Reply] = []
    for number in range(8):
        card = card_of(stub.base_url, f"independent-{number % 2}", concurrency=16, max_attempts=6)
        asker = Asker(
            card, ResolvedEndpoint(stub.base_url, card.endpoint.served_name), replies.append, random.Random(7)
        )
        asker.ask(requests_for(20), is_alone=True)
        if not number:
            n_refused_at_first = stub.n_refused
    assert len(replies) == 160
    assert all(reply.reply_text for reply in replies)
    assert n_refused_at_first
    # Each batch would have learned it anew, with as many refusals.
    assert stub.n_refused - n_refused_at_first < n_refused_at_first


@pytest.mark.fault
def test_an_endpoint_that_nobody_serves_is_given_up():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    asked = ask(card_of(f"http://127.0.0.1:{port}/v1", "any", concurrency=1, max_attempts=1), requests_for(40))
    assert [reply.missing_reason for reply in asked.replies] == ["connection_lost"] * 3
    assert asked.asker.stopped_by.reason == "connection_lost"


@pytest.mark.fault
def test_an_endpoint_that_answers_now_and_then_is_not_given_up(stub):
    stub.faults.append((lambda call: call.number % 3 != 0, "500"))
    stub.faults.append((3, "filter-error"))
    asked = ask(card_of(stub.base_url, "independent-alpha", concurrency=1, max_attempts=1), requests_for(12))
    assert asked.asker.stopped_by is None
    assert len(asked.replies) == 12


def test_the_system_prompt_comes_first(stub):
    ask(card_of(stub.base_url, "independent-alpha", system_prompt="You are brief."), requests_for(2))
    assert [[turn["role"] for turn in call.messages] for call in stub.calls] == [["system", "user"]] * 2
    assert stub.calls[0].messages[0]["content"] == "You are brief."


def test_a_system_prompt_of_the_prompt_itself_is_left_as_it_is(stub):
    (request,) = requests_for(1)
    own = Request(**vars(request) | {"messages": (Message("system", "You are long-winded."), *request.messages)})
    ask(card_of(stub.base_url, "independent-alpha", system_prompt="You are brief."), [own])
    assert [turn["content"] for turn in stub.calls[0].messages] == [turn.content for turn in own.messages]


def test_samples_are_asked_with_seeds_of_their_own(stub):
    asked = ask(card_of(stub.base_url, "independent-alpha"), requests_for(1, 3, Sampling(seed=100)))
    assert sorted(call.seed for call in stub.calls) == [100, 101, 102]
    assert len({reply.reply_text for reply in asked.replies}) > 1


def test_sampling_and_extra_body_stand_in_the_body(stub):
    sampling = Sampling(temperature=0.5, max_tokens=64, stop=("###",), extra_body={"top_k": 20, "enable": {"think": 0}})
    ask(card_of(stub.base_url, "independent-alpha"), requests_for(1, sampling=sampling))
    body = {name: value for name, value in stub.calls[0].body.items() if name != "messages"}
    assert body == {
        "model": "independent-alpha",
        "temperature": 0.5,
        "max_tokens": 64,
        "stop": ["###"],
        "top_k": 20,
        "enable": {"think": 0},
    }


@pytest.mark.fault
def test_what_stops_the_keeping_of_replies_comes_out_as_it_is(stub):
    def keep(reply: Reply) -> None:
        raise WorldError("the disk is full.")

    card = card_of(stub.base_url, "independent-alpha")
    asker = Asker(card, ResolvedEndpoint(stub.base_url, "independent-alpha"), keep, random.Random(7))
    with pytest.raises(WorldError, match="the disk is full"):
        asker.ask(requests_for(8))


@pytest.mark.fault
def test_an_error_that_nobody_has_foreseen_costs_one_call_and_is_named():
    failure = failure_of(TypeError("no such parameter"))
    assert (failure.reason, failure.text) == ("malformed_reply", "TypeError: no such parameter")


@pytest.mark.fault
@pytest.mark.parametrize("key", ["sk-very-secret-of-the-log"])
def test_a_key_is_in_no_log_record_and_no_traceback(monkeypatch, caplog, capsys, key):
    """Whoever logs it, in a message, its arguments or an exception, and whichever handler writes it."""
    monkeypatch.setenv("PLANTED_KEY", key)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)  # As Ray leaves it when it starts.
    assert secrets.secret("PLANTED_KEY") == key
    logger = logging.getLogger("somebody.else")
    headers = {"authorization": f"Bearer {key}"}
    logger.error("sent %s", headers)
    try:
        raise ValueError(f"can't read the answer to {headers}")
    except ValueError as error:
        logger.exception("it crashed")
        sys.excepthook(type(error), error, error.__traceback__)
    written = caplog.text + capsys.readouterr().err
    assert written.count("Bearer (key)") >= 3
    assert "it crashed" in written
    assert key not in written


@pytest.mark.fault
def test_a_crash_that_holds_the_key_leaves_without_it(stub, monkeypatch):
    """What Prefect stores of a failed run is the exception itself."""
    monkeypatch.setenv("PLANTED_KEY", KEY)
    secrets.secret("PLANTED_KEY")

    def keep(reply: Reply) -> None:
        raise KeyError(f"authorization: Bearer {KEY}")

    card = card_of(stub.base_url, "independent-alpha")
    asker = Asker(card, ResolvedEndpoint(stub.base_url, "independent-alpha", KEY), keep, random.Random(7))
    with pytest.raises(WorldError) as raised:
        asker.ask(requests_for(4))
    assert "Bearer (key)" in str(raised.value)
    assert KEY not in "".join(traceback.format_exception(raised.value))
