"""The models of a population: candidate groups, the unrelated controls of each, and impossible teachers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tasks.domain.pairwise.matrices import Bools
from tasks.domain.pairwise.prompt_replies import Cohort, Places


@dataclass(frozen=True)
class DocumentedModel:
    """A model and its documented lineage.

    `is_reference`: a candidate teacher. `is_background`: in the cohort that scores are centred on. `is_control`:
    also independent, so its scores show what chance looks like. `base`: the model or group that it was trained from.
    `released`: a date as YYYY, YYYY-MM or YYYY-MM-DD.
    """

    model: str
    vendor: str
    family: str
    group: str
    role: str | None
    is_control: bool
    is_background: bool = False
    is_reference: bool = False
    learned_from: tuple[str, ...] = ()
    parent: str | None = None
    base: str | None = None
    released: str | None = None

    def is_kin(self, other: "DocumentedModel") -> bool:
        """Return whether both come from one vendor or one family."""
        return self.vendor == other.vendor or self.family == other.family

    def descends_from(self, other: "DocumentedModel") -> bool:
        """Return whether this model is documented as made from the other one, or from its group."""
        return other.group in self.learned_from or bool({other.model, other.group} & {self.parent, self.base})


def is_released_after(model: DocumentedModel, other: DocumentedModel) -> bool:
    """Return whether a model was released after another one, at both dates' precision; False where one is missing."""
    if model.released is None or other.released is None:
        return False
    n = min(len(model.released), len(other.released))
    return model.released[:n] > other.released[:n]


@dataclass(frozen=True)
class Population:
    """n models, whose candidate teachers make up G groups."""

    models: tuple[DocumentedModel, ...]

    @cached_property
    def cohort(self) -> Cohort:
        """Return the models as input of the pair engine."""
        return Cohort(
            tuple(model.vendor for model in self.models),
            tuple(model.family for model in self.models),
            tuple(model.is_background for model in self.models),
        )

    @cached_property
    def place(self) -> dict[str, int]:
        """Return each model's place."""
        return {model.model: place for place, model in enumerate(self.models)}

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Return the candidate groups by name."""
        return tuple(sorted({model.group for model in self.models if model.is_reference}))

    @cached_property
    def snapshots(self) -> tuple[Places, ...]:
        """Return the places of each group's models."""
        return tuple(
            np.array([i for i, model in enumerate(self.models) if model.is_reference and model.group == group])
            for group in self.groups
        )

    @cached_property
    def heads(self) -> tuple[DocumentedModel, ...]:
        """Return one model of each group, which represents its vendor and family."""
        return tuple(self.models[places[0]] for places in self.snapshots)

    @cached_property
    def is_documented(self) -> Bools:
        """Return which groups (G) hold independent models only: they have no known teacher."""
        return np.array([all(self.models[i].is_control for i in places) for places in self.snapshots], dtype=bool)

    @cached_property
    def is_kin(self) -> Bools:
        """Return an n x G matrix: which model is kin of which group."""
        return np.array([[model.is_kin(head) for head in self.heads] for model in self.models], dtype=bool)

    @cached_property
    def is_unrelated(self) -> Bools:
        """Return an n x G matrix: which models are controls of which group."""
        control = np.array([model.is_control for model in self.models], dtype=bool)
        return control[:, None] & ~self.is_kin

    @cached_property
    def is_impossible(self) -> Bools:
        """Return an n x G matrix: which group can't have taught which model: each snapshot is later or made from it."""
        return np.array(
            [[all(self._cannot_teach(i, model) for i in places) for places in self.snapshots] for model in self.models],
            dtype=bool,
        )

    def _cannot_teach(self, reference: int, model: DocumentedModel) -> bool:
        other = self.models[reference]
        return other.model == model.model or is_released_after(other, model) or other.descends_from(model)

    @cached_property
    def family(self) -> tuple[str, ...]:
        """Return each model's family."""
        return tuple(model.family for model in self.models)


def best_snapshots(population: Population, scores: np.ndarray) -> tuple[np.ndarray, Places]:
    """Return each target's highest score over a group's snapshots, n x G, and the place of that snapshot, -1 for none.

    Args:
        population: the models.
        scores: n x n; a model is no candidate for itself.
    """
    n, n_groups = len(population.models), len(population.groups)
    best, snapshot = np.full((n, n_groups), np.nan), np.full((n, n_groups), -1, dtype=np.int64)
    for group, places in enumerate(population.snapshots):
        values = np.where(places[None, :] == np.arange(n)[:, None], np.nan, scores[:, places])
        has_score = ~np.isnan(values).all(axis=1)
        chosen = np.nanargmax(values[has_score], axis=1)
        best[has_score, group] = values[has_score, chosen]
        snapshot[has_score, group] = places[chosen]
    return best, snapshot


def places_by_value(values: Sequence[float]) -> list[int]:
    """Return the places of values, the highest first, NaN last, equals by place."""
    return sorted(
        range(len(values)), key=lambda i: (np.isnan(values[i]), -values[i] if values[i] == values[i] else 0.0, i)
    )
