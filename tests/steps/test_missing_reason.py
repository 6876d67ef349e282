"""There is one list of reasons: what is stored is on it, and SQL and Python agree on what is asked again."""

from datetime import datetime

import pytest

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import journal, store
from tasks.adapters.warehouse.request_rows import register_requests
from tasks.domain.judging.label_rows import LabelKey, missing_label_row
from tasks.domain.missing_reason import MissingReason
from tasks.domain.rows import Message, Reply, Request
from tasks.domain.rse.grade_rows import PairGradeKey, ungraded_row

AT = datetime(2026, 1, 5)
OF_CALLS = [
    reason
    for reason in MissingReason
    if reason.value in {"empty_reply", "content_filter", "malformed_reply", "bad_request", "reply_too_large"}
    or reason is MissingReason.STOPPED_BY_BUDGET
    or reason.is_transient
    or reason.is_of_endpoint
]


def _reply(reason: MissingReason) -> Reply:
    return Reply(f"reply {reason}", str(reason), None, reason, None, None, None, None, None, 1, AT, "asked")


def test_sql_asks_again_what_python_does(tmp_path) -> None:
    requests = [Request(str(reason), "m", "f", "p", 0, "R", (Message("user", "?"),)) for reason in OF_CALLS]
    with store.writing(Home(tmp_path)) as warehouse:
        register_requests(warehouse, requests, "reply", AT)
        warehouse.append("reply", [_reply(reason) for reason in OF_CALLS])
        settled = warehouse.read("core.outcome", is_settled=True)["missing_reason"].to_list()
        waiting = warehouse.read("core.unanswered_request")["request_id"].to_list()
    assert len(OF_CALLS) == 15
    assert set(settled) == {reason for reason in OF_CALLS if reason.is_final}
    assert set(waiting) == {reason for reason in OF_CALLS if not reason.is_final}


def test_a_verdict_of_nothing_to_read_says_nothing_against_its_judge(tmp_path) -> None:
    """What the check leaves out is what is never put to a judge again."""
    with store.writing(Home(tmp_path)) as warehouse:
        for judge in MissingReason:
            rows = [missing_label_row(LabelKey(f"reply {n}", judge.value, "1", 0, AT), judge) for n in range(3)]
            warehouse.append("judge_label", rows)
        blamed = set(warehouse.query("select judge from audit.label_unreadable")["judge"])
    assert {MissingReason.EMPTY_REPLY, MissingReason.FAILED_CALL} == {
        reason for reason in MissingReason if reason.is_final and reason not in blamed
    }


@pytest.mark.parametrize("make", [
    lambda reason: _reply(reason),
    lambda reason: missing_label_row(LabelKey("r", "j", "1", 0, AT), reason),
    lambda reason: ungraded_row(PairGradeKey("r", "s", "j", "1", AT), reason),
])  # fmt: skip
def test_what_is_not_on_the_list_becomes_no_row(make) -> None:
    with pytest.raises(ValueError, match="'gone fishing' is not a valid MissingReason"):
        make("gone fishing")


def test_a_journal_gives_the_reason_back(tmp_path) -> None:
    with journal.Journal(tmp_path, "batch") as file:
        file.write(_reply(MissingReason.TIMEOUT))
        assert [reply.missing_reason for reply in file.replies] == [MissingReason.TIMEOUT]
    assert '"missing_reason": "timeout"' in file.path.read_text()
