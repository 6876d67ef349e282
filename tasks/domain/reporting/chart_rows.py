"""Rows -> the points of each chart; the drawing is elsewhere."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.domain.reporting.cells import Row, Rows, finite, safe_text
from tasks.domain.reporting.identity import compared, modes
from tasks.domain.reporting.label_places import names_on_map

Points = list[dict[str, Any]]

MOST_FAMILIES = 7
"""Number of families with a colour of their own; all others share one."""

OTHERS = "others"

MOST_DRAWN = 80
"""Maximum number of targets, and of references, in the heat map; more are illegible."""

MOST_LEAVES = 120

MOST_BARS = 40

STANCE_NAMES = {"own": "itself", "none": "nobody", "refused": "refused", "not_judged": "no other vendor"}
"""Labels of stances that claim no other vendor."""


@dataclass(frozen=True)
class Names:
    """Names of models in charts: `label` is safe and unique, `family` determines the colour."""

    label: Mapping[str, str]
    family: Mapping[str, str]

    @property
    def families(self) -> list[str]:
        """The families with a colour, the largest first, and the label of the others."""
        counted = Counter(self.family.values())
        return sorted(counted, key=lambda name: (name == OTHERS, -counted[name], name))


def names(rows: Rows) -> Names:
    """Return the names of models in charts."""
    models = {row["model"]: row for row in rows.of("core.model")}
    in_charts = sorted(
        {*models, *(row[side] for row in rows.of("mart.pair_similarity") for side in ("target", "reference"))}
    )
    label: dict[str, str] = {}
    taken: set[str] = set()
    for model in in_charts:
        text, n = safe_text(model), 1
        while text in taken:
            n += 1
            text = f"{safe_text(model)} ({n})"
        taken.add(text)
        label[model] = text
    family = {model: safe_text(str(models[model]["family"] if model in models else model)) for model in in_charts}
    counted = Counter(family.values())
    large = [name for name, n in sorted(counted.items(), key=lambda item: (-item[1], item[0])) if n > 1]
    named = set(large[:MOST_FAMILIES] if large else sorted(counted)[:MOST_FAMILIES])
    return Names(label, {model: name if name in named else OTHERS for model, name in family.items()})


def order(rows: Rows) -> list[str]:
    """Return all models with similar ones together: in the order of the tree's leaves; without a tree, by vendor."""
    labels = names(rows)
    vendor = {row["model"]: str(row["vendor"]).lower() for row in rows.of("core.model")}
    by_vendor = sorted(labels.label, key=lambda model: (vendor.get(model, model.lower()), model.lower()))
    leaves = _leaves(_nodes(rows, "all"))
    place = {model: at for at, model in enumerate(leaves)}
    return sorted(by_vendor, key=lambda model: place.get(model, len(place)))


def drawn_models(rows: Rows) -> tuple[list[str], list[str]]:
    """Return the targets and the references of the heat map, in order; of too many, those with the highest D."""
    similarity = rows.of("mart.pair_similarity")
    place = {model: at for at, model in enumerate(order(rows))}
    sides = []
    for side in ("target", "reference"):
        best: dict[str, tuple[bool, float]] = {}
        for row in similarity:
            value = row["prefix_overlap_d"] if row["prefix_overlap_d"] is not None else row["prefix_overlap"]
            key = (not row["is_same_family"], float(value))
            best[row[side]] = max(best.get(row[side], (False, -9.0)), key)
        chosen = sorted(best, key=lambda model: (tuple(-part for part in best[model]), model))[:MOST_DRAWN]
        sides.append(sorted(chosen, key=lambda model: place[model]))
    return sides[0], sides[1]


def heat(rows: Rows, measure: str) -> Points:
    """Return the cells of the heat map for one measure."""
    label = names(rows).label
    targets, references = (set(side) for side in drawn_models(rows))
    return [
        {
            "target": label[row["target"]],
            "reference": label[row["reference"]],
            "value": finite(row[measure]),
            "kin": bool(row["is_same_family"]),
        }
        for row in rows.of("mart.pair_similarity")
        if row["target"] in targets and row["reference"] in references and row[measure] is not None
    ]


def scatter(rows: Rows) -> Points:
    """Return the points of the map: targets with an identity score and a grade; names where there is room."""
    called = names(rows)
    measured = [r for r in rows.of("mart.identity_and_rse") if r["hard"] is not None and r["grade"] is not None]
    far = sorted(measured, key=lambda row: (-row["hard"] - (row["grade"] - 1) / 4, row["target"]))
    on_right, on_left = names_on_map(far, called.label)
    values = ("hard", "hard_low", "hard_high", "grade", "grade_low", "grade_high")
    return [
        {
            "target": called.label[row["target"]],
            "name": on_right.get(row["target"], ""),
            "name_left": on_left.get(row["target"], ""),
            "family": called.family[row["target"]],
            "model": row["target"],
            "reference": row["reference"],
            **{name: finite(row[name]) for name in values},
        }
        for row in measured
    ]


def tree(rows: Rows) -> tuple[Points, Points, Points, str]:
    """Return the tree's lines, its joints with their support, its leaves, and its population."""
    for population in ("all", "references", "targets", "families"):
        nodes = _nodes(rows, population)
        if nodes and len(_leaves(nodes)) <= MOST_LEAVES:
            return (*_drawn_tree(nodes, names(rows)), population)
    return [], [], [], ""


def _nodes(rows: Rows, population: str) -> list[Row]:
    return [r for r in rows.of("mart.model_tree") if r["kernel"] == "prefix_overlap" and r["population"] == population]


def _children(nodes: Sequence[Row]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for row in sorted(nodes, key=lambda row: int(row["node"])):
        if row["parent"] is not None:
            children.setdefault(row["parent"], []).append(row["node"])
    return children


def _leaves(nodes: Sequence[Row]) -> list[str]:
    if not nodes:
        return []
    of, children, leaves = {row["node"]: row for row in nodes}, _children(nodes), []
    waiting = [row["node"] for row in nodes if row["parent"] is None]
    while waiting:
        node = waiting.pop()
        if node in children:
            waiting.extend(reversed(children[node]))
        else:
            leaves.append(of[node]["members"][0])
    return leaves


def _drawn_tree(nodes: Sequence[Row], called: Names) -> tuple[Points, Points, Points]:
    leaves, children = _leaves(nodes), _children(nodes)
    of = {row["node"]: row for row in nodes}
    inner = sorted((n for n in of if n in children), key=lambda n: len(of[n]["members"]))
    tips = [1.0 - float(of[n]["height"]) for n in inner]
    end = max(tips) + 0.03 * max(max(tips) - min(tips), 0.05)
    row_of = {leaf: float(at) for at, leaf in enumerate(leaves)}
    y: dict[int, float] = {n: row_of[of[n]["members"][0]] for n in of if n not in children}
    x = {n: 1.0 - float(of[n]["height"]) if n in children else end for n in of}
    lines: Points = []
    joints: Points = []
    for node in inner:
        below = [y[child] for child in children[node]]
        y[node] = (min(below) + max(below)) / 2
        lines.append({"x": finite(x[node]), "x2": finite(x[node]), "y": min(below), "y2": max(below)})
        lines += [{"x": finite(x[node]), "x2": finite(x[c]), "y": y[c], "y2": y[c]} for c in children[node]]
        support = of[node]["support"]
        if support is not None:
            members = ", ".join(called.label.get(m, safe_text(m)) for m in of[node]["members"])
            joints.append({"x": finite(x[node]), "y": y[node], "support": finite(support), "members": members})
    named = [
        {
            "x": finite(end),
            "y": float(at),
            "name": called.label.get(leaf, safe_text(leaf)),
            "family": called.family.get(leaf, OTHERS),
        }
        for at, leaf in enumerate(leaves)
    ]
    return lines, joints, named


def claims(rows: Rows) -> Points:
    """Return the identity claims of each target: shares of its probes by the deciding judge."""
    called = names(rows)
    mode_of = modes(rows)
    deciding = {
        (row["target"], row["mode"]): row["judge"]
        for row in rows.of("mart.identity_coverage")
        if row["mode"] == mode_of.get(row["target"])
    }
    decisive = [
        row for row in rows.of("mart.identity_claim") if deciding.get((row["target"], row["mode"])) == row["judge"]
    ]
    points: Points = []
    for mode in sorted(set(mode_of.values())):
        of_mode = [row for row in decisive if row["mode"] == mode]
        counted: Counter[str] = Counter()
        for row in of_mode:
            if row["stance"] == "foreign":
                counted[safe_text(row["claimed_vendor"])] += row["n_claims"]
        large = {vendor for vendor, _ in counted.most_common(MOST_FAMILIES - 2)}
        for row in of_mode:
            vendor = safe_text(row["claimed_vendor"])
            claim = STANCE_NAMES.get(row["stance"]) or (f"as {vendor}" if vendor in large else "another vendor")
            claim = "another vendor, not named" if claim == "as unknown" else claim
            point = {"target": called.label[row["target"]], "mode": mode, "claim": claim, "share": finite(row["share"])}
            points.append(point | {"n": row["n_claims"], "probes": row["n_probes"]})
    return _largest(points)


def rates(rows: Rows) -> Points:
    """Return loose, strict and hard of each target, with their intervals, over all probes and by slice."""
    label = names(rows).label
    return _largest(
        [
            {
                "target": label[row["target"]],
                "mode": row["mode"],
                "score": row["score"],
                "slice": row["slice"],
                "value": finite(row["value"]),
                "low": finite(row["low"]),
                "high": finite(row["high"]),
                "n": row["n"],
            }
            for row in compared(rows)
            if row["value"] is not None and row["slice"] != "as_published"
        ]
    )


def drift(rows: Rows) -> Points:
    """Return each target's change by round and measure, and the rounds with a changed recipe.

    A round with a changed recipe has a point even without a change; `change` is None there.
    """
    called = names(rows)
    changes = [row for row in rows.of("mart.drift") if row["change"] is not None or row["is_recipe_changed"]]
    ranked = sorted(changes, key=lambda row: (not row["is_alarm"], -abs(row["change"] or 0.0), row["target"]))
    drawn_targets = set(list(dict.fromkeys(row["target"] for row in ranked))[:MOST_BARS])
    return [
        {
            "target": called.label.get(row["target"], safe_text(row["target"])),
            "family": called.family.get(row["target"], OTHERS),
            "model": row["target"],
            "round": safe_text(row["round"]),
            "measure": row["measure"],
            **{name: finite(row[name]) for name in ("change", "low", "high", "p_holm", "n")},
            "alarm": bool(row["is_alarm"]),
            "recipe_changed": bool(row["is_recipe_changed"]),
        }
        for row in changes
        if row["target"] in drawn_targets
    ]


def _largest(points: Points) -> Points:
    """Return the points of at most `MOST_BARS` targets: those with the largest shares of others, in that order."""
    total: dict[str, float] = {}
    for point in points:
        value = point.get("value", 0.0 if point.get("claim") in STANCE_NAMES.values() else point.get("share"))
        total[point["target"]] = total.get(point["target"], 0.0) + (value or 0.0)
    kept = sorted(total, key=lambda target: (-total[target], target))[:MOST_BARS]
    place = {target: at for at, target in enumerate(kept)}
    return sorted((point for point in points if point["target"] in place), key=lambda point: place[point["target"]])
