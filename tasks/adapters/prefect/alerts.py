"""Sends drift alerts to Prefect's automations and to a webhook."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
from prefect.events import emit_event

from tasks.adapters.secrets import secret
from tasks.domain.ids import content_id

EVENT = "distillometer.drift"
TIMEOUT_S = 10.0


def emit(target: str, payload: Mapping[str, Any]) -> None:
    """Emit the event `distillometer.drift` about one model; sent again, it is the same event."""
    emit_event(
        event=EVENT,
        resource={"prefect.resource.id": f"distillometer.model.{target}", "prefect.resource.name": target},
        payload=dict(payload),
        id=UUID(content_id(EVENT, target, payload["round"], payload["earlier_round"])),
    )


def post(variable: str, payloads: Sequence[Mapping[str, Any]]) -> str | None:
    """Send the payloads as JSON to the URL in environment variable `variable`; return a failure's reason, or None.

    The URL may hold a token, so no reason repeats it.
    """
    url = secret(variable)
    if url is None:
        return f"{variable} is not set: set it to the webhook's URL, or take 'drift.webhook_env' out of the plan."
    try:
        answer = httpx.post(url, json={"event": EVENT, "drift": list(payloads)}, timeout=TIMEOUT_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"the webhook of {variable} can't be reached ({type(error).__name__}): see that its URL is right."
    if answer.is_success:
        return None
    return f"the webhook of {variable} answered {answer.status_code}: see that its URL is right."
