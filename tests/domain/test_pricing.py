"""What calls cost, and come to at most before they are made."""

import pytest

from tasks.domain import registry
from tasks.domain.card import FREE, ModelCard, Price
from tasks.domain.plan import RsePlan
from tasks.domain.pricing import asks_for_cost, call_usd, cost_of, greatest_usd, most_usd
from tasks.domain.rows import Message, Request
from tasks.domain.rse import pair_judges
from tasks.domain.rse.grading import Grading, longest_call

PRICE = Price(input_usd=2, output_usd=10, as_of="2026-01-01")


def test_calls_cost_at_most_what_the_longest_does_each() -> None:
    longest = (Message("system", "x" * 400), Message("user", "塩" * 400), Message("assistant", None))
    assert most_usd(3, longest, 50, PRICE) == pytest.approx(3 * call_usd(400, 50, PRICE))
    assert call_usd(400, 50, PRICE) == pytest.approx(0.0013)


def test_no_pair_of_replies_makes_a_longer_call() -> None:
    judge = registry.load(pair_judges, "pair_grade")
    length = sum(len(turn.content or "") for turn in longest_call(judge))
    assert length > 2 * judge.most_characters
    assert most_usd(1, longest_call(judge), 0, PRICE) == pytest.approx(2 * (length // 4) / 1e6, rel=1e-2)


def test_pairs_read_in_both_orders_are_two_calls() -> None:
    strata = {"one": {f"p{n}": "en/" for n in range(30)}, "two": {"q": "en/"}}
    grading = Grading(RsePlan(swapped_share=0.5), ("a", "b", "c"), ("a",), strata, ())
    assert grading.n_pairs(10) == 2 * 11
    assert grading.n_calls(10) == 33
    assert grading.n_calls(None) == 93


@pytest.mark.parametrize(
    ("usage", "usd", "source"),
    [
        ({"prompt_tokens": 1000, "completion_tokens": 100}, 0.003, "price"),
        # Reasoning that is counted in the total alone is billed as output.
        ({"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1300}, 0.005, "price"),
        ({"prompt_tokens": 1000, "completion_tokens": 100, "cost": 0.5}, 0.5, "provider"),
        ({"cost": 0}, 0.0, "provider"),
        ({"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, 0.21, "provider"),
        ({"cost": 0.01, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.2}}, 0.01, "provider"),
    ],
)
def test_usage_says_what_a_call_cost(usage, usd, source) -> None:
    cost = cost_of(usage, PRICE)
    assert cost is not None
    assert (cost.usd, cost.source) == (pytest.approx(usd), source)


@pytest.mark.parametrize(
    "usage",
    [
        *(None, 7, [], {}, {"prompt_tokens": 3}, {"prompt_tokens": "3", "completion_tokens": 1}),
        *({"cost": cost} for cost in (float("nan"), -1, True, "1", 10**400)),
        {"prompt_tokens": -1, "completion_tokens": 1},
    ],
)
def test_usage_that_does_not_tell_is_no_cost_of_nothing(usage) -> None:
    assert cost_of(usage, PRICE) is None
    free = cost_of(usage, FREE)
    assert free is not None
    assert (free.usd, free.source) == (0.0, "free")
    assert cost_of({"prompt_tokens": 1, "completion_tokens": 1}, None) is None


def _greatest(sampling, price=PRICE, **card) -> float | None:
    endpoint = {"provider": "openai_compatible", "base_url": "https://api.example.com/v1", "served_name": "m"}
    content = {"name": "m", "vendor": "v", "endpoint": endpoint, "price": price} | card
    request = Request("r", "m", "f", "p", 0, "R", (Message("user", "塩" * 100),), sampling)
    return greatest_usd(request, ModelCard.model_validate(content))


def test_the_greatest_cost_has_a_token_for_every_byte_and_all_answers_at_their_limit() -> None:
    one = _greatest({"max_tokens": 1000})
    assert one is not None
    assert one > (300 * 2 + 1000 * 10) / 1e6
    assert one < (1000 * 2 + 1000 * 10) / 1e6
    longer = _greatest({"max_tokens": 1000}, system_prompt="y" * 1000)
    assert longer is not None
    assert longer >= one + 1000 * 2 / 1e6
    for more in ({"extra_body": {"n": 3}}, {"max_completion_tokens": 3000}, {"extra_body": {"max_tokens": 3000}}):
        several = _greatest({"max_tokens": 1000, **more})
        assert several is not None
        assert several > 3 * 1000 * 10 / 1e6


@pytest.mark.parametrize(
    "sampling", [{}, {"extra_body": {"max_tokens": None}}, {"max_tokens": 5, "extra_body": {"n": "x"}}]
)
def test_without_a_limit_of_answers_nothing_bounds_the_cost_but_a_price_of_zero(sampling) -> None:
    assert _greatest(sampling) is None
    assert _greatest({"max_tokens": 5}, price=None) is None
    assert _greatest(sampling, price={"input_usd": 0, "output_usd": 0, "as_of": "2026-01-01"}) == 0.0


def test_only_openrouter_is_asked_for_its_figure_by_itself() -> None:
    assert asks_for_cost("https://openrouter.ai/api/v1")
    assert not asks_for_cost("https://openrouter.ai.example.com/v1")
    assert not asks_for_cost("https://api.openai.com/v1")
