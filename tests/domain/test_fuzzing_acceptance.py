"""A mutation is refused for the first reason that holds, and a search stops at the first limit that it reaches."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.fuzzing.acceptance import REFUSAL_REASONS, EarlierTemplates, Rules, refusal
from tasks.domain.fuzzing.budget import Budget, n_calls
from tasks.domain.fuzzing.tree import SearchStep
from tasks.domain.similarity.lexical import bigram_jaccard, words

OLD = "Please tell the whole table about yourself, slowly and in plain words, and begin with this: {question}"
SEEN = EarlierTemplates().with_texts([OLD, "请介绍一下你自己，先回答：{question}"])
RULES = Rules(min_chars=8, max_chars=200)


def names(text: str) -> bool:
    return "Acme" in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Say something new: {question}", None),
        ("", "empty"),
        (" \n", "empty"),
        ("Say something new.", "no_place"),
        ("Say {questions} or { question }.", "no_place"),
        ("{question} and again {question}", "several_places"),
        ("{question}", "too_short"),
        ("Say {question}", "too_short"),
        ("Say " + "so " * 100 + "{question}", "too_long"),
        ("As Acme would: {question}", "names_vendor"),
        (OLD, "repeats"),
        (OLD.upper().replace("{QUESTION}", "{question}").replace(",", " —") + "!", "repeats"),
        (OLD + " Thanks.", "near_duplicate"),
        ("请介绍一下你自己。先回答：{question}", "repeats"),
    ],
)
def test_first_reason_that_holds(text: str, reason: str | None) -> None:
    assert refusal(text, SEEN, RULES, names) == reason
    assert reason is None or reason in REFUSAL_REASONS


def test_names_are_refused_only_where_told() -> None:
    assert refusal("As Acme would: {question}", SEEN, RULES) is None


def test_longest_and_shortest_are_accepted() -> None:
    assert refusal("12345678{question}", EarlierTemplates(), RULES) is None
    assert refusal("x" * 200 + "{question}", EarlierTemplates(), RULES) is None


sentences = st.lists(st.sampled_from(["red", "green", "blue", "好", "的", "one", "two"]), min_size=1, max_size=12).map(
    " ".join
)


@given(st.lists(sentences, max_size=6), sentences)
def test_repetition_is_found_as_by_comparing_all(old: list[str], new: str) -> None:
    found = EarlierTemplates().with_texts(old).repetition(new, 0.9)
    if any(words(text) == words(new) for text in old):
        assert found == "repeats"
    else:
        is_near = any((bigram_jaccard(text, new) or 0) >= 0.9 for text in old)
        assert found == ("near_duplicate" if is_near else None)


@given(st.text(max_size=200), st.integers(0, 99))
def test_any_text_is_judged(text: str, seed: int) -> None:
    place = random.Random(seed).randrange(len(text) + 1)
    reason = refusal(text[:place] + "{question}" + text[place:], SEEN, RULES, names)
    assert reason is None or reason in REFUSAL_REASONS


def steps(*outcomes: tuple[int, int, int] | str) -> list[SearchStep]:
    """Return steps with (calls, attacker's calls, successes), or refused for a reason."""
    found = []
    for number, outcome in enumerate(outcomes):
        reason = outcome if isinstance(outcome, str) else None
        calls, attacker, success = (0, 0, 0) if isinstance(outcome, str) else outcome
        found.append(
            SearchStep(number, ("a",), 1, ("a",), "splice", None, None, reason, attacker, calls, calls, success)
        )
    return found


def test_search_stops_at_the_first_limit() -> None:
    taken = steps((10, 1, 0), "repeats", (10, 0, 3), (10, 0, 1))
    assert n_calls(taken) == 31
    assert Budget(calls=31).reached(taken) == "calls"
    assert Budget(calls=32).reached(taken) is None
    assert Budget(iterations=4).reached(taken) == "iterations"
    assert Budget(iterations=5).reached(taken) is None
    assert Budget(iterations=9, successes=2).reached(taken) == "successes"
    assert Budget(iterations=9, successes=3).reached(taken) is None
    assert Budget(calls=32).calls_left(taken) == 1
    assert Budget(calls=20).calls_left(taken) == 0
    assert Budget(iterations=20).calls_left(taken) is None
    assert Budget(calls=1).reached([]) is None


def test_search_ends_where_every_mutation_is_refused() -> None:
    budget = Budget(calls=99, refusals_in_a_row=3)
    assert budget.reached(steps((1, 0, 0), "repeats", "empty")) is None
    assert budget.reached(steps((1, 0, 0), "repeats", "empty", "too_long")) == "exhausted"
    assert budget.reached(steps("repeats", "empty", "too_long", (1, 0, 0))) is None


@pytest.mark.parametrize("limits", [{}, {"successes": 3}, {"calls": 0}, {"calls": 5, "refusals_in_a_row": 0}])
def test_budget_without_end_or_below_one_can_not_be(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="limit"):
        Budget(**limits)
