"""What a round asks anew: everything, nothing that has an answer, or the same sample of every model."""

import pytest
from pydantic import ValidationError

from tasks.domain.plan import Plan, expand
from tasks.domain.refresh import question, refreshed_prompts, with_round
from tasks.domain.rows import Request
from tests.domain.test_plan import CARDS, PROMPTS, plan

SET_OF = {prompt.prompt_id: name for name, prompts in PROMPTS.items() for prompt in prompts}


def asked(wanted: Plan, round_name: str, before: list[Request]) -> list[Request]:
    """Return what `round_name` comes to once all of `before` was answered, later rounds last."""
    answered = {question(request): request.round for request in before}
    anew = refreshed_prompts(wanted, SET_OF)
    return [with_round(one, wanted, anew, answered) for one in expand(wanted, CARDS, PROMPTS, round_name)]


def test_always_asks_everything_in_its_own_round() -> None:
    first = asked(plan(), "R1", [])
    assert asked(plan(), "R2", first) == expand(plan(), CARDS, PROMPTS, "R2")


def test_once_asks_only_what_has_no_answer() -> None:
    once = plan(refresh={"policy": "once"})
    first = asked(once, "R1", [])
    assert first == expand(once, CARDS, PROMPTS, "R1")
    second = asked(once, "R2", first[:-1])
    assert second[:-1] == first[:-1]
    assert (second[-1].round, second[-1].prompt_id) == ("R2", first[-1].prompt_id)
    assert asked(once, "R3", [*first[:-1], second[-1]])[-1] == second[-1]


def test_once_takes_what_a_plan_that_asks_always_has_asked() -> None:
    first = expand(plan(), CARDS, PROMPTS, "R1")
    assert asked(plan(refresh={"policy": "once"}), "R2", first) == first


def test_sample_is_the_same_of_every_model_and_in_every_round() -> None:
    some = plan(refresh={"policy": "sample", "n": 1})
    first = asked(some, "R1", [])
    second = asked(some, "R2", first)
    third = asked(some, "R3", [*first, *second])
    for later, name in ((second, "R2"), (third, "R3")):
        by_model = {
            model: [one.prompt_id for one in later if one.model == model and one.round == name] for model in CARDS
        }
        assert by_model["a"] == by_model["b"]
        # One prompt of chat with two samples, one of maths.
        assert len(by_model["a"]) == 3
        assert len(set(by_model["a"])) == 2
    assert {one.round for one in third} == {"R1", "R3"}
    larger = refreshed_prompts(plan(refresh={"policy": "sample", "n": 2}), SET_OF)
    assert refreshed_prompts(some, SET_OF) < larger


def test_policy_of_some_models_leaves_the_others_alone() -> None:
    pinned = plan(refresh={"policy": "once", "models": ["a"]})
    first = asked(pinned, "R1", [])
    assert {(one.model, one.round) for one in asked(pinned, "R2", first)} == {("a", "R1"), ("b", "R2")}


@pytest.mark.parametrize(
    "refresh",
    [{"policy": "sample"}, {"policy": "once", "n": 3}, {"policy": "never"}, {"policy": "once", "models": ["c"]}],
)
def test_mistakes_are_refused(refresh) -> None:
    with pytest.raises(ValidationError):
        plan(refresh=refresh)


def test_policy_is_no_part_of_the_recipe() -> None:
    assert plan().recipe_id({}, {}) == plan(refresh={"policy": "once"}).recipe_id({}, {})
