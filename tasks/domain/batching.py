"""Cuts requests into batches, and each model's batches into queues that run side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.card import Limits, ModelCard
from tasks.domain.ids import content_id
from tasks.domain.rows import Request

LEAST_QUEUES = 2
"""Two queues with half the limits each: while one waits for the last call of its batch, the other continues."""

USUAL_SIZE = 100
ROUNDS_PER_BATCH = 16
MOST_REQUESTS = 1000
"""A batch is a task of Prefect's, which costs as much as some twenty calls: it has enough calls to hide that cost."""

JOB_REQUESTS = 10_000
"""Requests of a batch that goes through the provider's batch endpoint; Prefect keeps its replies in one piece."""


@dataclass(frozen=True)
class Batch:
    """Requests to one model that are sent together; `card` has the limits of its queue."""

    batch_id: str
    number: int
    card: ModelCard
    requests: tuple[Request, ...]

    @property
    def title(self) -> str:
        """Name for people: model, number, size."""
        return f"{self.card.name} batch {self.number} ({len(self.requests)} requests)"


def _size(limits: Limits) -> int:
    return min(MOST_REQUESTS, max(USUAL_SIZE, ROUNDS_PER_BATCH * limits.concurrency))


def queues(requests: Sequence[Request], cards: dict[str, ModelCard], size: int | None) -> list[list[Batch]]:
    """Return queues of batches; the limits of a model's queues add up to the limits of its card.

    Args:
        requests: the requests to send, to any models.
        cards: the models' cards, by name.
        size: the most requests a batch holds; None: a number that suits its model's calls in flight.
    """
    by_model: dict[str, list[Request]] = {}
    for request in requests:
        by_model.setdefault(request.model, []).append(request)
    result: list[list[Batch]] = []
    for model, model_requests in by_model.items():
        limits = cards[model].limits
        is_batched = cards[model].is_batched
        most = size or (JOB_REQUESTS if is_batched else _size(limits))
        chunks = [model_requests[start : start + most] for start in range(0, len(model_requests), most)]
        # Several batches fill the calls in flight where one is too small, with one more to follow the first.
        wide = max(LEAST_QUEUES, -(-limits.concurrency // most) + 1)
        # A batch job takes hours, whatever else runs: as many run side by side as calls might be in flight.
        n_queues = min(limits.concurrency if is_batched else wide, limits.concurrency, len(chunks))
        for queue in range(n_queues):
            share = {
                "concurrency": limits.concurrency // n_queues + (queue < limits.concurrency % n_queues),
                "requests_per_minute": limits.requests_per_minute and limits.requests_per_minute / n_queues,
            }
            card = cards[model].model_copy(update={"limits": limits.model_copy(update=share)})
            result.append(
                [
                    Batch(content_id("batch", [r.request_id for r in chunk]), number, card, tuple(chunk))
                    for number, chunk in enumerate(chunks, start=1)
                    if (number - 1) % n_queues == queue
                ]
            )
    return result
