"""Round robin: every template in turn (GPTFuzz paper, baseline)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.fuzzing.chance import Chance
from tasks.domain.fuzzing.tree import Choice, SearchStep, Tree, path_to


@dataclass(frozen=True)
class RoundRobin:
    """Chooses the template mutated longest ago; seeds go first in their order, new templates last."""

    version: str = "1"

    def select(self, tree: Tree, rng: Chance) -> Choice:
        """Return the path to the next node in turn."""
        node = min(tree.nodes.values(), key=lambda node: node.last_step)
        return Choice(path_to(tree, node.template_id))

    def credits(self, tree: Tree, step: SearchStep, reward: float) -> Sequence[tuple[str, float]]:
        """Return the whole reward for the template that was mutated."""
        return [(step.path[-1], reward)]


ROUND_ROBIN = RoundRobin()
