"""The front page's third tier: what limits this run, each limit said once and in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from tasks.domain.reporting.formatting import counted, listed
from tasks.domain.reporting.power_sentences import Design, design_power
from tasks.domain.reporting.sentences import BACKGROUND_FOR_A_NULL
from tasks.domain.reporting.verdict_sentences import absent_vendors
from tasks.domain.verdict.kinds import INDEPENDENT_ROLE

Row = Mapping[str, Any]

SAID = frozenset({"reply_truncated", "low_coverage", "no_background", "control_resembles_teacher", "unknown_lineage"})
"""Checks whose findings this tier or the first one says in words."""


Relations = Mapping[str, Sequence[Row]]


def limit_sentences(relations: Relations, lexicon_vendors: Iterable[str]) -> list[str]:
    """Return sentences on missing vendors, power, missing and truncated replies, and what similarity can't tell.

    Args:
        relations: rows of `mart.coverage`, `mart.background`, `mart.verdict` and `core.model`, by their names.
        lexicon_vendors: ids of all vendors in the lexicon.
    """
    coverage, background = relations.get("mart.coverage", ()), relations.get("mart.background", ())
    if not coverage:
        return []
    lines = [
        absent_vendors(lexicon_vendors, {row["vendor"] for row in background}),
        _power(relations),
        _missing(coverage),
        _truncated(coverage),
        "Similarity can't tell a teacher from a fellow student, nor who learned from whom.",
    ]
    return [line for line in lines if line]


def _power(relations: Relations) -> str:
    background, verdicts = relations.get("mart.background", ()), relations.get("mart.verdict", ())
    controls = [row["vendor"] for row in background if row["is_background"] and row["role"] == INDEPENDENT_ROLE]
    n_prompts = int(median([row["n_prompts"] for row in verdicts])) if verdicts else 0
    roles = {row["model"]: row["role"] for row in relations.get("core.model", ())}
    n_targets = len({row["target"] for row in verdicts if roles.get(row["target"]) != INDEPENDENT_ROLE})
    if len(controls) < BACKGROUND_FOR_A_NULL:
        return (
            f"No verdict on lineage: that takes {BACKGROUND_FOR_A_NULL} models documented as independent, "
            f"{'and none is here' if not controls else f'and {len(controls)} of them are here'}, so nothing says that "
            "a similarity is more than chance."
        )
    expected = design_power(Design(Counter(controls), n_prompts, n_targets))
    if expected.reason is not None:
        return f"No verdict on lineage: {expected.reason}."
    among = f", and of {expected.over_targets:.0%} among {n_targets} targets" if n_targets > 1 else ""
    return (
        f"A student as close to its teacher as the documented ones is found with a chance of {expected.alone:.0%} if "
        f"asked about alone{among}: "
        f"{counted(len(controls), 'unrelated model')} of {counted(len(set(controls)), 'vendor')}, {n_prompts} prompts."
    )


def _missing(coverage: Sequence[Row]) -> str:
    n_requests, n_missing = (sum(row[name] for row in coverage) for name in ("n_requests", "n_missing"))
    if not n_missing:
        return ""
    worst = Counter({row["model"]: 0 for row in coverage})
    for row in coverage:
        worst[row["model"]] += row["n_missing"]
    names = [model for model, n in sorted(worst.items(), key=lambda item: (-item[1], item[0])) if n][:3]
    are = "is" if n_missing == 1 else "are"
    of = counted(n_requests, "reply", "replies")
    return f"{n_missing:,} of {of} {are} missing and in no figure; most of {listed(names)}."


def _truncated(coverage: Sequence[Row]) -> str:
    n_answered, n_truncated = (sum(row[name] or 0 for row in coverage) for name in ("n_answered", "n_truncated"))
    if not n_truncated:
        return ""
    are = "was" if n_truncated == 1 else "were"
    return (
        f"{n_truncated:,} of {counted(n_answered, 'reply', 'replies')} {are} cut at the token limit, which "
        "changes how long they are, not how they begin."
    )
