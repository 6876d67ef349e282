"""Batches hold every request once, and a model's queues together work its endpoint as hard as its card allows."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.batching import LEAST_QUEUES, MOST_REQUESTS, USUAL_SIZE, Batch, queues
from tasks.domain.card import HostedEndpoint, Limits, ModelCard
from tasks.domain.rows import Request


def card(name: str, limits: Limits) -> ModelCard:
    endpoint = HostedEndpoint(provider="openai_compatible", base_url="http://localhost/v1", served_name=name)
    return ModelCard(name=name, vendor="v", endpoint=endpoint, limits=limits)


def requests(model: str, n: int) -> list[Request]:
    return [Request(f"{model}{number}", model, "f", f"p{number}", 0, "r", ()) for number in range(n)]


limits = st.builds(
    Limits,
    concurrency=st.integers(1, 50),
    requests_per_minute=st.none() | st.floats(0.5, 1000),
    timeout_s=st.floats(1, 100),
)
models = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.tuples(st.integers(0, 40), limits))


@given(models, st.integers(1, 12), st.randoms(use_true_random=False))
def test_queues(wanted, size, dice) -> None:
    cards = {name: card(name, limit) for name, (_, limit) in wanted.items()}
    every = [request for name, (n, _) in wanted.items() for request in requests(name, n)]
    dice.shuffle(every)
    found = queues(every, cards, size)

    asked = Counter(request.request_id for queue in found for batch in queue for request in batch.requests)
    assert asked == Counter(request.request_id for request in every)

    batches = [batch for queue in found for batch in queue]
    assert all(1 <= len(batch.requests) <= size for batch in batches)
    assert len({batch.batch_id for batch in batches}) == len(batches)
    for name, (n, limit) in wanted.items():
        mine = [queue for queue in found if queue[0].card.name == name]
        n_batches = -(-n // size)
        assert sorted(batch.number for queue in mine for batch in queue) == list(range(1, n_batches + 1))
        assert len(mine) >= min(LEAST_QUEUES, limit.concurrency, n_batches)
        # Without the one that is at its last calls, the others' batches fill what the card allows.
        assert len(mine) == n_batches or (len(mine) - 1) * size >= limit.concurrency or len(mine) == limit.concurrency
        if not mine:
            continue
        in_order = sorted((batch for queue in mine for batch in queue), key=lambda batch: batch.number)
        assert [r for batch in in_order for r in batch.requests] == [r for r in every if r.model == name]
        assert all(batch.card == queue[0].card for queue in mine for batch in queue)
        given_limits = [queue[0].card.limits for queue in mine]
        assert sum(one.concurrency for one in given_limits) == limit.concurrency
        assert all(one.concurrency >= 1 for one in given_limits)
        rates = [one.requests_per_minute for one in given_limits]
        if limit.requests_per_minute is None:
            assert set(rates) == {None}
        else:
            assert sum(rates) == pytest.approx(limit.requests_per_minute)
        assert {(one.timeout_s, one.max_attempts) for one in given_limits} == {(limit.timeout_s, limit.max_attempts)}


def test_batch_ids_follow_their_requests() -> None:
    cards = {"a": card("a", Limits()), "b": card("b", Limits(concurrency=1))}

    def ids(n: int, size: int, extra: list[Request]) -> set[str]:
        return {batch.batch_id for queue in queues([*requests("a", n), *extra], cards, size) for batch in queue}

    assert ids(6, 3, []) == ids(6, 3, [])
    assert ids(6, 3, []) < ids(6, 3, requests("b", 2))
    assert ids(6, 3, []) < ids(9, 3, [])
    assert not ids(6, 3, []) & ids(6, 2, [])


def test_limits_are_no_part_of_a_batch_id() -> None:
    slow, fast = ({"a": card("a", Limits(concurrency=n))} for n in (1, 9))
    [[first]], [[second]] = queues(requests("a", 3), slow, 5), queues(requests("a", 3), fast, 5)
    assert first.batch_id == second.batch_id
    assert first.card.fingerprint == second.card.fingerprint


def test_batch_size_splits_the_last_one_smaller() -> None:
    found = queues(requests("a", 7), {"a": card("a", Limits(concurrency=3))}, 3)
    assert [[(batch.number, len(batch.requests)) for batch in queue] for queue in found] == [[(1, 3), (3, 1)], [(2, 3)]]


@pytest.mark.parametrize(("concurrency", "size"), [(1, USUAL_SIZE), (16, 256), (64, MOST_REQUESTS)])
def test_left_out_a_batch_grows_with_the_calls_in_flight(concurrency, size) -> None:
    found = queues(requests("a", 3000), {"a": card("a", Limits(concurrency=concurrency))}, None)
    assert max(len(batch.requests) for queue in found for batch in queue) == size


def test_title() -> None:
    batch = Batch("id", 2, card("a", Limits()), tuple(requests("a", 3)))
    assert batch.title == "a batch 2 (3 requests)"
