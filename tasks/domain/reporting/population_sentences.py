"""Sentences on a population: its number of distinct models, the smallest contribution, and stable groups."""

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

SUPPORTED = 0.95
"""Least share of draws of prompts in which a stable group of the tree occurs."""

MOST_GROUPS = 3
MOST_NAMES = 6


def population_sentences(homes: Sequence[Row], members: Sequence[Row], nodes: Sequence[Row]) -> list[str]:
    """Return sentences on the population of all models, and on that of families where it differs.

    Args:
        homes: rows of `mart.homogeneity`.
        members: rows of `mart.model_contribution`.
        nodes: rows of `mart.model_tree`.
    """
    by_kernel = {(row["kernel"], row["population"]): row for row in homes}
    home = by_kernel.get(("prefix_overlap", "all"))
    if home is None:
        return []
    lines = [f"By how they begin, {home['n_members']} models write like {_count(home)} distinct ones"]
    if ("bigram", "all") in by_kernel:
        lines[0] += f"; by their word pairs like {_count(by_kernel['bigram', 'all'])}"
    lines[0] += f".{_floor(home)}"
    if ("prefix_overlap", "families") in by_kernel:
        row = by_kernel["prefix_overlap", "families"]
        lines[0] += f" One voice a family: {row['n_members']} families like {row['vendi']:.1f}."
    ranked = sorted((row for row in members if _is_main(row)), key=lambda row: int(row["rank"]))
    if ranked:
        lines.append(_edges(ranked))
    groups = [row for row in nodes if _is_main(row) and row["support"] is not None and row["n_members"] > 1]
    if groups:
        lines.append(_groups(groups))
    return lines


def _is_main(row: Row) -> bool:
    return row["kernel"] == "prefix_overlap" and row["population"] == "all"


def _count(row: Row) -> str:
    low, high = row["vendi_low"], row["vendi_high"]
    interval = "" if low is None else f" (95 % interval {low:.1f} to {high:.1f})"
    return f"{row['vendi']:.1f}{interval}"


def _floor(row: Row) -> str:
    if row["vendi_of_one_model"] is None:
        return ""
    return f" As many samples of one of them would begin like {row['vendi_of_one_model']:.1f}."


def _edges(ranked: Sequence[Row]) -> str:
    least, most = ranked[0], ranked[-1]
    nearest = f" (nearest: {least['nearest']})" if least["nearest"] is not None else ""
    return (
        f"{least['member']} adds least to that number, {least['contribution']:.2f}{nearest}; {most['member']} adds "
        f"most, {most['contribution']:.2f}. A copy of another model would add about 0, one like no other about 1."
    )


def _groups(groups: Sequence[Row]) -> str:
    """Return the number of stable groups, and the largest that are short enough to name; none within another."""
    again = [row for row in groups if row["support"] >= SUPPORTED]
    largest: list[Row] = []
    for row in sorted(again, key=lambda row: (-row["n_members"], row["height"], row["members"])):
        if row["n_members"] <= MOST_NAMES and not any(
            set(row["members"]) <= set(group["members"]) for group in largest
        ):
            largest.append(row)
    named = "; ".join(", ".join(row["members"]) for row in largest[:MOST_GROUPS])
    return (
        f"Of {len(groups)} groups in the tree of prefix overlaps, {len(again)} come again in at least "
        f"{SUPPORTED:.0%} of the draws of prompts" + (f", such as: {named}." if named else ".")
    )
