"""Replies in a storage that all workers reach: who dies loses little, and nobody asks what somebody else is asking."""

import asyncio
import json
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest

from tasks.adapters.planning import budgets
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import ledger, shared_journal
from tasks.adapters.warehouse.accounts import Allowance, Reservation
from tasks.adapters.warehouse.shared_journal import SharedJournal
from tasks.domain.budget import BudgetPlan, units_up
from tasks.domain.errors import WorldError
from tasks.domain.rows import Reply

BATCH = "batch-1"


def reply(number: int) -> Reply:
    times = {"latency_ms": 1.5, "n_attempts": 1, "replied_at": datetime(2026, 11, 24, 5, 6, 7), "source": "asked"}
    none = dict.fromkeys(("missing_reason", "error_text", "finish_reason", "prompt_tokens", "completion_tokens"))
    return Reply(
        reply_id=f"reply-{number}", request_id=f"request-{number}", reply_text="Ünï\u2028code", **none, **times
    )


@pytest.fixture(params=["path", "url"])
def storage(request, tmp_path) -> str:
    """A path, and a URL of another file system than the local one, which moves no files."""
    return str(tmp_path / "storage") if request.param == "path" else f"memory://{tmp_path}"


def _object(storage: Path) -> Path:
    return storage / "journal" / f"{BATCH}.jsonl"


def test_replies_are_there_for_the_next_worker_and_for_the_coordinator(storage, tmp_path) -> None:
    with SharedJournal(storage, BATCH) as file:
        assert file.replies == []
        file.write(reply(1))
    with SharedJournal(storage, BATCH) as file:
        assert file.replies == [reply(1)]
        file.write(reply(2))
    shared_journal.note(tmp_path / "notes", BATCH, storage)
    assert shared_journal.noted(tmp_path / "notes") == [BATCH]
    assert shared_journal.collect_replies(tmp_path / "notes", [BATCH]) == [reply(1), reply(2)]
    shared_journal.forget(tmp_path / "notes", [BATCH])
    assert shared_journal.noted(tmp_path / "notes") == []
    with SharedJournal(storage, BATCH) as file:
        assert file.replies == []


def test_batch_that_no_worker_has_begun_holds_nobody_up(storage, tmp_path) -> None:
    shared_journal.note(tmp_path / "notes", BATCH, storage)
    assert shared_journal.collect_replies(tmp_path / "notes", [BATCH]) == []
    shared_journal.forget(tmp_path / "notes", [BATCH])


def test_reply_is_in_the_storage_before_the_batch_is_done(tmp_path) -> None:
    with SharedJournal(str(tmp_path), BATCH) as file:
        file.write(reply(1))
        deadline = time.monotonic() + 600
        while len(_object(tmp_path).read_text().splitlines()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_whoever_comes_second_waits_for_the_first(tmp_path, monkeypatch) -> None:
    """Whoever waits counts the changes that it sees for time: ten of them are twice what a worker that is gone gets."""
    seen, beats = [], set()
    read = shared_journal._Place.read

    def counted(place: shared_journal._Place) -> shared_journal._Content | None:
        if (content := read(place)) is not None:
            beats.add(content.beat)
        return content

    monkeypatch.setattr(shared_journal, "BEAT_S", 0.02)
    monkeypatch.setattr(shared_journal, "LOST_AFTER_S", 5)
    monkeypatch.setattr(shared_journal, "monotonic", lambda: len(beats))
    monkeypatch.setattr(shared_journal._Place, "read", counted)

    def second() -> None:
        with SharedJournal(str(tmp_path), BATCH) as file:
            seen.extend(file.replies)

    with SharedJournal(str(tmp_path), BATCH) as first:
        waiting = threading.Thread(target=second)
        waiting.start()
        while len(beats) < 10 and waiting.is_alive():
            time.sleep(0.01)
        assert waiting.is_alive()
        first.write(reply(1))
    waiting.join()
    assert seen == [reply(1)]


def test_worker_that_is_gone_is_taken_over_from(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shared_journal, "BEAT_S", 0.1)
    monkeypatch.setattr(shared_journal, "LOST_AFTER_S", 0.5)
    with SharedJournal(str(tmp_path), BATCH) as file:
        file.write(reply(1))
    # As a worker leaves it that was killed.
    head, *lines = _object(tmp_path).read_text().splitlines()
    left = json.dumps(json.loads(head) | {"has_ended": False})
    _object(tmp_path).write_text("\n".join([left, *lines]))
    started = time.monotonic()
    with SharedJournal(str(tmp_path), BATCH) as file:
        assert file.replies == [reply(1)]
    assert time.monotonic() - started >= 0.5


def test_replies_of_a_newer_version_are_not_given_up(tmp_path) -> None:
    with SharedJournal(str(tmp_path), BATCH) as file:
        file.write(reply(1))
        file.write(reply(2))
    head, first, second = _object(tmp_path).read_text().splitlines()
    newer = json.dumps(json.loads(second) | {"mood": "good"})
    _object(tmp_path).write_text("\n".join([head, first, newer]))
    shared_journal.note(tmp_path / "notes", BATCH, str(tmp_path))
    with pytest.raises(WorldError, match=rf"{BATCH}.jsonl in storage .*: 1 of its replies .* Update distillometer"):
        shared_journal.collect_replies(tmp_path / "notes", [BATCH])


def test_storage_that_fails_stops_the_asking(tmp_path) -> None:
    (tmp_path / "journal").write_text("no folder")
    with (
        pytest.raises(WorldError, match=rf"storage {tmp_path}: .*can't be .*every worker"),
        SharedJournal(str(tmp_path), BATCH),
    ):
        pass


def test_storage_of_no_known_kind_is_named() -> None:
    with (
        pytest.raises(WorldError, match="storage nonsense://x: it can't be used"),
        SharedJournal("nonsense://x", BATCH),
    ):
        pass


def _allowance(usd: float) -> Allowance:
    reservation = Reservation("number", "m", units_up(usd), BATCH)
    return Allowance(reservation, reservation.units, is_limited=True)


def _spend(file: SharedJournal, usd: float) -> bool:
    """Spend an amount; return whether it was there."""
    reserved = asyncio.run(file.account.reserve("m", usd))
    if reserved is not None:
        file.account.settle(reserved, usd)
    return reserved is not None


def test_an_allowance_is_spent_once_over_all_attempts_of_a_worker(storage, tmp_path) -> None:
    shared_journal.note(tmp_path / "notes", BATCH, storage)
    for amount, is_there in ((0.5, True), (0.25, True), (0.5, False)):
        with SharedJournal(storage, BATCH, _allowance(1.0)) as file:
            assert _spend(file, amount) == is_there
    assert shared_journal.spent_usd(tmp_path / "notes", BATCH, _allowance(1.0)) == 0.75
    other = Allowance(Reservation("another", "m", 10, BATCH), 10, is_limited=True)
    assert shared_journal.spent_usd(tmp_path / "notes", BATCH, other) == 0.0, "no worker has begun with it"


def test_what_a_lost_worker_had_counts_in_full_and_is_spent_by_nobody_else(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shared_journal, "LOST_AFTER_S", 0.0)
    storage, home = str(tmp_path / "storage"), Home(tmp_path)
    shared_journal.note(home.journal, BATCH, storage)
    lost = SharedJournal(storage, BATCH, _allowance(1.0))
    lost._save()  # As a worker leaves it that ends before its batch does.
    with SharedJournal(storage, BATCH, _allowance(1.0)) as file:
        assert not _spend(file, 0.01)
    assert shared_journal.spent_usd(home.journal, BATCH, _allowance(1.0)) is None


def test_the_next_run_learns_what_workers_of_an_earlier_one_have_spent(tmp_path) -> None:
    """The coordinator ends before it has settled two batches: of one the worker has ended, of the other it was lost."""
    home, storage = Home(tmp_path), str(tmp_path / "storage")
    with ledger.opened(home, "plan@R", BudgetPlan(usd=3.0)) as one:
        for batch, usd in (("ended", 1.0), ("lost", 0.5)):
            reserved = asyncio.run(one.reserve("m", usd, batch_id=batch))
            assert reserved is not None
            if batch == "ended":
                shared_journal.note(home.journal, batch, storage)
                with SharedJournal(storage, batch, Allowance(reserved, reserved.units, is_limited=True)) as file:
                    assert _spend(file, 0.25)
    assert ledger.spent(home, "plan@R").usd == 1.5
    with budgets.opened(home, "plan@R", BudgetPlan(usd=3.0)) as again:
        assert again.spent_usd == 0.75
    assert ledger.spent(home, "plan@R").usd == 0.75
