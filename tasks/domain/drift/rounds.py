"""The two rounds of a model to compare: the newest and the last one before it with the same recipe."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ModelRound:
    """One round of a model: its recipes and its card."""

    model: str
    round: str
    recipes: frozenset[str]
    fingerprint: str


@dataclass(frozen=True)
class Comparison:
    """`after` with `before`, None where no earlier round had a recipe of `after`.

    `preceding`: the round just before `after`. `is_recipe_changed`: that one had none of its recipes.
    """

    after: ModelRound
    before: ModelRound | None
    preceding: ModelRound

    @property
    def is_recipe_changed(self) -> bool:
        """Return whether the round just before had other recipes."""
        return self.before is not self.preceding

    @property
    def is_card_changed(self) -> bool:
        """Return whether the card differs: then a change is expected."""
        return self.before is not None and self.before.fingerprint != self.after.fingerprint


def comparison(rounds: Sequence[ModelRound]) -> Comparison | None:
    """Return the comparison of the newest of one model's rounds, oldest first; None where there is one round."""
    if len(rounds) < 2:
        return None
    *earlier, after = rounds
    comparable = [round_ for round_ in earlier if round_.recipes & after.recipes]
    return Comparison(after, comparable[-1] if comparable else None, earlier[-1])
