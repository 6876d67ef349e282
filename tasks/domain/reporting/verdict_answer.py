"""The verdict on one target and candidate as one readable sentence, and the format of its figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.reporting.p_values import p_value
from tasks.domain.verdict.decision import (
    CONFOUNDED,
    FEW_CONTROLS,
    FEW_PROMPTS,
    INDEPENDENT,
    MODERATE,
    RULED_OUT,
    SAME_MODEL,
    STRONG,
    SUGGESTIVE,
    TAUGHT,
)
from tasks.domain.verdict.expected import DOCUMENTS, NAME
from tasks.domain.verdict.kinds import ASKED

Row = Mapping[str, Any]

MOST_LISTED = 8
"""Maximum number of names in a list; the rest is counted."""

EXPECTED = {DOCUMENTS: "as documented", NAME: "as its name suggests"}

_ANSWERS = {
    SAME_MODEL: "{target} is {reference} or a fine-tune of it, or made of the same weights ({grounds})",
    TAUGHT: "{target} was taught by {vendor} models ({grounds}; nearest: {group})",
    STRONG: "{target} shares lineage with {vendor} models ({grounds}; nearest: {group})",
    MODERATE: "{target} shares lineage with {vendor} models, with moderate certainty ({grounds}; nearest: {group})",
    SUGGESTIVE: "{target} is nearest to {vendor} models ({grounds}; nearest: {group}): suggestive, not a finding",
    CONFOUNDED: "{target} is near to {vendor} models ({grounds}; nearest: {group}), but no nearer than its length "
    "explains: not a finding",
    FEW_CONTROLS: "Nothing can be said of {target} and {vendor} models: too few unrelated models to tell what chance "
    "gives",
    FEW_PROMPTS: "Nothing can be said of {target} and {vendor} models: too few prompts that both answered",
    INDEPENDENT: "{target} is documented as independent and serves as a control, so no hypothesis about it is tested; "
    "nearest to it are {vendor} models ({grounds}; nearest: {group})",
    RULED_OUT: "{target} can't have learned from {group}, which is later or was made from it: not tested",
}
_NOTHING = "No lineage found for {target}: nearest are {vendor} models ({grounds}; nearest: {group}), not conclusive"


def answer(row: Row) -> str:
    """Return the verdict of a row of `mart.verdict` as one sentence."""
    text = _ANSWERS.get(row["verdict"], _NOTHING).format(
        target=row["target"],
        reference=row["reference"],
        vendor=row["candidate_vendor"],
        group=row["candidate_group"],
        grounds=grounds(row),
    )
    expected = EXPECTED.get(row["expected_by"] or "") if row["is_positive"] or row["verdict"] == SUGGESTIVE else None
    return f"{text}{f', {expected}' if expected else ''}."


def grounds(row: Row) -> str:
    """Return the p of a verdict, and over what."""
    if row["is_positive"] and row["verdict"] == SAME_MODEL and row["weights_p"] is not None:
        return f"p {p_value(row['weights_p'])} for shared weights"
    if row["p_target"] is None:
        return "no p"
    if row["kind"] == ASKED:
        return f"p {p_value(row['p_target'])}, asked about beforehand"
    if row["is_kin"]:
        return f"p {p_value(row['p_target'])} for shared weights"
    return f"p {p_value(row['p_target'])} over {counted(row['n_candidates'], 'vendor')}"


def figure(value: float | None, digits: int = 2) -> str:
    """Return a figure; a dash where there is none."""
    return "-" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"


def between(low: float | None, high: float | None, digits: int = 2) -> str:
    """Return an interval in brackets; empty where there is none."""
    return "" if low is None or high is None else f" ({figure(low, digits)} to {figure(high, digits)})"


def degree_text(value: float | None) -> str:
    """Return a degree from 0 to 1; a value above 1 is 1+."""
    return "-" if value is None else "1+" if value > 1.0 else f"{value:.2f}"


def degree_between(low: float | None, high: float | None) -> str:
    """Return the interval of a degree as text, at most 1+; empty where there is none."""
    return "" if low is None or high is None else f"{degree_text(low)} to {degree_text(high)}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun in the right number; `plural` where an s does not make it."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], most: int = MOST_LISTED) -> str:
    """Return names as a list within a sentence; names after the first ones are counted."""
    first = list(names[:most])
    if len(names) > most:
        return f"{', '.join(first)} and {len(names) - most} more"
    return first[0] if len(first) == 1 else f"{', '.join(first[:-1])} and {first[-1]}" if first else ""
