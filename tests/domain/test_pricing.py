"""What calls cost, and come to at most before they are made."""

import pytest

from tasks.domain import registry
from tasks.domain.card import Price
from tasks.domain.plan import RsePlan
from tasks.domain.pricing import call_usd, most_usd
from tasks.domain.rows import Message
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
