"""EXP3, for rewards about which nothing is assumed (Auer et al. 2002; GPTFuzz paper, baseline)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.fuzzing.chance import Chance
from tasks.domain.fuzzing.tree import Choice, Node, SearchStep, Tree, path_to


@dataclass(frozen=True)
class Exp3:
    """Draws a template with a probability that grows with the exponential of its rewards, each weighted by the
    inverse of its probability.

    Args:
        uniform_share: share of draws with equal probabilities (the gamma of the algorithm).
        rate: how fast a reward raises the weight.
        version: raised whenever the policy's choices change.
    """

    uniform_share: float = 0.1
    rate: float = 1.0
    version: str = "1"

    def select(self, tree: Tree, rng: Chance) -> Choice:
        """Return the path to a node drawn by weight."""
        nodes = list(tree.nodes.values())
        chances = self.probabilities(nodes)
        left = rng.random()
        drawn = len(nodes) - 1
        for place, chance in enumerate(chances):
            left -= chance
            if left < 0:
                drawn = place
                break
        return Choice(path_to(tree, nodes[drawn].template_id), chances[drawn])

    def probabilities(self, nodes: Sequence[Node]) -> list[float]:
        """Return the probability of each node; they add up to 1."""
        most = max(node.reward_sum for node in nodes)
        weights = [math.exp(self.rate * (node.reward_sum - most)) for node in nodes]
        total = sum(weights)
        return [(1 - self.uniform_share) * weight / total + self.uniform_share / len(nodes) for weight in weights]

    def credits(self, tree: Tree, step: SearchStep, reward: float) -> Sequence[tuple[str, float]]:
        """Return the reward over its probability, which makes the sum an unbiased estimate, for the mutated template.

        It is divided by the number of templates too, so that one reward never raises a weight beyond measure.
        """
        return [(step.path[-1], reward / (step.probability * len(tree.nodes)))]


EXP3 = Exp3()
