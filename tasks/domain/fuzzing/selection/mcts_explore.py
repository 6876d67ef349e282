"""MCTS-Explore, the policy of the GPTFuzz paper (arXiv 2309.10253, algorithm 2)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.fuzzing.bandit import best, reward_scale, upper_confidence
from tasks.domain.fuzzing.chance import Chance
from tasks.domain.fuzzing.tree import Choice, Node, SearchStep, Tree


@dataclass(frozen=True)
class MctsExplore:
    """Walks down from the best seed, by UCT, and may stop at any inner node, so that inner nodes are mutated again too.

    Args:
        stop: the paper's p, the probability of stopping at a node that has children.
        depth_penalty: the paper's alpha, taken off a reward for each level below the seeds.
        least_reward: the paper's beta, what a success is worth at any depth.
        exploration: weight of the width of the confidence bound.
        prior_visits: see `upper_confidence`.
        version: raised whenever the policy's choices change.
    """

    stop: float = 0.1
    depth_penalty: float = 0.1
    least_reward: float = 0.2
    exploration: float = 0.5
    prior_visits: float = 1.0
    version: str = "1"

    def select(self, tree: Tree, rng: Chance) -> Choice:
        """Return the path of highest bounds from a seed to a leaf, or to a node where chance stops it."""
        exploration = self.exploration * reward_scale(tree)

        def score(node: Node) -> float:
            return upper_confidence(node, tree.n_steps, exploration, self.prior_visits)

        node = best([tree.nodes[root] for root in tree.roots], score, rng)
        path = [node.template_id]
        while node.children and rng.random() >= self.stop:
            node = best([tree.nodes[child] for child in node.children], score, rng)
            path.append(node.template_id)
        return Choice(tuple(path))

    def credits(self, tree: Tree, step: SearchStep, reward: float) -> Sequence[tuple[str, float]]:
        """Return the reward for every node on the path; a success deep in the tree counts less, but never zero."""
        if reward > 0:
            reward = max(reward - self.depth_penalty * (len(step.path) - 1), self.least_reward)
        return [(template, reward) for template in step.path]


MCTS_EXPLORE = MctsExplore()
