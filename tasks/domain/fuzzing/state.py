"""The state of a search: settings, seeds and recorded steps; everything else follows from these."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from tasks.domain import registry
from tasks.domain.errors import InputError
from tasks.domain.fuzzing import operators as operator_files
from tasks.domain.fuzzing import selection as selection_files
from tasks.domain.fuzzing.acceptance import EarlierTemplates, Names, Rules
from tasks.domain.fuzzing.chance import Chance, step_chance
from tasks.domain.fuzzing.mutation import AttackerOperator, TextOperator
from tasks.domain.fuzzing.traits import Coverage
from tasks.domain.fuzzing.tree import SearchStep, Selection, Tree, seed_tree, tree_after
from tasks.domain.prompting.template import Template


@cache
def load_operator(name: str) -> TextOperator | AttackerOperator:
    """Return the operator `name`; an InputError lists those that exist."""
    operator: TextOperator | AttackerOperator = registry.load(operator_files, name)
    return operator


@cache
def load_selection(name: str) -> Selection:
    """Return the policy `name`; an InputError lists those that exist."""
    policy: Selection = registry.load(selection_files, name)
    return policy


def operators_without_attacker() -> tuple[str, ...]:
    """Return the names of the operators that need no attacker model."""
    return tuple(name for name in registry.names(operator_files) if isinstance(load_operator(name), TextOperator))


@dataclass(frozen=True)
class SearchSettings:
    """How a search chooses; together with seeds and replies they decide all that it does.

    Args:
        seed: of all random draws.
        selection: file in `selection`.
        operators: files in `operators`, each as likely; by default those that need no attacker model.
        n_drafts: mutations made of a parent without attacker, of which that with the rarest pairs of traits is used.
        max_stack: most operators without attacker that are applied to one draft, one after the other.
        rules: which mutations are refused.

    Raises:
        InputError: there is no such policy or operator, or a number is below 1.
    """

    seed: int = 0
    selection: str = "mcts_explore"
    operators: tuple[str, ...] = field(default_factory=operators_without_attacker)
    n_drafts: int = 8
    max_stack: int = 3
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        registry.require(selection_files, self.selection, "key 'selection'")
        for name in self.operators:
            registry.require(operator_files, name, "key 'operators'")
        for key, number in (
            ("operators", len(self.operators)),
            ("n_drafts", self.n_drafts),
            ("max_stack", self.max_stack),
        ):
            if number < 1:
                raise InputError(f"there are {number} {key}.", where=f"key {key!r}", remedy="At least one is needed.")

    @property
    def policy(self) -> Selection:
        """The policy that `selection` names."""
        return load_selection(self.selection)

    def recipe(self) -> dict[str, Any]:
        """Return all that decides how the search chooses, with versions, for hashing into the search's id."""
        return {
            "seed": self.seed,
            "selection": repr(self.policy),
            "operators": {name: load_operator(name).version for name in self.operators},
            "n_drafts": self.n_drafts,
            "max_stack": self.max_stack,
            "rules": repr(self.rules),
        }


@dataclass(frozen=True)
class SearchState:
    """A search after some steps. Tree, `earlier_templates` and `coverage` follow from settings, seeds and steps."""

    settings: SearchSettings
    seeds: tuple[Template, ...]
    steps: tuple[SearchStep, ...]
    tree: Tree
    earlier_templates: EarlierTemplates
    coverage: Coverage
    names: Names | None = field(default=None, compare=False)

    def chance(self) -> Chance:
        """Return the generator of the next step."""
        return step_chance(self.settings.seed, len(self.steps))


def begin(
    settings: SearchSettings,
    seeds: Sequence[Template],
    steps: Sequence[SearchStep] = (),
    names: Names | None = None,
) -> SearchState:
    """Return the state of a search after `steps`, the steps recorded so far in their order.

    Args:
        settings: as at the search's start.
        seeds: the templates it starts from, in the same order.
        steps: recorded steps.
        names: returns whether a text names a vendor or model, where templates may not; None where they may.

    Raises:
        InputError: there is no seed, a seed names a vendor or model though templates may not, or steps are missing.
    """
    if not seeds:
        raise InputError("a search needs templates to start from.", where="seeds", remedy="Name a template set.")
    leading = [seed.template_key or seed.template_id for seed in seeds if names is not None and names(seed.text)]
    if leading:
        raise InputError(
            f"templates may name nobody, but {', '.join(leading[:5])} do.",
            where="seeds",
            remedy="Start from templates that are not leading, or allow names.",
        )
    earlier_templates = EarlierTemplates().with_texts(seed.text for seed in seeds)
    state = SearchState(settings, tuple(seeds), (), seed_tree(seeds), earlier_templates, Coverage(), names)
    for step in steps:
        state = state_after(state, step)
    return state


def state_after(state: SearchState, step: SearchStep) -> SearchState:
    """Return the state after one more recorded step.

    Raises:
        InputError: it is not the step that comes next, or not of these seeds.
    """
    if step.step != len(state.steps) or any(
        template not in state.tree.nodes for template in (*step.path, *step.parents)
    ):
        raise InputError(
            f"step {step.step} doesn't follow on the {len(state.steps)} steps before it.",
            where="recorded steps",
            remedy="Give all steps of one search in their order, with the seeds that it started from.",
        )
    new_texts = [step.template_text] if step.is_hypothesis and step.template_text is not None else []
    return replace(
        state,
        steps=(*state.steps, step),
        tree=tree_after(state.tree, step, state.settings.policy),
        earlier_templates=state.earlier_templates.with_texts(new_texts),
        coverage=state.coverage.with_texts(new_texts),
    )
