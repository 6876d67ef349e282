"""Which populations are looked at: everybody, one voice a family, candidate teachers, and all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.domain.rows import Lineage

SMALLEST = 3
"""Of two members the pair says all, and a tree of them says nothing."""


@dataclass(frozen=True)
class Population:
    """A name, and the member that each model which takes part stands for: itself, or its family."""

    name: str
    member: Mapping[str, str]


def populations(known: Sequence[Lineage], references: Sequence[str]) -> list[Population]:
    """Return the populations of three members or more; one that would repeat `all` is left out.

    `all`: every model. `families`: every family is one member, its similarity to another the mean over the models of
    both, so that a family counts once however many snapshots of it are here, and none is chosen to speak for it.
    `references`: the candidate teachers. `targets`: all others.

    Args:
        known: what is known of each model with replies.
        references: the candidate teachers.
    """
    models = sorted(lineage.model for lineage in known)
    families = {lineage.model: lineage.family or lineage.model for lineage in known}
    candidates = [model for model in models if model in set(references)]
    others = [model for model in models if model not in set(references)]
    found = [Population("all", {model: model for model in models})]
    if len(set(families.values())) < len(models):
        found.append(Population("families", families))
    if candidates and others:
        found.append(Population("references", {model: model for model in candidates}))
        found.append(Population("targets", {model: model for model in others}))
    return [one for one in found if len(set(one.member.values())) >= SMALLEST]
