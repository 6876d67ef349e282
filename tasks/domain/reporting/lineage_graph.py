"""Rows -> the lineage graph: targets on the left, the candidates that they resemble beyond chance on the right."""

from statistics import fmean
from typing import Any

from tasks.domain.reporting.cells import Row, Rows, finite, safe_text
from tasks.domain.reporting.chart_rows import OTHERS, Points, names
from tasks.domain.reporting.formatting import p_value
from tasks.domain.verdict.expected import DOCUMENTS

MOST_TARGETS = 60
MOST_VENDORS = 7
LEAST_STRENGTH = 0.1
"""Strength of an edge without a degree, so that it is drawn."""

DOCUMENTED, NOT_DOCUMENTED = "documented", "not documented"


def graph(rows: Rows) -> tuple[Points, Points]:
    """Return the edges and the models of the graph; neither where nothing resembles anything beyond chance.

    An edge is a verdict of shared lineage with another vendor, on the nearest of its groups; `strength`: the degree, at
    most 1. Of more than `MOST_TARGETS` targets those with the surest verdicts are drawn.
    """
    positive = [row for row in rows.of("mart.verdict") if row["is_positive"] and not row["is_kin"]]
    surest: dict[str, tuple[float, str]] = {}
    for row in positive:
        own = (row["p_target"] or 0.0, row["target"])
        surest[row["target"]] = min(surest.get(row["target"], own), own)
    drawn = set(sorted(surest, key=lambda target: surest[target])[:MOST_TARGETS])
    nearest: dict[tuple[str, str], Row] = {}
    for row in sorted(positive, key=lambda row: (row["target"], row["place"])):
        nearest.setdefault((row["target"], row["candidate_vendor"]), row)
    edges = [row for row in nearest.values() if row["target"] in drawn]
    if not edges:
        return [], []
    target_at = _targets(edges)
    group_at = _groups(edges, target_at)
    colour = _vendors(edges)
    label = names(rows).label
    points = [_edge(row, target_at, group_at, colour) | {"model": row["target"]} for row in edges]
    left = [
        {"x": 0, "y": at, "name": label.get(target, safe_text(target)), "vendor": _main_vendor(target, edges, colour)}
        for target, at in target_at.items()
    ]
    vendor_of = {row["candidate_group"]: colour[row["candidate_vendor"]] for row in edges}
    right = [{"x": 1, "y": at, "name": safe_text(group), "vendor": vendor_of[group]} for group, at in group_at.items()]
    return points, [*left, *right]


def _targets(edges: list[Row]) -> dict[str, float]:
    """Return the place of each target, those with one nearest candidate together, the vendors with most edges first."""
    n_of: dict[str, int] = {}
    best: dict[str, Row] = {}
    for row in sorted(edges, key=lambda row: (row["target"], row["place"])):
        best.setdefault(row["target"], row)
    for row in best.values():
        n_of[row["candidate_vendor"]] = n_of.get(row["candidate_vendor"], 0) + 1

    def order(row: Row) -> tuple[Any, ...]:
        vendor, group = row["candidate_vendor"], row["candidate_group"]
        return -n_of[vendor], vendor, group, -(row["degree"] or 0.0), row["target"]

    return {row["target"]: float(at) for at, row in enumerate(sorted(best.values(), key=order))}


def _groups(edges: list[Row], target_at: dict[str, float]) -> dict[str, float]:
    """Return the place of each candidate group: at the middle of its targets, spread over the same height."""
    middles: dict[str, list[float]] = {}
    for row in edges:
        middles.setdefault(row["candidate_group"], []).append(target_at[row["target"]])
    ordered = sorted(middles, key=lambda group: (fmean(middles[group]), group))
    height = max(len(target_at), len(ordered))
    step = height / len(ordered)
    return {group: round((at + 0.5) * step - 0.5, 3) for at, group in enumerate(ordered)}


def _vendors(edges: list[Row]) -> dict[str, str]:
    """Return the vendors as they are coloured: the most frequent each by its name, all others together."""
    counted: dict[str, int] = {}
    for row in edges:
        counted[row["candidate_vendor"]] = counted.get(row["candidate_vendor"], 0) + 1
    large = sorted(counted, key=lambda vendor: (-counted[vendor], vendor))[:MOST_VENDORS]
    return {vendor: safe_text(vendor) if vendor in large else OTHERS for vendor in counted}


def _main_vendor(target: str, edges: list[Row], colour: dict[str, str]) -> str:
    own = min((row for row in edges if row["target"] == target), key=lambda row: row["place"])
    return colour[own["candidate_vendor"]]


def _edge(row: Row, target_at: dict[str, float], group_at: dict[str, float], colour: dict[str, str]) -> dict[str, Any]:
    return {
        "x": 0,
        "x2": 1,
        "y": target_at[row["target"]],
        "y2": group_at[row["candidate_group"]],
        "target": safe_text(row["target"]),
        "group": safe_text(row["candidate_group"]),
        "reference": row["reference"],
        "vendor": colour[row["candidate_vendor"]],
        "strength": finite(max(min(row["degree"] or 0.0, 1.0), LEAST_STRENGTH)),
        "known": DOCUMENTED if row["expected_by"] == DOCUMENTS else NOT_DOCUMENTED,
        "verdict": row["verdict"],
        "p": p_value(row["p_target"]),
    }
