"""What asking makes of an endpoint that refuses calls with 429 and says nothing of when to come back.

Run from the project's root: `python -m benchmarks.throttling`. One endpoint takes four calls at once, the other 50 a
second; both answer a call after 200 ms. The calls are asked as one batch, and as batches of 50 one after the other.
"""

import random
import time
from typing import Any

from benchmarks.asking import card_of, requests_of
from benchmarks.fast_endpoint import Capacity, fast_endpoint, seen
from benchmarks.measuring import Measure

CALLS = 400
IN_FLIGHT = 32
CAPACITIES = {
    "4 at once": Capacity(0.2, most_at_once=4),
    "50 a second": Capacity(0.2, most_per_second=50.0),
}
"""By what the note says of them."""


def _asked(base_url: str, size: int) -> int:
    """Ask all calls in batches of `size`, each on a line of its own; return how many were answered."""
    from tasks.adapters.models.asking import Asker
    from tasks.adapters.models.providers.openai_compatible import ResolvedEndpoint

    card, replies = card_of(base_url, IN_FLIGHT), list[Any]()
    endpoint, requests = ResolvedEndpoint(base_url, "fast"), requests_of(CALLS, "throttled")
    for start in range(0, len(requests), size):
        asker = Asker(card, endpoint, replies.append, random.Random(start))
        asker.ask(requests[start : start + size], is_alone=True)
    return sum(reply.reply_text is not None for reply in replies)


def measure() -> list[Measure]:
    """Return a measure for each endpoint and size of batch."""
    measures = []
    for takes, capacity in CAPACITIES.items():
        for size in (CALLS, 50):
            with fast_endpoint(capacity) as base_url:
                started = time.perf_counter()
                n_answered = _asked(base_url, size)
                seconds = time.perf_counter() - started
                saw = seen(base_url)
            note = f"{n_answered} answered, {saw['refused']} refused with 429, {n_answered / seconds:.0f} answers/s"
            stated = f"{CALLS:,} calls in batches of {size:,}, {IN_FLIGHT} in flight; the endpoint takes {takes}"
            measures.append(Measure("asking an endpoint that says 429", stated, seconds, note=note))
    return measures


if __name__ == "__main__":
    for one in measure():
        print(f"{one.work} {one.stated_input}: {one.seconds:.2f} s; {one.note}", flush=True)
