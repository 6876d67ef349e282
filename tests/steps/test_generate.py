"""A batch that is not answered: what is in its journal, and what its message says to do."""

from pathlib import Path

import pytest

from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint
from tasks.adapters.warehouse import journal
from tasks.adapters.warehouse.accounts import Account
from tasks.collect.generate import respond, send
from tasks.domain.batching import Batch
from tasks.domain.card import HostedEndpoint, Limits, ModelCard
from tasks.domain.errors import BatchIncomplete
from tasks.domain.rows import Message, Request
from tests.support.stub_endpoint import StubEndpoint


def batch_of(base_url: str, n_requests: int) -> Batch:
    reached = HostedEndpoint(
        provider="openai_compatible", base_url=base_url, served_name="independent-alpha", key_env="SOME_KEY"
    )
    card = ModelCard(name="alpha", vendor="v", endpoint=reached, limits=Limits(concurrency=2, max_attempts=2))
    told = [f"Question {number}?" for number in range(n_requests)]
    requests = [Request(text, "alpha", "f", text, 0, "R", (Message("user", text),), {"seed": 1}) for text in told]
    return Batch("batch-1", 1, card, tuple(requests))


@pytest.mark.fault
def test_a_batch_that_was_killed_asks_only_what_is_in_no_whole_line_of_its_journal(tmp_path: Path) -> None:
    """A kill leaves the lines that were written, and half of the one that was being written."""
    path = tmp_path / "batch-1.jsonl"
    with StubEndpoint() as stub:
        batch = batch_of(stub.base_url, 20)
        endpoint = ResolvedEndpoint(stub.base_url, "independent-alpha", "sk-any")
        undisturbed = send(batch, endpoint, None, tmp_path, Account())
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:12]) + lines[12][:40])
        replies = send(batch, endpoint, None, tmp_path, Account())
    assert len(stub.calls) == 20 + 8
    assert {name: one.reply_text for name, one in replies.items()} == {
        name: one.reply_text for name, one in undisturbed.items()
    }
    assert len(replies) == 20


@pytest.mark.parametrize(
    ("fault", "reason", "remedy"),
    [
        ("402", "no_credit", "Add credit to the account of the key in SOME_KEY"),
        ("403", "no_access", "get access there"),
        ("404", "not_found", "Correct 'endpoint.base_url'"),
        ("400", "bad_request", "correct the card or plan"),
        ("blank-content", "empty_reply", "raise 'max_tokens'"),
    ],
)
def test_model_that_answers_nothing_is_stopped_and_says_what_to_do(tmp_path: Path, fault, reason, remedy) -> None:
    with StubEndpoint() as stub:
        stub.faults.append((1, fault))
        batch = batch_of(stub.base_url, 40)
        endpoint = ResolvedEndpoint(stub.base_url, "independent-alpha", "sk-any")
        with pytest.raises(BatchIncomplete) as raised:
            respond.fn(batch, endpoint, None, tmp_path, Account())
    kept = list(journal.read(tmp_path / "batch-1.jsonl"))
    assert sum(reply.n_attempts for reply in kept) == len(stub.calls) < 10
    assert {reply.missing_reason for reply in kept} == {reason}
    said = str(raised.value)
    assert remedy in said
    assert f"{40 - len(kept)} not_asked" in said
    assert "again" not in said
    assert (raised.value.is_retryable, raised.value.is_endpoint_lost) == (False, True)
