"""Which two rounds of a model compare: the newest and the last one before it that had the same recipe."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ModelRound:
    """What a model was asked in one round: under which recipes, by which card."""

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
        """Say whether the round just before had other recipes."""
        return self.before is not self.preceding

    @property
    def is_card_changed(self) -> bool:
        """Say whether another card was asked: then a change is no surprise."""
        return self.before is not None and self.before.fingerprint != self.after.fingerprint


def comparison(rounds: Sequence[ModelRound]) -> Comparison | None:
    """Return what the newest of one model's rounds, oldest first, compares with; None where there is one round."""
    if len(rounds) < 2:
        return None
    *earlier, after = rounds
    alike = [one for one in earlier if one.recipes & after.recipes]
    return Comparison(after, alike[-1] if alike else None, earlier[-1])
