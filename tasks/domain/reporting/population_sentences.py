"""Sentences on a population: its number of distinct models, the smallest contribution, and stable groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.reporting.formatting import counted, listed
from tasks.domain.verdict.degree import LEAST_PROMPTS

Row = Mapping[str, Any]

SUPPORTED = 0.95
"""Least share of draws of prompts in which a stable group of the tree occurs."""

MOST_GROUPS = 3
MOST_NAMES = 6
MOST_CLUSTERS = 5


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


FEWEST_MEMBERS = 4
"""Members below which a population is not described as one."""


def front_sentences(homes: Sequence[Row], nodes: Sequence[Row]) -> list[str]:
    """Return two or three sentences on the whole population: how many voices it has, and its clusters by their members.

    Args:
        homes: rows of `mart.homogeneity`.
        nodes: rows of `mart.model_tree`.
    """
    home = next((row for row in homes if (row["kernel"], row["population"]) == ("prefix_overlap", "all")), None)
    # Of three models the pairs say more, and a score of three says nothing of two that are one.
    if home is None or home["n_prompts"] < LEAST_PROMPTS or home["n_members"] < FEWEST_MEMBERS:
        return []
    lines = [f"By how they begin, {home['n_members']} models write like {_count(home)} distinct ones."]
    clusters = [
        row
        for row in nodes
        if _is_main(row) and row["support"] is not None and row["support"] >= SUPPORTED and row["n_members"] > 1
    ]
    whole = home["n_members"]
    outer: list[Row] = []
    for row in sorted(clusters, key=lambda row: (-row["n_members"], row["height"], row["members"])):
        is_inner = any(set(row["members"]) <= set(other["members"]) for other in outer)
        if row["n_members"] <= max(whole // 2, 2) and row["n_members"] < whole and not is_inner:
            outer.append(row)
    if outer:
        named = "; ".join(_members(row["members"]) for row in outer[:MOST_CLUSTERS])
        more = f"; and {len(outer) - MOST_CLUSTERS} smaller ones" if len(outer) > MOST_CLUSTERS else ""
        n = f"{len(outer)} cluster{'' if len(outer) == 1 else 's'}"
        stand = "stands" if len(outer) == 1 else "stand"
        lines.append(f"{n} {stand} whichever prompts are drawn: {named}{more}.")
    n_alone = whole - len({member for row in outer for member in row["members"]})
    if outer and n_alone:
        lines.append(f"{n_alone} of the {whole} stand{'s' if n_alone == 1 else ''} in none of them.")
    return lines


def _members(members: Sequence[str]) -> str:
    return listed(members, MOST_NAMES)


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
        f"Of {counted(len(groups), 'group')} in the tree of prefix overlaps, {len(again)} recur in at least "
        f"{SUPPORTED:.0%} of the draws of prompts" + (f", such as: {named}." if named else ".")
    )
