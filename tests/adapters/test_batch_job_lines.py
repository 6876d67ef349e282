"""Lines of a batch job's result files: each becomes the outcome of its request, whatever it holds."""

import io
import json
from typing import Any

import pytest

from tasks.adapters.models.batch_jobs import job_files
from tasks.adapters.models.calls import Answer
from tasks.adapters.models.failures import Failure
from tests.support.batch_asking import ask, records


def test_lines_in_any_order_become_the_replies_of_their_requests(stub, tmp_path) -> None:
    asked = ask(stub, tmp_path)
    assert asked.reasons == [None] * 3
    [job] = stub.batches.jobs.values()
    assert [line["custom_id"] for line in job.lines] == ["r0", "r1", "r2"]
    answered = {call.messages[0]["content"]: call for call in stub.calls}
    assert [call.messages[0]["content"] for call in stub.calls] == sorted(answered, reverse=True)
    for reply in asked.replies.values():
        assert reply.reply_text
        assert (reply.n_attempts, reply.source, reply.latency_ms, reply.finish_reason) == (1, "asked", None, "stop")
        assert (reply.prompt_tokens or 0) > 0
        assert (reply.completion_tokens or 0) > 0
    assert records(tmp_path) == []
    assert stub.batches.counts["list"] == 0


def test_no_file_is_larger_than_the_endpoint_takes() -> None:
    assert (job_files.MOST_LINES, job_files.MOST_BYTES) == (50_000, 200_000_000)
    lines = [b"x" * size for size in (4, 4, 4, 20, 1, 1)]
    assert job_files.cut(lines, 2, 10) == [slice(0, 2), slice(2, 3), slice(3, 4), slice(4, 6)]
    assert job_files.cut(lines, 10, 100) == [slice(0, 6)]
    assert job_files.cut([], 2, 10) == []
    assert [len(lines[part]) for part in job_files.cut(lines, 1, 100)] == [1] * 6


def outcome(**row: Any) -> Answer | Failure:
    file = io.BytesIO(json.dumps({"custom_id": "r", **row}).encode())
    [(request_id, result)] = job_files.outcomes(file)
    assert request_id == "r"
    return result


def _status(status: int, code: str, message: str = "No.") -> dict[str, Any]:
    return {"response": {"status_code": status, "body": {"error": {"message": message, "code": code, "type": code}}}}


@pytest.mark.fault
@pytest.mark.parametrize(
    ("row", "reason", "is_transient", "is_unbilled"),
    [
        (_status(429, "rate_limit_exceeded"), "rate_limited", True, True),
        (_status(429, "insufficient_quota"), "no_credit", False, True),
        (_status(400, "content_filter"), "content_filter", False, True),
        (_status(400, "invalid_request_error"), "bad_request", False, True),
        (_status(404, "model_not_found"), "not_found", False, True),
        (_status(500, "server_error"), "server_error", True, False),
        ({"response": {"status_code": 500, "body": "no JSON"}}, "server_error", True, False),
        ({"response": {"status_code": 200, "body": {"choices": []}}}, "malformed_reply", True, False),
        ({"response": {"status_code": 200, "body": None}}, "malformed_reply", True, False),
        ({"response": None, "error": {"code": "batch_expired", "message": "Late."}}, "timeout", True, True),
        ({"response": None, "error": {"code": "batch_cancelled", "message": "Off."}}, "cancelled", False, True),
        ({"response": None, "error": {"code": "odd"}}, "server_error", True, False),
        ({}, "server_error", True, False),
        ({"response": "odd"}, "server_error", True, False),
    ],
)
def test_a_line_without_a_text_has_the_reason_of_a_call(row, reason, is_transient, is_unbilled) -> None:
    failure = outcome(**row)
    assert isinstance(failure, Failure)
    assert (failure.reason, failure.is_transient, failure.is_unbilled) == (reason, is_transient, is_unbilled)


@pytest.mark.fault
def test_lines_that_hold_no_outcome_cost_themselves_alone() -> None:
    good = json.dumps({"custom_id": "r", "response": {"status_code": 200, "body": {"choices": []}}}).encode()
    too_long = b'{"custom_id": "long", "x": "' + b"a" * (2 * job_files.MOST_LINE_BYTES) + b'"}'
    lines = [b"", b"no JSON", b"[1]", b'{"custom_id": 3}', b"[" * 200_000, too_long, good]
    assert [request_id for request_id, _ in job_files.outcomes(io.BytesIO(b"\n".join(lines)))] == ["r"]


@pytest.mark.fault
def test_errors_of_single_lines_are_the_outcomes_of_their_requests(stub, tmp_path) -> None:
    stub.faults.append((lambda call: "number 1 " in call.messages[0]["content"], "429"))
    stub.batches.extra_lines = [b"odd", b'{"custom_id": "of another plan", "response": null}']
    asked = ask(stub, tmp_path)
    assert asked.reasons == [None, "rate_limited", None]
    assert records(tmp_path) == []


@pytest.mark.fault
def test_a_request_without_a_line_is_missing(stub, tmp_path) -> None:
    stub.batches.end = ("completed", 2)
    asked = ask(stub, tmp_path)
    assert asked.reasons == [None, None, "malformed_reply"]
    assert "hold no line for it" in (asked.replies["r2"].error_text or "")
