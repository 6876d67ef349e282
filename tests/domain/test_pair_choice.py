"""Samples are spread and nested, lots come from the seed, and only those are extended whose rank is in doubt."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.card import HostedEndpoint, ModelCard, Sampling
from tasks.domain.plan import RsePlan
from tasks.domain.rows import Message, Prompt
from tasks.domain.rse.grading import Grading, PlannedJudge, strata_of
from tasks.domain.rse.pair_judges.pair_grade import PAIR_GRADE
from tasks.domain.rse.pair_judges.text_similarity import TEXT_SIMILARITY
from tasks.domain.rse.sampling import (
    RankState,
    extended_selection,
    is_graded_in_both_orders,
    is_target_first,
    stratified_order,
    uncertain_targets,
)

PROMPTS = {f"{kind}{n}": kind for kind, size in (("en", 60), ("zh", 30), ("de", 10)) for n in range(size)}


@pytest.mark.parametrize("size", [10, 20, 50, 100])
def test_every_beginning_is_spread_as_the_whole(size: int) -> None:
    found = Counter(PROMPTS[prompt] for prompt in stratified_order(PROMPTS, 3)[:size])
    for kind, share in (("en", 0.6), ("zh", 0.3), ("de", 0.1)):
        assert abs(found[kind] - share * size) <= 1.5


def test_order_holds_each_prompt_once_and_depends_on_the_seed_alone() -> None:
    turned = dict(reversed(PROMPTS.items()))
    assert stratified_order(PROMPTS, 3) == stratified_order(turned, 3)
    assert sorted(stratified_order(PROMPTS, 3)) == sorted(PROMPTS)
    assert stratified_order(PROMPTS, 3) != stratified_order(PROMPTS, 4)


def test_rare_kinds_come_as_often_as_others_on_average() -> None:
    """With a kind of its own for each prompt the beginning is a plain random sample: no prompt is preferred."""
    alone = {f"p{n}": f"kind {n}" for n in range(20)}
    counts = Counter(prompt for seed in range(400) for prompt in stratified_order(alone, seed)[:5])
    assert all(60 <= counts[prompt] <= 140 for prompt in alone)


def test_lots_are_even_and_one_for_both_directions() -> None:
    lots = [is_target_first("a", "b", f"p{n}", 1) for n in range(1_000)]
    assert 440 <= sum(lots) <= 560
    assert [not is_target_first("b", "a", f"p{n}", 1) for n in range(1_000)] == lots
    assert [is_target_first("a", "b", f"p{n}", 2) for n in range(1_000)] != lots
    again = [is_graded_in_both_orders("a", "b", f"p{n}", 0.2, 1) for n in range(1_000)]
    assert 150 <= sum(again) <= 250
    assert [is_graded_in_both_orders("b", "a", f"p{n}", 0.2, 1) for n in range(1_000)] == again
    assert not any(is_graded_in_both_orders("a", "b", f"p{n}", 0.0, 1) for n in range(100))
    assert all(is_graded_in_both_orders("a", "b", f"p{n}", 1.0, 1) for n in range(100))


def test_only_neighbours_whose_intervals_overlap_are_in_doubt() -> None:
    clear = [RankState("a", 4.0, 3.8, 4.2), RankState("b", 3.0, 2.8, 3.2), RankState("c", 2.0, 1.8, 2.2)]
    assert uncertain_targets(clear) == set()
    assert uncertain_targets([*clear, RankState("d", 2.9, 2.7, 3.1)]) == {"b", "d"}
    assert uncertain_targets([*clear, RankState("d", None, None, None)]) == {"d"}
    assert uncertain_targets([RankState("a", 4.0, None, None), *clear[1:]]) == {"a"}
    assert uncertain_targets([]) == set()


@given(st.integers(0, 30), st.integers(1, 20), st.one_of(st.none(), st.integers(1, 40)))
def test_extended_is_a_longer_beginning_within_its_limit(n_chosen: int, step: int, most: int | None) -> None:
    order = [f"p{n}" for n in range(35)]
    found = extended_selection(order, n_chosen, step, most)
    assert list(found) == order[: len(found)]
    assert len(found) <= 35
    assert most is None or len(found) <= max(most, n_chosen)
    assert len(found) >= min(n_chosen, 35)


def test_a_judge_with_another_model_or_asked_otherwise_is_of_another_version() -> None:
    def card(name: str, **changes: object) -> ModelCard:
        endpoint = HostedEndpoint(provider="openai_compatible", base_url="http://localhost/v1", served_name=name)
        return ModelCard(**{"name": name, "vendor": name, "endpoint": endpoint} | changes)

    cards = [
        card("a"),
        card("b"),
        card("a", sampling=Sampling(temperature=0.5)),
        card("a", structured_output=True),
        card("a", system_prompt="Be strict."),
    ]
    versions = {PlannedJudge.of(PAIR_GRADE, one).version for one in cards}
    assert len(versions) == len(cards)
    assert all(version.startswith(f"{PAIR_GRADE.version} by ") for version in versions)
    assert PlannedJudge.of(TEXT_SIMILARITY, None) == PlannedJudge("text_similarity", TEXT_SIMILARITY.version)


def test_calls_are_counted_once_for_two_references_of_each_other() -> None:
    prompts = {"s": [Prompt(f"p{n}", "s", str(n), (Message("user", str(n)),), "en") for n in range(10)]}
    prompts["t"] = prompts["s"][:3]
    wanted = Grading(RsePlan(), ("a", "b", "c"), ("a", "b"), strata_of(prompts), ())
    # a-b, a-c and b-c, on ten prompts and three.
    assert wanted.n_pairs(None) == 3 * 13
    assert wanted.n_pairs(5) == 3 * 8
    assert wanted.prompt_ids == {f"p{n}" for n in range(10)}
