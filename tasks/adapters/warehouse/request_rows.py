"""Calls in the warehouse: registered in one way, whatever they are for."""

from collections.abc import Iterable
from datetime import datetime

from tasks.adapters.warehouse.store import Store
from tasks.domain.rows import Purpose, Request, request_row


def register_requests(warehouse: Store, requests: Iterable[Request], purpose: Purpose, at: datetime) -> None:
    """Register calls for `purpose` that are wanted at `at`.

    One that is there already stays as it was, but has the later of its purposes from now on.
    """
    warehouse.append("request", [request_row(request, purpose, at) for request in requests])
