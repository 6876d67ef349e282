"""Shared by the policies: the upper confidence bound of a node, and the best node with ties broken by chance."""

import math
from collections.abc import Callable, Sequence

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.fuzzing.tree import Node, Tree


def upper_confidence(node: Node, n_steps: int, exploration: float, prior_visits: float) -> float:
    """Return mean reward plus `exploration` times the width of the bound after `n_steps` steps.

    `prior_visits` are added to the visits: near 0 the search visits every node once before it returns to any; at 1 it
    may visit a rewarded node again before it has visited all others.
    """
    mean = node.reward_sum / (node.n_visits + 1)
    return mean + exploration * math.sqrt(2 * math.log(n_steps + 1) / (node.n_visits + prior_visits))


def best(nodes: Sequence[Node], score: Callable[[Node], float], rng: Chance) -> Node:
    """Return the node with the highest score; chance decides between ties."""
    scores = [score(node) for node in nodes]
    highest = max(scores)
    return pick([node for node, value in zip(nodes, scores, strict=True) if value == highest], rng)


def reward_scale(tree: Tree) -> float:
    """Return the highest mean reward of any node, 1 before there is any reward.

    The widths of bounds have this unit. Otherwise the search of a target that leaks in a tenth of its replies at most
    would hardly use its rewards.
    """
    return max((node.reward_sum / node.n_visits for node in tree.nodes.values() if node.reward_sum), default=1.0)
