"""The tree is a pure function of seeds and recorded steps; each policy credits and prefers as it says."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain import registry
from tasks.domain.fuzzing import selection
from tasks.domain.fuzzing.bandit import reward_scale, upper_confidence
from tasks.domain.fuzzing.chance import below, pick, step_chance
from tasks.domain.fuzzing.selection.exp3 import EXP3
from tasks.domain.fuzzing.selection.mcts_explore import MCTS_EXPLORE, MctsExplore
from tasks.domain.fuzzing.state import SearchSettings, begin, load_selection
from tasks.domain.fuzzing.tree import Choice, Node, SearchStep, Selection, Tree, path_to, seed_tree, tree_after
from tasks.domain.prompting.template import Template, template_id

POLICIES = registry.names(selection)
SEEDS = [Template(f"Seed {n}: {{question}}", "en", "plain", False) for n in range(4)]
IDS = [seed.template_id for seed in SEEDS]


def step(number: int, choice: Choice, n_success: int, **changes: object) -> SearchStep:
    text = f"Child {number}: {{question}}"
    values = {
        "step": number,
        "path": choice.path,
        "probability": choice.probability,
        "parents": choice.path[-1:],
        "operator": "splice",
        "template_id": template_id(text),
        "template_text": text,
        "n_calls": 10,
        "n_judged": 10,
        "n_success": n_success,
    }
    return SearchStep(**values | changes)


def played(policy: Selection, successes: list[int | None], seed: int = 0) -> tuple[Tree, list[SearchStep]]:
    """Return the tree and steps of a search whose outcomes are given: successes of ten, or None where all is missing."""
    tree, steps = seed_tree(SEEDS), []
    for number, n_success in enumerate(successes):
        choice = policy.select(tree, step_chance(seed, number))
        missing = {"n_judged": 0} if n_success is None else {}
        steps.append(step(number, choice, n_success or 0, **missing))
        tree = tree_after(tree, steps[-1], policy)
    return tree, steps


def test_five_policies_are_found() -> None:
    assert POLICIES == ["exp3", "mcts_explore", "round_robin", "ucb", "uniform"]


@pytest.mark.parametrize("name", POLICIES)
@given(successes=st.lists(st.none() | st.integers(0, 10), max_size=30), seed=st.integers(0, 99))
def test_tree_is_rebuilt_from_its_steps(name: str, successes: list[int | None], seed: int) -> None:
    policy = load_selection(name)
    tree, steps = played(policy, successes, seed)
    assert begin(SearchSettings(seed, selection=name), SEEDS, steps).tree == tree
    assert list(tree.nodes) == IDS + [s.template_id for s in steps if s.n_success]
    assert tree.n_steps == len(steps)
    for node in tree.nodes.values():
        assert node.depth == len(path_to(tree, node.template_id)) - 1
        assert node.reward_sum >= 0
        assert all(tree.nodes[child].depth == node.depth + 1 for child in node.children)
    # Every step that has a reward is a visit of the template that was mutated, and of others only on its path.
    assert sum(n.n_visits for n in tree.nodes.values()) >= sum(s.reward is not None for s in steps)


@pytest.mark.parametrize("name", POLICIES)
@given(successes=st.lists(st.integers(0, 10), max_size=20), seed=st.integers(0, 99))
def test_choice_is_a_way_down_the_tree_and_the_same_again(name: str, successes: list[int], seed: int) -> None:
    policy = load_selection(name)
    tree, _ = played(policy, successes, seed)
    choice = policy.select(tree, random.Random(seed))
    assert choice == policy.select(tree, random.Random(seed))
    assert choice.path[0] in tree.roots
    assert path_to(tree, choice.path[-1]) == choice.path
    assert 0 < choice.probability <= 1


@pytest.mark.parametrize("name", POLICIES)
def test_missing_labels_are_no_visit_and_a_refusal_is_one_without_reward(name: str) -> None:
    policy = load_selection(name)
    choice = Choice((IDS[1],), 0.25)
    missing = tree_after(seed_tree(SEEDS), step(0, choice, 0, n_judged=0), policy)
    assert missing.nodes[IDS[1]].n_visits == 0
    refused = tree_after(seed_tree(SEEDS), step(0, choice, 0, n_calls=0, n_judged=0, refused_reason="repeats"), policy)
    assert (refused.nodes[IDS[1]].n_visits, refused.nodes[IDS[1]].reward_sum) == (1, 0)
    assert missing.n_steps == refused.n_steps == 1
    assert list(missing.nodes) == list(refused.nodes) == IDS


def shares(name: str, n_draws: int = 300) -> tuple[float, float]:
    """Return the shares of draws under the one seed that was rewarded, and under the one that failed as often."""
    policy = load_selection(name)
    tree = seed_tree(SEEDS)
    for number in range(24):
        place = number % 4
        tree = tree_after(tree, step(number, Choice((IDS[place],), 0.25), 8 if place == 2 else 0), policy)
    drawn = [policy.select(tree, step_chance(1, number)).path[0] for number in range(n_draws)]
    return drawn.count(IDS[2]) / n_draws, drawn.count(IDS[1]) / n_draws


@pytest.mark.parametrize("name", ["mcts_explore", "ucb", "exp3"])
def test_rewarded_branch_is_preferred(name: str) -> None:
    rewarded, failed = shares(name)
    assert rewarded > 0.5
    assert rewarded > 4 * failed


def test_uniform_knows_no_reward() -> None:
    # 6 of the 10 templates stand below the rewarded seed, which is all that sets it apart.
    rewarded, failed = shares("uniform", 2000)
    assert rewarded == pytest.approx(7 / 10, abs=0.05)
    assert failed == pytest.approx(1 / 10, abs=0.03)


def test_round_robin_takes_turns_and_new_templates_queue_up() -> None:
    policy = load_selection("round_robin")
    _, steps = played(policy, [0, 10, 0, 0, 0, 0, 0, 0, 0])
    child = steps[1].template_id
    assert [s.path[-1] for s in steps] == [*IDS[:2], *IDS[2:], IDS[0], IDS[1], child, IDS[2], IDS[3]]


def test_every_seed_is_tried_before_any_comes_twice_without_reward() -> None:
    for name in ("mcts_explore", "ucb"):
        _, steps = played(load_selection(name), [0] * 8)
        assert {s.path[-1] for s in steps[:4]} == {s.path[-1] for s in steps[4:]} == set(IDS)


def test_mcts_credits_the_whole_path_less_the_deeper_it_is() -> None:
    policy = MctsExplore(depth_penalty=0.1, least_reward=0.2)
    tree = seed_tree(SEEDS)

    def credited(depth: int, reward: float) -> float:
        path = tuple(IDS[:1] * (depth + 1))
        credits = policy.credits(tree, step(0, Choice(path), 1), reward)
        assert len(credits) == depth + 1
        assert len({share for _, share in credits}) == 1
        return credits[0][1]

    assert credited(0, 0.8) == pytest.approx(0.8)
    assert credited(2, 0.8) == pytest.approx(0.6)
    assert credited(7, 0.8) == pytest.approx(0.2)
    assert credited(0, 0.1) == pytest.approx(0.2)
    assert credited(3, 0.0) == 0


def test_mcts_stops_early_with_its_probability() -> None:
    tree = seed_tree(SEEDS[:1])
    for number in range(3):
        path = path_to(tree, list(tree.nodes)[-1])
        tree = tree_after(tree, step(number, Choice(path), 10), MCTS_EXPLORE)
    depths = [len(MctsExplore(stop=0.3).select(tree, step_chance(0, n)).path) for n in range(3000)]
    assert [depths.count(depth) / 3000 for depth in (1, 2, 3, 4)] == pytest.approx(
        [0.3, 0.7 * 0.3, 0.7**2 * 0.3, 0.7**3], abs=0.03
    )
    assert {len(MctsExplore(stop=0).select(tree, step_chance(0, n)).path) for n in range(50)} == {4}


def test_upper_confidence_is_the_formula() -> None:
    node = Node("a", "A {question}", n_visits=3, reward_sum=1.5)
    assert upper_confidence(node, 9, 0.5, 1.0) == pytest.approx(1.5 / 4 + 0.5 * math.sqrt(2 * math.log(10) / 4))


@given(st.integers(1, 10))
def test_bounds_are_as_wide_as_rewards_are_high(n_success: int) -> None:
    """What a policy does depends on how rewards compare, not on how high they are throughout."""
    tree = tree_after(seed_tree(SEEDS), step(0, Choice((IDS[0],)), n_success), load_selection("ucb"))
    assert reward_scale(seed_tree(SEEDS)) == 1
    assert reward_scale(tree) == pytest.approx(n_success / 10)
    chosen = {load_selection("ucb").select(tree, step_chance(0, n)).path[0] for n in range(20)}
    full = tree_after(seed_tree(SEEDS), step(0, Choice((IDS[0],)), 10), load_selection("ucb"))
    assert chosen == {load_selection("ucb").select(full, step_chance(0, n)).path[0] for n in range(20)}


def test_exp3_probabilities_add_up_and_leave_a_share_to_all() -> None:
    nodes = [Node(str(n), "A {question}", reward_sum=reward) for n, reward in enumerate((0, 0.5, 900))]
    found = EXP3.probabilities(nodes)
    assert sum(found) == pytest.approx(1)
    assert min(found) >= EXP3.uniform_share / 3
    assert found == sorted(found)


def test_exp3_weighs_a_reward_by_how_rarely_it_is_drawn() -> None:
    tree = seed_tree(SEEDS)
    rare, common = (EXP3.credits(tree, step(0, Choice((IDS[0],), p), 10), 1.0)[0][1] for p in (0.1, 0.5))
    assert (rare, common) == (pytest.approx(2.5), pytest.approx(0.5))


@given(st.integers(1, 50), st.integers())
def test_pick_is_within_bounds(n: int, seed: int) -> None:
    assert 0 <= below(n, random.Random(seed)) < n
    assert pick(range(n), step_chance(seed, 0)) in range(n)


def test_chance_of_a_step_depends_on_seed_and_step_alone() -> None:
    drawn = {(seed, number): step_chance(seed, number).random() for seed in range(5) for number in range(20)}
    assert len(set(drawn.values())) == 100
    assert all(step_chance(*key).random() == value for key, value in drawn.items())
