"""Records of batch jobs: what has an outcome leaves them, however the run ended that took it in."""

from dataclasses import replace

import pytest

from tasks.adapters.models.batch_jobs import job_records
from tasks.adapters.settings import home_at
from tasks.adapters.warehouse import journal, store
from tasks.adapters.warehouse.accounts import Account
from tasks.collect import generate, register_plan, store_replies
from tasks.domain.batching import Batch
from tasks.domain.rows import Reply
from tests.support.batch_asking import Killed, batch_of, killed_at_pause, records


@pytest.mark.fault
@pytest.mark.parametrize("n_kept", [1, 3])
@pytest.mark.parametrize("is_killed", [True, False])
def test_what_was_taken_in_before_a_run_ended_is_in_no_record(stub, tmp_path, monkeypatch, n_kept, is_killed) -> None:
    """Whether the next run has to move the replies into the warehouse, or the one that could not go on has done so."""
    home, written = home_at(tmp_path), []
    write = journal.Journal.write

    def write_and_end(self: journal.Journal, reply: Reply) -> None:
        write(self, reply)
        written.append(reply.request_id)
        if len(written) == n_kept:
            raise Killed

    batch, endpoint = batch_of(stub.base_url, 3)
    monkeypatch.setattr(journal.Journal, "write", write_and_end)
    with pytest.raises(BaseExceptionGroup) as raised:
        generate.send(batch, endpoint, None, home.journal, Account())
    assert raised.group_contains(Killed)
    monkeypatch.undo()
    [record] = records(home.journal / job_records.FOLDER)
    assert record["request_ids"] == ["r0", "r1", "r2"]
    if is_killed:
        with store.writing(home) as warehouse:
            register_plan.merge_journal(warehouse, home)
    else:
        store_replies.store_batch(home, batch, None)
    left = [one for one in batch.requests if one.request_id not in written]
    kept = records(home.journal / job_records.FOLDER)
    assert [one["request_ids"] for one in kept] == ([[one.request_id for one in left]] if left else [])
    rest = Batch("batch-2", 2, batch.card, tuple(left))
    outcomes = generate.send(rest, endpoint, None, home.journal, Account())
    assert sorted([*outcomes, *written]) == ["r0", "r1", "r2"]
    assert records(home.journal / job_records.FOLDER) == []
    assert (stub.batches.counts["submit"], len(stub.calls)) == (1, 3)


@pytest.mark.fault
def test_an_outcome_that_is_asked_again_leaves_its_request_in_the_record(stub, tmp_path) -> None:
    """It may be of an earlier job, which has expired: the record is of the one that was submitted since."""
    stub.batches.n_looks = 2
    killed_at_pause(stub, tmp_path / job_records.FOLDER)
    batch, _ = batch_of(stub.base_url, 3)
    [reply, *_] = generate.not_sent(batch.requests)
    job_records.release_settled(tmp_path, [reply])
    [record] = records(tmp_path / job_records.FOLDER)
    assert record["request_ids"] == ["r0", "r1", "r2"]
    job_records.release_settled(tmp_path, [replace(reply, reply_text="Yes.", missing_reason=None)])
    [record] = records(tmp_path / job_records.FOLDER)
    assert record["request_ids"] == ["r1", "r2"]
