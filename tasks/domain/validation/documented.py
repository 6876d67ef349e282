"""Documented teachers of each model: the truth that a validation compares with."""

from collections.abc import Iterable
from dataclasses import dataclass

from tasks.domain.verdict.population import DocumentedModel, Population

STUDENT, HUMAN, INDEPENDENT = "student", "control", "independent"
"""Roles in a lineage file: distilled from a teacher; taught by human data alone; a vendor's own data."""

TUNED = ("derived", "variant")
JUDGED = (STUDENT, HUMAN, INDEPENDENT)
"""Roles whose teachers are documented, if there are any: other roles may be students of any model."""


@dataclass(frozen=True)
class Column:
    """A teacher with the targets that learned from it and those that did not, each by name."""

    teacher: str
    learners: tuple[str, ...]
    others: tuple[str, ...]


def teacher_groups(model: DocumentedModel, population: Population) -> frozenset[int]:
    """Return the places of the candidate groups that taught a model, or that it was derived from."""
    groups = {*model.learned_from}
    groups |= {other.group for other in population.models if model.parent in (other.model, other.group)}
    return frozenset(place for place, group in enumerate(population.groups) if group in groups)


def columns(population: Population, roles: Iterable[str], *, is_by_vendor: bool) -> list[Column]:
    """Return a column for each candidate group that a target of one of `roles` learned from.

    Args:
        population: the models.
        roles: of the learners: `student`, or `derived` and `variant`.
        is_by_vendor: leave out models that learned from another group of the teacher's vendor. Data that was taken
            from one snapshot often holds another's, and which is undocumented.
    """
    learner_roles, heads = set(roles), population.heads
    teachers_of_model = [teacher_groups(model, population) for model in population.models]
    teacher_columns = []
    for group, head in enumerate(heads):
        fellows = (
            {place for place, other in enumerate(heads) if other.vendor == head.vendor} if is_by_vendor else {group}
        )
        learners, others = [], []
        for model, teachers in sorted(
            zip(population.models, teachers_of_model, strict=True), key=lambda pair: pair[0].model
        ):
            if model.is_kin(head) and model.role != "variant":
                continue
            if group in teachers:
                learners.extend([model.model] * (model.role in learner_roles))
            elif model.role in JUDGED and not fellows & teachers:
                others.append(model.model)
        if learners and others:
            teacher_columns.append(Column(population.groups[group], tuple(learners), tuple(others)))
    return teacher_columns
