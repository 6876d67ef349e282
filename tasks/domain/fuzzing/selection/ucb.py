"""UCB over all templates, independent of the tree (GPTFuzz paper, baseline)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.fuzzing.bandit import best, reward_scale, upper_confidence
from tasks.domain.fuzzing.chance import Chance
from tasks.domain.fuzzing.tree import Choice, SearchStep, Tree, path_to


@dataclass(frozen=True)
class Ucb:
    """Chooses the template with the highest upper confidence bound; see `upper_confidence` for the two weights."""

    exploration: float = 0.5
    prior_visits: float = 1.0
    version: str = "1"

    def select(self, tree: Tree, rng: Chance) -> Choice:
        """Return the path to the node with the highest bound."""
        exploration = self.exploration * reward_scale(tree)
        node = best(
            list(tree.nodes.values()),
            lambda node: upper_confidence(node, tree.n_steps, exploration, self.prior_visits),
            rng,
        )
        return Choice(path_to(tree, node.template_id))

    def credits(self, tree: Tree, step: SearchStep, reward: float) -> Sequence[tuple[str, float]]:
        """Return the whole reward for the template that was mutated."""
        return [(step.path[-1], reward)]


UCB = Ucb()
