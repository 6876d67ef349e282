"""The populations that are measured: all models, one member a family, candidate teachers, and all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.domain.rows import Lineage

SMALLEST = 3
"""Two members are one pair, and their tree holds no information."""


@dataclass(frozen=True)
class Population:
    """A name, and the member that each model belongs to: itself, or its family."""

    name: str
    member: Mapping[str, str]


def populations(lineages: Sequence[Lineage], references: Sequence[str]) -> list[Population]:
    """Return the populations of three members or more; one that would repeat `all` is left out.

    `all`: every model. `families`: every family is one member, its similarity to another the mean over the models of
    both, so that a family counts once however many snapshots it has, and none is chosen to represent it.
    `references`: the candidate teachers. `targets`: all others.

    Args:
        lineages: the lineage of each model with replies.
        references: the candidate teachers.
    """
    models = sorted(lineage.model for lineage in lineages)
    families = {lineage.model: lineage.family or lineage.model for lineage in lineages}
    candidates = [model for model in models if model in set(references)]
    others = [model for model in models if model not in set(references)]
    candidate_populations = [Population("all", {model: model for model in models})]
    if len(set(families.values())) < len(models):
        candidate_populations.append(Population("families", families))
    if candidates and others:
        candidate_populations.append(Population("references", {model: model for model in candidates}))
        candidate_populations.append(Population("targets", {model: model for model in others}))
    return [population for population in candidate_populations if len(set(population.member.values())) >= SMALLEST]
