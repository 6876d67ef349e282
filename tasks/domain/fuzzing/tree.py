"""The tree of templates: a pure function of the seeds and of the recorded steps in their order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from tasks.domain.fuzzing.chance import Chance
from tasks.domain.prompting.template import Template


@dataclass(frozen=True)
class SearchStep:
    """One step of a search as it is recorded; the steps in order are the whole state of a search.

    `path`: templates from a seed down to the one that was mutated. `probability`: that of the policy's choice.
    `parents`: the templates that went into the mutation. `refused_reason`: from the closed list.
    `n_judged` of `n_calls` have a label, `n_success` of them a success; without any label the reward is missing.
    `n_judge_calls`: calls to the judge's model.
    """

    step: int
    path: tuple[str, ...]
    probability: float
    parents: tuple[str, ...]
    operator: str
    template_id: str | None
    template_text: str | None
    refused_reason: str | None = None
    n_attacker_calls: int = 0
    n_calls: int = 0
    n_judged: int = 0
    n_success: int = 0
    n_judge_calls: int = 0

    @property
    def is_hypothesis(self) -> bool:
        """Whether the target was probed, with or without a label."""
        return self.refused_reason is None

    @property
    def reward(self) -> float | None:
        """Share of judged questions that succeeded; 0 for a refused mutation, None where every label is missing."""
        if not self.is_hypothesis:
            return 0.0
        return self.n_success / self.n_judged if self.n_judged else None


@dataclass(frozen=True)
class Node:
    """A template that may be mutated. `reward_sum` and `n_visits` are what the policy credited; depth of seeds is 0.

    `last_step`: step of its last mutation, else of its addition; -1 for seeds that were never mutated.
    """

    template_id: str
    text: str
    parents: tuple[str, ...] = ()
    operator: str | None = None
    depth: int = 0
    n_visits: int = 0
    reward_sum: float = 0.0
    last_step: int = -1
    children: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tree:
    """All nodes in the order of their addition; `n_steps` counts the steps."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
    n_steps: int = 0


@dataclass(frozen=True)
class Choice:
    """The path from a seed to the chosen template, and the probability of the choice."""

    path: tuple[str, ...]
    probability: float = 1.0


class Selection(Protocol):
    """A policy: chooses the next template to mutate and credits a step's reward to templates."""

    version: str

    def select(self, tree: Tree, rng: Chance) -> Choice:
        """Return the next template to mutate."""
        ...

    def credits(self, tree: Tree, step: SearchStep, reward: float) -> Sequence[tuple[str, float]]:
        """Return the templates that get a visit for `step`, each with its share of `reward`."""
        ...


def seed_tree(seeds: Iterable[Template]) -> Tree:
    """Return the tree before the first step: the seeds, in their order."""
    nodes = {seed.template_id: Node(seed.template_id, seed.text) for seed in seeds}
    return Tree(nodes, tuple(nodes))


def tree_after(tree: Tree, step: SearchStep, policy: Selection) -> Tree:
    """Return the tree after `step`. As in the paper, a template with a success is added below its parent.

    A step whose labels are all missing is no visit: it gives no information about its parent.
    """
    nodes = dict(tree.nodes)
    reward = step.reward
    nodes[step.path[-1]] = replace(nodes[step.path[-1]], last_step=step.step)
    if reward is not None:
        for template, share in policy.credits(tree, step, reward):
            node = nodes[template]
            nodes[template] = replace(node, n_visits=node.n_visits + 1, reward_sum=node.reward_sum + share)
    if reward and step.template_id is not None and step.template_text is not None:
        parent = nodes[step.path[-1]]
        nodes[parent.template_id] = replace(parent, children=(*parent.children, step.template_id))
        nodes[step.template_id] = Node(
            template_id=step.template_id,
            text=step.template_text,
            parents=step.parents,
            operator=step.operator,
            depth=parent.depth + 1,
            last_step=step.step,
        )
    return Tree(nodes, tree.roots, tree.n_steps + 1)


def path_to(tree: Tree, template: str) -> tuple[str, ...]:
    """Return the templates from a seed down to `template`, along first parents."""
    path = [template]
    while tree.nodes[path[-1]].depth:
        path.append(tree.nodes[path[-1]].parents[0])
    return tuple(reversed(path))
