"""What the policies share: the upper confidence bound of a node, and the best of several with ties broken by chance."""

import math
from collections.abc import Callable, Sequence

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.fuzzing.tree import Node, Tree


def upper_confidence(node: Node, n_steps: int, exploration: float, prior_visits: float) -> float:
    """Return mean reward plus `exploration` times the width of the bound after `n_steps` steps.

    `prior_visits` stand in for visits that were not made: near 0 sends the search to every node once before it comes
    back to any; 1 lets a rewarded node be visited again before all others were seen.
    """
    mean = node.reward_sum / (node.n_visits + 1)
    return mean + exploration * math.sqrt(2 * math.log(n_steps + 1) / (node.n_visits + prior_visits))


def best(nodes: Sequence[Node], score: Callable[[Node], float], rng: Chance) -> Node:
    """Return the node with the highest score; which of several such, chance decides."""
    scores = [score(node) for node in nodes]
    highest = max(scores)
    return pick([node for node, found in zip(nodes, scores, strict=True) if found == highest], rng)


def reward_scale(tree: Tree) -> float:
    """Return the highest mean reward of any node, 1 before there is any reward.

    Widths of bounds are given in this unit: a target that leaks in a tenth of its replies at most would else be
    searched as if nothing had been found.
    """
    return max((node.reward_sum / node.n_visits for node in tree.nodes.values() if node.reward_sum), default=1.0)
