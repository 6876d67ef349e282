"""Any template with the same probability: the paper's "random" (GPTFuzz paper, baseline)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.fuzzing.chance import Chance, pick
from tasks.domain.fuzzing.tree import Choice, SearchStep, Tree, path_to


@dataclass(frozen=True)
class Uniform:
    """Ignores rewards; the baseline that a policy has to beat."""

    version: str = "1"

    def select(self, tree: Tree, rng: Chance) -> Choice:
        """Return the path to a drawn node."""
        return Choice(path_to(tree, pick(list(tree.nodes), rng)), 1 / len(tree.nodes))

    def credits(self, tree: Tree, step: SearchStep, reward: float) -> Sequence[tuple[str, float]]:
        """Return the whole reward for the template that was mutated."""
        return [(step.path[-1], reward)]


UNIFORM = Uniform()
