"""The verdict on one target and candidate as one readable sentence: the terminal's answer, and the report's."""

from collections.abc import Mapping
from typing import Any

from tasks.domain.reporting.formatting import counted, p_value
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
