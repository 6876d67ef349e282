"""Ranges of cost and time of a stage's calls: from recorded answers where there are any, else up to their limit."""

import random
from typing import Any

import pytest

from tasks.domain.card import ModelCard
from tasks.domain.cost_range import Recorded, StageCalls, stage_range, total_range

PRICE = {"input_usd": 1.0, "output_usd": 10.0, "as_of": "2026-11-01"}
PAID = {"provider": "openai_compatible", "base_url": "https://api.example.com/v1", "served_name": "m"}


def calls(n_least: int, n_most: int, answer_tokens: int | None, **card: Any) -> StageCalls:
    content = {
        "name": "m",
        "vendor": "v",
        "endpoint": PAID,
        "price": PRICE,
        "limits": {"concurrency": 2, "timeout_s": 60},
    }
    return StageCalls(
        "replies", ModelCard.model_validate(content | card), n_least, n_most, 0, (100, 200), answer_tokens
    )


def test_without_records_a_cost_goes_up_to_the_limit_of_answers_and_a_time_up_to_the_time_limit() -> None:
    found = stage_range(calls(10, 20, 1000), Recorded())
    assert found.usd == pytest.approx(((10 * 100 + 10 * 10) / 1e6, (20 * 200 + 20 * 1000 * 10) / 1e6))
    assert found.seconds == (0.0, 20 * 60 / 2)
    assert found.basis == "at most 1000 tokens an answer"
    assert stage_range(calls(10, 20, None), Recorded()).usd == (pytest.approx(0.0011), None)


def test_recorded_answers_give_the_range_of_their_sum() -> None:
    recorded = Recorded((), [100.0] * 50, [2000.0] * 50)
    found = stage_range(calls(10, 10, 1000), recorded)
    assert found.usd == pytest.approx(((10 * 100 + 1000 * 10) / 1e6, (10 * 200 + 1000 * 10) / 1e6))
    assert found.seconds == (10.0, 10.0)
    assert found.basis == "50 recorded answers"
    # No more than the limit allows now, were the recorded ones longer.
    assert stage_range(calls(10, 10, 50), recorded).usd == pytest.approx(((1000 + 5000) / 1e6, (2000 + 5000) / 1e6))


def test_the_range_of_a_sum_holds_it_as_often_as_it_says() -> None:
    """With recorded and new answers from one distribution; 400 draws, of which 95 % are expected to be inside."""
    rng, n_inside = random.Random(5), 0
    for _ in range(400):
        low, high = total_range([rng.gammavariate(2, 100) for _ in range(60)], 40, 40)
        n_inside += low <= sum(rng.gammavariate(2, 100) for _ in range(40)) <= high
    assert 0.90 <= n_inside / 400 <= 0.99


def test_a_limit_of_calls_a_minute_sets_the_least_time() -> None:
    limits = {"concurrency": 10, "requests_per_minute": 30}
    found = stage_range(calls(60, 60, 10, limits=limits), Recorded((), [1.0], [1.0]))
    assert found.seconds == (120.0, 120.0)


def test_what_this_machine_serves_is_free_and_an_unknown_price_is_no_zero() -> None:
    local = stage_range(
        calls(10, 10, None, price=None, endpoint={"provider": "llama_cpp", "gguf_path": "a"}), Recorded()
    )
    assert (local.usd, local.basis) == ((0.0, 0.0), "served by this machine")
    unknown = stage_range(calls(10, 10, 10, price=None), Recorded())
    assert (unknown.usd, unknown.basis) == (None, "the card has no price")


def test_the_batch_endpoint_costs_half_and_takes_up_to_a_day() -> None:
    single, batched = (calls(10, 20, 1000, endpoint=PAID | {"batch": batch}) for batch in (False, True))
    found = stage_range(batched, Recorded((), (), [1.0] * 5))
    assert found.usd == pytest.approx([usd / 2 for usd in stage_range(single, Recorded()).usd or ()])
    assert found.seconds == (0.0, 24 * 3600)
    assert stage_range(calls(0, 0, 1000, endpoint=PAID | {"batch": True}), Recorded()).seconds == (0.0, 0.0)
