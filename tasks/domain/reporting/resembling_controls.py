"""Controls that look like students: their names and figures, and the findings without them."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.reporting.formatting import listed, p_value
from tasks.domain.verdict.decision import POSITIVE

Row = Mapping[str, Any]

MOST_VENDORS = 8


def control_sentences(verdicts: Sequence[Row]) -> list[str]:
    """Return for each vendor a sentence on the controls that look like its students, the lowest p first.

    Args:
        verdicts: rows of `mart.verdict`.
    """
    by_vendor: dict[str, list[Row]] = {}
    for row in named_pairs(verdicts):
        by_vendor.setdefault(row["candidate_vendor"], []).append(row)
    lines = [control_sentence(pairs, verdicts) for pairs in list(by_vendor.values())[:MOST_VENDORS]]
    left = list(by_vendor)[MOST_VENDORS:]
    if left:
        lines.append(
            f"The same, less strongly, holds of controls for {listed(left)}: distillometer show verdict MODEL."
        )
    return lines


def named_pairs(verdicts: Sequence[Row]) -> list[Row]:
    """Return for each named control and vendor the row of the control with that vendor's nearest group."""
    named = {
        (control, row["candidate_vendor"], row["kind"])
        for row in verdicts
        for control in row["resembling_controls"] or ()
    }
    if not named:
        return []
    nearest: dict[tuple[str, str], Row] = {}
    for row in sorted(verdicts, key=_order):
        if (row["target"], row["candidate_vendor"], row["kind"]) in named:
            nearest.setdefault((row["target"], row["candidate_vendor"]), row)
    return sorted(nearest.values(), key=_order)


def _order(row: Row) -> tuple[bool, float, str, int]:
    return row["p_t"] is None, row["p_t"] or 0.0, row["target"], row["rank"]


def control_sentence(pairs: Sequence[Row], verdicts: Sequence[Row]) -> str:
    """Return a sentence on controls that look like students, and on findings that depend on them.

    Args:
        pairs: rows of `mart.verdict`, controls as targets, each with the nearest group of the same vendor.
        verdicts: rows of `mart.verdict`, including those whose null has these controls.
    """
    vendor, names = pairs[0]["candidate_vendor"], [row["target"] for row in pairs]
    way = _other_way(pairs, verdicts)
    if len(pairs) == 1:
        p, group = p_value(pairs[0]["p_t"]), pairs[0]["candidate_group"]
        return (
            f"{names[0]} is documented as independent and serves as a control, yet looks like a student of {vendor} "
            f"(p {p} alone; nearest: {group}): its lineage entry may be wrong, or the relation runs the other "
            f"way{way}; {_without(vendor, names, verdicts)}."
        )
    controls = listed([f"{row['target']} (p {p_value(row['p_t'])} alone)" for row in pairs])
    return (
        f"{controls} are documented as independent and serve as controls, yet look like students of {vendor}: their "
        f"lineage entries may be wrong, or the relation runs the other way{way}; {_without(vendor, names, verdicts)}."
    )


def reverse_findings(pairs: Sequence[Row], verdicts: Sequence[Row]) -> set[str]:
    """Return the vendor's models that share lineage with the controls' vendors, which would explain the similarity.

    Args:
        pairs: rows of `mart.verdict`, controls as targets, with groups of one vendor.
        verdicts: rows of `mart.verdict`, of all targets.
    """
    vendor_of = {row["reference"]: row["candidate_vendor"] for row in verdicts}
    own = {vendor_of.get(row["target"]) for row in pairs} - {None}
    references = {row["reference"] for row in pairs}
    return {
        row["target"]
        for row in verdicts
        if row["target"] in references and row["is_positive"] and row["candidate_vendor"] in own and not row["is_kin"]
    }


def _other_way(pairs: Sequence[Row], verdicts: Sequence[Row]) -> str:
    others = reverse_findings(pairs, verdicts)
    return f", as the verdict on {listed(sorted(others))} says" if others else ""


def _without(vendor: str, controls: Sequence[str], verdicts: Sequence[Row]) -> str:
    """Return the findings on a vendor's models that change without the controls named for it."""
    beside = [
        row
        for row in verdicts
        if row["candidate_vendor"] == vendor
        and set(controls) & set(row["resembling_controls"] or ())
        and row["verdict_without"] is not None
    ]
    them = "it" if {name for row in beside for name in row["resembling_controls"]} <= {controls[0]} else "those named"
    changed = [row for row in beside if (row["verdict_without"] in POSITIVE) != row["is_positive"]]
    if not changed:
        return f"without {them} no finding on {vendor} models comes or goes"
    changes = [
        f"{row['target']} with {row['candidate_group']}: {row['verdict']} -> {row['verdict_without']}"
        for row in changed
    ]
    comes = "finding comes or goes" if len(changed) == 1 else "findings come or go"
    return f"without {them} {len(changed)} {comes} ({listed(changes, 4)})"
