"""What is documented of who learned from whom: the truth that a validation is held against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.domain.verdict.population import Known

LEARNT = "student"
TUNED = ("derived", "variant")
UNRELATED = ("independent", "control")
JUDGED = ("student", "control", "independent")
"""Roles of which it is documented whom they learned from, if anybody: the rest may be anybody's students."""


@dataclass(frozen=True)
class Truth:
    """One model: what is known of it, and the groups that it learned from or was made of."""

    known: Known
    learned_from: tuple[str, ...]
    certainty: str | None

    @property
    def role(self) -> str | None:
        """What the model is, as in a lineage file."""
        return self.known.role


@dataclass(frozen=True)
class Column:
    """A teacher with the targets that learned from it and those that did not, each by name."""

    teacher: str
    learners: tuple[str, ...]
    others: tuple[str, ...]


def columns(
    truths: Mapping[str, Truth], heads: Mapping[str, Known], roles: Iterable[str], *, is_by_maker: bool
) -> list[Column]:
    """Return a column for each candidate group that a target of one of `roles` learned from.

    Args:
        truths: every target.
        heads: a model of each candidate group.
        roles: of the learners: `student`, or `derived` and `variant`.
        is_by_maker: leave out as neither who learned from another group of the teacher's maker. Data that was taken
            from one snapshot often holds another's, and nobody documents which.
    """
    wanted = set(roles)
    found = []
    for group, head in sorted(heads.items()):
        siblings = {name for name, other in heads.items() if other.vendor == head.vendor} if is_by_maker else {group}
        learners, others = [], []
        for name, truth in sorted(truths.items()):
            is_kin = truth.known.is_kin(head) and truth.role != "variant"
            if is_kin or truth.known.model == head.model:
                continue
            if group in truth.learned_from:
                learners.extend([name] * (truth.role in wanted))
            elif truth.role in JUDGED and not siblings & set(truth.learned_from):
                others.append(name)
        if learners and others:
            found.append(Column(group, tuple(learners), tuple(others)))
    return found
