"""Calls to judge models in the warehouse: registered once, and what came of them."""

from collections.abc import Sequence
from datetime import datetime

from tasks.adapters.store import Store
from tasks.domain.judging.calls import Answer, AskedJudge, JudgeCall
from tasks.domain.rows import Request, prompt_row, request_row


def register(
    warehouse: Store, asked: AskedJudge, calls: Sequence[tuple[str, JudgeCall]], at: datetime
) -> list[Request]:
    """Register calls, each with the id of the reply that it is about, and return those that have no answer yet.

    Equal replies of one target are one call.
    """
    if not calls:
        return []
    card, requests = asked.card.as_row(at), {call.request.request_id: call.request for _, call in calls}
    known = warehouse.read_columns("core.model", ["fingerprint", "card_text"], model=asked.card.name).rows()
    if known != [(card["fingerprint"], card["card_text"])]:
        warehouse.append("model", [card])
    warehouse.append("prompt", [prompt_row(call.prompt, at) for _, call in calls], key="prompt_id,prompt_set")
    warehouse.append("request", [request_row(request, at) for request in requests.values()], key="request_id")
    judgings = [asked.judging_row(call, reply_id, at) for reply_id, call in calls]
    warehouse.append("judging", judgings, key="request_id,reply_id")
    unanswered = set(warehouse.read_columns("core.unanswered_request", ["request_id"])["request_id"])
    return [request for request in requests.values() if request.request_id in unanswered]


def answers(warehouse: Store, request_ids: Sequence[str]) -> dict[str, Answer]:
    """Return what came of these calls, by request."""
    found = warehouse.read_columns("core.outcome", ["request_id", *Answer._fields], request_id=list(request_ids))
    return {request_id: Answer(*told) for request_id, *told in found.iter_rows()}
