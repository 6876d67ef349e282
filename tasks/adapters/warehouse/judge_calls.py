"""Calls to judge models in the warehouse: registered once, and what came of them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from tasks.adapters.settings import Home
from tasks.adapters.warehouse import journal
from tasks.adapters.warehouse.request_rows import register_requests
from tasks.adapters.warehouse.store import Store, inspecting
from tasks.domain.judging.calls import JudgeCall, ModelJudge
from tasks.domain.judging.judge import NOT_ASKED, Answer
from tasks.domain.rows import Request, prompt_row


def register(
    warehouse: Store, asked: ModelJudge, calls: Sequence[tuple[str, JudgeCall]], at: datetime
) -> list[Request]:
    """Register calls, each with the id of the reply that it is about, and return those that have no answer yet.

    Equal replies of one target are one call.
    """
    if not calls:
        return []
    requests = {call.request.request_id: call.request for _, call in calls}
    warehouse.append("model", [asked.card.as_row(at)])
    warehouse.append("prompt", [prompt_row(call.prompt, at) for _, call in calls])
    register_requests(warehouse, requests.values(), "judge", at)
    warehouse.append("judge_call", [asked.judge_call_row(call, reply_id, at) for reply_id, call in calls])
    unanswered = set(warehouse.read_columns("core.unanswered_request", ["request_id"])["request_id"])
    return [request for request in requests.values() if request.request_id in unanswered]


def kept(home: Home, request_ids: Collection[str]) -> dict[str, Answer]:
    """Return what came of these calls, from the warehouse and the journal; for when nobody writes yet."""
    found: dict[str, Answer] = {}
    if home.warehouse.exists():
        with inspecting(home) as warehouse:
            found = answers(warehouse, request_ids)
    for path in journal.files(home.journal):
        for reply in journal.read(path):
            if reply.request_id in request_ids and not found.get(reply.request_id, NOT_ASKED).is_settled:
                found[reply.request_id] = Answer(
                    reply.reply_text, reply.missing_reason, reply.prompt_tokens, reply.completion_tokens
                )
    return found


def under_way(warehouse: Store, request_ids: Collection[str], since: datetime) -> tuple[float, int]:
    """Return how many seconds calls were under way, the first one's start to the last one's end, and how many answered.

    Args:
        warehouse: where their outcomes are.
        request_ids: the calls.
        since: when they were put; what came before is of another run.
    """
    columns = ["reply_text", "replied_at", "latency_ms"]
    known = warehouse.read_columns("core.outcome", columns, request_id=list(request_ids)).drop_nulls("replied_at")
    ended = [(text, at, timedelta(milliseconds=ms or 0)) for text, at, ms in known.iter_rows() if at >= since]
    if not ended:
        return 0.0, 0
    took: timedelta = max(at for _, at, _ in ended) - min(at - latency for _, at, latency in ended)
    return took.total_seconds(), sum(text is not None for text, _, _ in ended)


def answers(warehouse: Store, request_ids: Collection[str]) -> dict[str, Answer]:
    """Return what came of these calls, by request."""
    found = warehouse.read_columns("core.outcome", ["request_id", *Answer._fields], request_id=list(request_ids))
    return {row["request_id"]: Answer.of(row) for row in found.iter_rows(named=True)}
