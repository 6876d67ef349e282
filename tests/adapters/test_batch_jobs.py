"""Asking through the batch endpoint of a real server: each request is answered and paid for once, whatever happens."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tasks.adapters import waits
from tasks.adapters.models import throttles
from tasks.adapters.models.batch_jobs import job_records
from tasks.adapters.models.batch_jobs.job_waiting import LONGEST_PAUSE_S, MOST_LOST_LOOKS
from tasks.adapters.planning import plans
from tasks.adapters.prefect import call_limits
from tasks.adapters.settings import PROJECT, Home
from tasks.adapters.warehouse.accounts import Account
from tasks.collect import generate
from tasks.domain.batching import Batch, queues
from tasks.domain.errors import BatchIncomplete, InputError, WorldError
from tasks.domain.plan import Plan
from tasks.domain.workers import WorkersPlan
from tests.support.batch_asking import KEY, ask, batch_of, card_of, killed_at_pause, records, requests_for
from tests.support.full_disk import files_of_at_most


@pytest.fixture(autouse=True)
def _not_interrupted() -> Iterator[None]:
    yield
    throttles.interrupted.clear()


@pytest.mark.fault
def test_a_killed_run_submits_nothing_again_and_goes_on(stub, tmp_path) -> None:
    stub.batches.n_looks = 3
    killed_at_pause(stub, tmp_path)
    [record] = records(tmp_path)
    assert (record["file_id"], record["job_id"]) == ("file-1", "batch_1")
    assert KEY not in str(record)
    asked = ask(stub, tmp_path)
    assert asked.reasons == [None] * 3
    assert (stub.batches.counts["upload"], stub.batches.counts["submit"], len(stub.calls)) == (1, 1, 3)
    assert records(tmp_path) == []


WAITING = """
import sys
from pathlib import Path
from tasks.adapters.warehouse.accounts import Account
from tasks.collect.generate import send
from tests.support.batch_asking import batch_of
batch, endpoint = batch_of(sys.argv[1], 3)
send(batch, endpoint, None, Path(sys.argv[2]), Account())
"""


@pytest.mark.fault
@pytest.mark.slow
def test_after_kill_9_while_it_waits_the_replies_are_fetched(stub, tmp_path) -> None:
    stub.batches.n_looks = 2
    command = [sys.executable, "-c", WAITING, stub.base_url, str(tmp_path)]
    run = subprocess.Popen(command, cwd=PROJECT, start_new_session=True)
    assert stub.batches.looked.wait(120)
    os.kill(run.pid, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    batch, endpoint = batch_of(stub.base_url, 3)
    outcomes = generate.send(batch, endpoint, None, tmp_path, Account())
    assert sorted(outcomes) == ["r0", "r1", "r2"]
    assert all(reply.reply_text for reply in outcomes.values())
    assert (stub.batches.counts["submit"], len(stub.calls)) == (1, 3)


@pytest.mark.fault
def test_a_submission_whose_answer_got_lost_is_found_and_not_made_again(stub, tmp_path) -> None:
    stub.batches.page = 2
    for _ in range(3):  # Jobs of others, on several pages, are looked through.
        ask(stub, tmp_path, 1)
    stub.batches.faults.append(("submit", "lost"))
    asked = ask(stub, tmp_path)
    assert asked.reasons == [None] * 3
    assert stub.batches.counts["submit"] == len(stub.batches.jobs) == 4
    assert stub.batches.counts["list"] >= 1


@pytest.mark.fault
def test_a_submission_whose_answer_got_lost_with_the_process_is_found_by_the_next(stub, tmp_path) -> None:
    stub.batches.faults.append(("submit", "lost"))
    killed_at_pause(stub, tmp_path)
    [record] = records(tmp_path)
    assert record["job_id"] is None
    asked = ask(stub, tmp_path)
    assert asked.reasons == [None] * 3
    assert (stub.batches.counts["submit"], len(stub.calls)) == (1, 3)
    assert stub.batches.jobs["batch_1"].submitted["metadata"] == {"distillometer_job": record["content_id"]}


@pytest.mark.fault
def test_a_file_that_was_uploaded_and_not_submitted_is_submitted_by_the_next_run(stub, tmp_path) -> None:
    stub.batches.faults.append(("submit", "500"))
    account = Account()
    killed_at_pause(stub, tmp_path, account=account)
    asked = ask(stub, tmp_path, account=account)
    assert asked.reasons == [None] * 3
    assert len(stub.batches.jobs) == 1
    assert account.spent_usd == pytest.approx(sum(reply.cost_usd or 0.0 for reply in asked.replies.values()))


@pytest.mark.fault
def test_requests_of_a_job_may_be_asked_by_several_batches(stub, tmp_path) -> None:
    """As where a plan cuts its requests otherwise than the run that submitted them."""
    stub.batches.n_looks = 2
    killed_at_pause(stub, tmp_path)
    requests = requests_for(card_of(stub.base_url), 4)
    first, second = (ask(stub, tmp_path, requests=part) for part in (requests[:1], requests[1:]))
    assert (sorted(first.replies), sorted(second.replies)) == (["r0"], ["r1", "r2", "r3"])
    assert [len(job.lines) for job in stub.batches.jobs.values()] == [3, 1]
    assert records(tmp_path) == []


@pytest.mark.fault
@pytest.mark.parametrize(("status", "reason"), [("expired", "timeout"), ("cancelled", "cancelled")])
def test_what_a_job_has_answered_before_its_end_is_kept(stub, tmp_path, status, reason) -> None:
    stub.batches.end = (status, 2)
    account = Account()
    asked = ask(stub, tmp_path, account=account)
    assert asked.reasons == [None, None, reason]
    assert account.spent_usd == pytest.approx(sum(reply.cost_usd or 0.0 for reply in asked.replies.values()))
    stub.batches.end = ("completed", None)
    left = [one for one in requests_for(card_of(stub.base_url), 3) if asked.replies[one.request_id].missing_reason]
    assert ask(stub, tmp_path, requests=left).reasons == [None]
    assert [len(job.lines) for job in stub.batches.jobs.values()] == [3, 1]


@pytest.mark.fault
@pytest.mark.parametrize(("status", "is_retryable"), [("expired", True), ("cancelled", False)])
def test_an_expired_job_is_worth_a_second_attempt_in_the_same_run(stub, tmp_path, status, is_retryable) -> None:
    """Prefect makes it where the error says so, once."""
    stub.batches.end = (status, 1)
    batch, endpoint = batch_of(stub.base_url, 3)
    with pytest.raises(BatchIncomplete, match="2 of 3 requests have no reply") as raised:
        generate.send(batch, endpoint, None, tmp_path, Account())
    assert raised.value.is_retryable == is_retryable
    assert "Run the same command again" in str(raised.value)
    stub.batches.end = ("completed", None)
    outcomes = generate.send(batch, endpoint, None, tmp_path, Account())
    assert all(reply.reply_text for reply in outcomes.values())
    assert [len(job.lines) for job in stub.batches.jobs.values()] == [3, 2]


@pytest.mark.fault
@pytest.mark.parametrize(
    ("code", "reason", "remedy"),
    [
        ("invalid_json_line", "bad_request", "correct the card or plan"),
        ("token_limit_exceeded", "rate_limited", "Run the same command again"),
    ],
)
def test_a_refused_file_says_why_and_what_to_do(stub, tmp_path, code, reason, remedy) -> None:
    stub.batches.end, stub.batches.refusal = ("failed", 0), {"code": code, "message": "It is not right.", "line": 2}
    batch, endpoint = batch_of(stub.base_url, 3)
    account = Account()
    with pytest.raises(BatchIncomplete) as raised:
        generate.send(batch, endpoint, None, tmp_path, account)
    said = str(raised.value)
    assert "It is not right. (line 2)" in said
    assert f"3 {reason}" in said
    assert remedy in said
    assert raised.value.is_endpoint_lost
    assert account.spent_usd == 0.0
    assert records(tmp_path / job_records.FOLDER) == []


@pytest.mark.fault
@pytest.mark.parametrize("route", ["upload", "submit", "fetch"])
def test_what_passes_by_itself_is_tried_again_after_the_pause_that_is_asked_for(stub, tmp_path, route) -> None:
    stub.batches.faults += [(route, "500"), (route, "429-after-77")]
    asked = ask(stub, tmp_path)
    assert asked.reasons == [None] * 3
    assert asked.pauses == [1.0, 77.0]
    assert len(stub.batches.jobs) == 1


@pytest.mark.fault
@pytest.mark.parametrize("route", ["upload", "submit", "look", "fetch"])
@pytest.mark.parametrize(("status", "reason"), [("401", "wrong_key"), ("402", "no_credit"), ("404", "not_found")])
def test_what_does_not_pass_stops_the_model_and_loses_no_job(stub, tmp_path, route, status, reason) -> None:
    stub.batches.faults.append((route, status))
    account = Account()
    asked = ask(stub, tmp_path, account=account)
    assert asked.asker.stopped_by is not None
    assert (asked.asker.stopped_by.reason, asked.replies) == (reason, {})
    if route in ("upload", "submit"):
        assert (records(tmp_path), account.spent_usd) == ([], 0.0)
    again = ask(stub, tmp_path, account=account)
    assert again.reasons == [None] * 3
    assert len(stub.batches.jobs) == 1
    assert account.spent_usd == pytest.approx(sum(reply.cost_usd or 0.0 for reply in again.replies.values()))


@pytest.mark.fault
def test_a_job_that_is_not_there_says_where_its_record_is(stub, tmp_path) -> None:
    stub.batches.n_looks = 2
    killed_at_pause(stub, tmp_path)
    del stub.batches.jobs["batch_1"]
    asked = ask(stub, tmp_path)
    [path] = tmp_path.glob("*.json")
    assert asked.asker.stopped_by is not None
    assert f"remove {path}" in asked.asker.stopped_by.text
    path.unlink()
    assert ask(stub, tmp_path).reasons == [None] * 3


def test_pauses_between_looks_grow_up_to_a_minute(stub, tmp_path) -> None:
    stub.batches.n_looks = 20
    asked = ask(stub, tmp_path)
    assert asked.pauses == sorted(asked.pauses)
    assert (len(asked.pauses), asked.pauses[-1]) == (19, LONGEST_PAUSE_S)
    assert asked.pauses[0] < 5


@pytest.mark.fault
def test_looks_that_fail_are_made_again_after_the_pause_that_is_asked_for(stub, tmp_path) -> None:
    stub.batches.n_looks = 2
    stub.batches.faults += [("look", "500"), ("look", "429-after-200"), ("look", "after-300")]
    asked = ask(stub, tmp_path)
    assert asked.reasons == [None] * 3
    assert asked.pauses == [2.0, 200.0, 300.0]


@pytest.mark.fault
def test_looks_that_fail_again_and_again_end_the_run_and_not_the_job(stub, tmp_path) -> None:
    stub.batches.faults += [("look", "500")] * (MOST_LOST_LOOKS + 1)
    asked = ask(stub, tmp_path)
    assert asked.asker.stopped_by is not None
    assert (asked.asker.stopped_by.reason, len(asked.pauses)) == ("server_error", MOST_LOST_LOOKS)
    assert ask(stub, tmp_path).reasons == [None] * 3
    assert len(stub.batches.jobs) == 1


def test_who_is_waited_for_is_said(stub, tmp_path) -> None:
    said: list[str] = []
    stub.batches.n_looks = 2
    ask(stub, tmp_path, at_pause=lambda number: said.extend(waits.texts()))
    [text] = [line for line in said if line.startswith("model m")]
    assert f"model m at {stub.base_url}, batch job batch_1, in_progress, 0 of 3 answered; looked at again at" in text


@pytest.mark.fault
def test_a_stopped_run_leaves_the_job_and_says_how_to_go_on(stub, tmp_path, capsys) -> None:
    stub.batches.n_looks = 3
    asked = ask(stub, tmp_path, at_pause=lambda number: throttles.interrupted.set())
    assert (asked.replies, asked.asker.stopped_by) == ({}, None)
    said = capsys.readouterr().err
    assert "batch job batch_1 goes on. The same command fetches its replies" in said
    throttles.interrupted.clear()
    assert ask(stub, tmp_path).reasons == [None] * 3
    assert len(stub.batches.jobs) == 1


@pytest.mark.fault
def test_a_disk_that_fills_while_replies_are_fetched_is_said_and_loses_no_job(stub, tmp_path) -> None:
    n = 60
    stub.batches.n_looks = 2
    killed_at_pause(stub, tmp_path, n)
    with pytest.raises(WorldError, match=r"it can't be written: .* is full"), files_of_at_most(4_096):
        ask(stub, tmp_path, n)
    assert ask(stub, tmp_path, n).reasons == [None] * n
    assert len(stub.batches.jobs) == 1


@pytest.mark.fault
def test_a_damaged_record_is_named(stub, tmp_path) -> None:
    (tmp_path / "odd.json").write_text("{}")
    with pytest.raises(WorldError, match=r"odd\.json: the file says of no batch job"):
        ask(stub, tmp_path)


@pytest.mark.fault
def test_a_key_that_the_endpoint_repeats_is_kept_nowhere(stub, tmp_path) -> None:
    stub.batches.end, stub.batches.refusal = ("failed", 0), {"code": "odd", "message": f"Your key {KEY} is odd."}
    asked = ask(stub, tmp_path)
    assert {reply.error_text for reply in asked.replies.values()} == {
        "the batch endpoint refused the whole file: Your key (key) is odd."
    }
    assert KEY not in str(asked.asker.stopped_by)


def test_a_model_has_jobs_of_many_requests_side_by_side() -> None:
    card = card_of("https://example.org/v1")
    requests = requests_for(card, 25_000)
    cut = [[len(batch.requests) for batch in queue] for queue in queues(requests, {"m": card}, None)]
    assert cut == [[10_000], [10_000], [5_000]]


@pytest.mark.fault
def test_workers_elsewhere_send_nothing_through_a_batch_endpoint(tmp_path) -> None:
    card = card_of("http://127.0.0.1:9/v1")
    plan = Plan.model_validate(
        {"name": "p", "models": ["m"], "prompts": [{"set": "general"}], "workers": {"runner": "dask"}}
    )
    with pytest.raises(InputError, match=r"model m, plan p, key 'workers\.runner'.*Leave out \[workers\]"):
        plans.require_cards([card], plan, Home(tmp_path))
    plans.require_cards([card], plan.model_copy(update={"workers": WorkersPlan()}), Home(tmp_path))


def test_a_limit_of_calls_in_flight_holds_no_slot_for_hours() -> None:
    card = card_of("http://127.0.0.1:9/v1", key_env="SOME_KEY")
    single = card_of("http://127.0.0.1:9/v1", key_env="SOME_KEY", batch=False)
    assert [call_limits.of({"SOME_KEY": "slots"}, one) for one in (single, card)] == ["slots", None]


def test_the_interface_is_that_of_single_calls(stub, tmp_path) -> None:
    """The flow is the same: a batch of a card without the key is sent call by call."""
    batch, endpoint = batch_of(stub.base_url, 3)
    single = batch.card.model_copy(update={"endpoint": batch.card.endpoint.model_copy(update={"batch": False})})
    for card in (single, batch.card):
        outcomes = generate.send(
            Batch(card.name, 1, card, batch.requests), endpoint, None, tmp_path / str(card.is_batched), Account()
        )
        assert all(reply.reply_text for reply in outcomes.values())
    assert (len(stub.calls), len(stub.batches.jobs)) == (6, 1)
    assert single.fingerprint == batch.card.fingerprint
