"""Chooses the candidate teachers, and among them the background on which scores are centred."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.domain.errors import InputError
from tasks.domain.rows import Lineage
from tasks.domain.suggestions import unknown_name

CANDIDATE_ROLES = frozenset({"independent", "undocumented"})


@dataclass(frozen=True)
class Reference:
    """A candidate teacher. `is_background`: trained on its own data, as far as is known, so it may be background."""

    model: str
    is_background: bool
    chosen_by: str


def choose_references(lineages: Sequence[Lineage], named: Sequence[str]) -> list[Reference]:
    """Return the candidate teachers among the models that have replies.

    Named references are used as given. Otherwise the models whose lineage is independent or undocumented; where none is
    documented as independent, every model. The background are the independent ones; where there is none, all of
    them: independence is never guessed, but without a background there is no score.

    Raises:
        InputError: a named reference has no replies.
    """
    roles = {row.model: row.role for row in lineages}
    lacking = sorted(set(named) - roles.keys())
    if lacking:
        raise InputError(
            f"no replies of {', '.join(lacking)}.",
            where="--references",
            remedy=f"Models with replies: {', '.join(sorted(roles)[:8])}{' ...' if len(roles) > 8 else '.'}",
        )
    if named:
        models, chosen_by = sorted(set(named)), "named"
    else:
        has_independent = any(role == "independent" for role in roles.values())
        models = sorted(model for model, role in roles.items() if role in CANDIDATE_ROLES or not has_independent)
        chosen_by = "lineage" if has_independent else "every model: no lineage is known"
    independent = {model for model in models if roles[model] == "independent"}
    return [Reference(model, model in independent or not independent, chosen_by) for model in models]


def require_hypotheses(hypotheses: Sequence[tuple[str, str]], lineages: Sequence[Lineage], where: str) -> None:
    """Raise InputError where a pair of target and candidate group names an unknown model or group."""
    models = sorted(row.model for row in lineages)
    groups = sorted({row.candidate_group or row.model for row in lineages})
    for target, group in hypotheses:
        for name, existing, what in ((target, models, "model with replies"), (group, groups, "candidate group")):
            if name not in existing:
                raise unknown_name(f"{what} named", name, existing, where)
