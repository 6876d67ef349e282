"""The leaderboard: one row a target with its verdict, and what else was measured of it."""

import math
from collections.abc import Mapping, Sequence

from tasks.domain.reporting.columns import BOARD
from tasks.domain.reporting.shown import (
    Cell,
    Row,
    Rows,
    Table,
    link,
    number,
    pair_link,
    plain,
    probability,
    share,
    shown,
    table,
    with_interval,
)
from tasks.domain.verdict.decision import NO_EVIDENCE, POSITIVE

MODES = ("bank", "published", "search")
"""Of which mode a target's identity scores are shown, the first that it has."""

MARKS = {verdict: f"positive-{place}" for place, verdict in enumerate(POSITIVE, 1)} | {NO_EVIDENCE: "negative"}
"""How a verdict is marked; all others are doubtful."""


def board(rows: Rows) -> Table:
    """Return the leaderboard, the surest verdict first; targets without one by D, then those of identity trials."""
    verdicts: dict[str, list[Row]] = {}
    for row in rows.of("mart.verdict"):
        verdicts.setdefault(row["target"], []).append(row)
    made = [
        _row(target, parts, verdicts.get(target, []))
        for target, parts in sorted(_by_target(rows).items(), key=lambda item: _order(item[0], item[1]))
    ]
    return table(BOARD, made, "select * from mart.verdict_of_target order by p_t nulls last")


def identity_of(rows: Rows) -> dict[str, dict[str, Row]]:
    """Return each target's identity scores over all trials, by score; of the first mode that the target has."""
    found: dict[str, dict[str, Row]] = {}
    for mode in MODES:
        of_mode: dict[str, dict[str, Row]] = {}
        for row in rows.of("mart.identity_score"):
            if row["mode"] == mode and row["slice"] == "all":
                of_mode.setdefault(row["target"], {})[row["score"]] = row
        found = of_mode | found
    return found


def _by_target(rows: Rows) -> dict[str, dict[str, Row]]:
    """Return for each target its row of each relation that has one."""
    found: dict[str, dict[str, Row]] = {}
    for name in ("leaderboard", "verdict_of_target", "identity_and_similarity", "distillation_index"):
        for row in rows.of(f"mart.{name}"):
            found.setdefault(row["target"], {})[name] = row
    for row in rows.of("mart.model_contribution"):
        if row["kernel"] == "opening" and row["population"] == "all" and row["member"] in found:
            found[row["member"]]["contribution"] = row
    for target, scores in identity_of(rows).items():
        found.setdefault(target, {}).update(scores)
    models = {row["model"]: row for row in rows.of("core.model")}
    for target, parts in found.items():
        if target in models:
            parts["model"] = models[target]
    return found


def _order(target: str, parts: Mapping[str, Row]) -> tuple[bool, float, float, str]:
    told = parts.get("verdict_of_target", {})
    is_positive = told.get("verdict") in POSITIVE
    p = told.get("p_t")
    d = told.get("opening_d")
    return not is_positive, 2.0 if p is None else p, math.inf if d is None else -d, target


def _row(target: str, parts: Mapping[str, Row], verdicts: Sequence[Row]) -> dict[str, Cell]:
    told, asked = parts.get("verdict_of_target", {}), parts.get("leaderboard", {})
    group = told.get("candidate_group")
    reference = told.get("reference") if group is not None else None
    to_pair = pair_link(target, reference) if reference else ""
    to_slips = link("slips", target=target)
    verdict = told.get("verdict")
    grade = parts.get("identity_and_similarity", {})
    to_graded = pair_link(target, grade["reference"]) if grade.get("reference") else ""
    return {
        "target": Cell(shown(target), shown(target), _about(target, parts.get("model", {}))),
        "verdict": _verdict(verdict, told.get("n_positive"), to_pair),
        "nearest": Cell(
            plain(group).text,
            plain(group).sort,
            shown(reference) if reference and reference != group else "",
            to_pair,
        ),
        "degree": with_interval(told, ("degree", "degree_low", "degree_high"), to_pair, 2),
        "opening_d": with_interval(told, ("opening_d", "low", "high"), to_pair),
        "p_holm": Cell(
            probability(told.get("p_holm")),
            plain(told.get("p_holm")).sort,
            f"alone {probability(told['p_t'])}" if told.get("p_t") is not None else "",
            to_pair if told.get("p_holm") is not None else "",
        ),
        "next": _next(target, verdicts),
        "own": _own(target, told, verdicts),
        **{
            score: with_interval(parts.get(score, {}), ("value", "low", "high"), to_slips)
            for score in ("loose", "strict", "hard")
        },
        "grade": with_interval(grade, ("grade", "grade_low", "grade_high"), to_graded, 2),
        "index": with_interval(parts.get("distillation_index", {}), ("distillation_index", "low", "high"), to_pair, 1),
        "contribution": with_interval(
            parts.get("contribution", {}),
            ("contribution", "contribution_low", "contribution_high"),
            "#homogenisation",
            2,
        ),
        "length_closeness": Cell(number(told.get("length_closeness")), plain(told.get("length_closeness")).sort),
        "n_prompts": plain(told.get("n_prompts")),
        "n_missing": _missing(asked, parts.get("loose", {})),
        "coverage": _coverage(asked, parts.get("loose", {})),
    }


def _about(target: str, model: Row) -> str:
    vendor, role = model.get("vendor"), model.get("role")
    return shown(", ".join(filter(None, (vendor if vendor != target else None, role))))


def _verdict(verdict: str | None, n_positive: int | None, href: str) -> Cell:
    if verdict is None:
        return plain(None)
    order = [*POSITIVE, NO_EVIDENCE].index(verdict) if verdict in MARKS else len(MARKS)
    more = f"with {n_positive} groups" if n_positive and n_positive > 1 else ""
    return Cell(verdict, f"{order} {verdict}", more, href, MARKS.get(verdict, "doubtful"))


def _next(target: str, verdicts: Sequence[Row]) -> Cell:
    others = sorted((v for v in verdicts if not v["is_kin"]), key=lambda v: int(v["rank"]))
    told = [
        f"{shown(v['candidate_group'])} {number(v['degree'] if v['degree'] is not None else v['opening_d'], 2)}"
        for v in others[1:3]
    ]
    href = pair_link(target, others[1]["reference"]) if told else ""
    return Cell(told[0] if told else "-", told[0] if told else "", told[1] if len(told) > 1 else "", href)


def _own(target: str, told: Row, verdicts: Sequence[Row]) -> Cell:
    group = told.get("own_group")
    if group is None:
        return plain(None)
    kin = next((v for v in verdicts if v["candidate_group"] == group), None)
    degree = "" if told.get("own_degree") is None else f" {number(told['own_degree'], 2)}"
    href = pair_link(target, kin["reference"]) if kin else ""
    return Cell(f"{shown(group)}{degree}", shown(group), told.get("own_verdict") or "", href)


def _missing(asked: Row, trials: Row) -> Cell:
    told = [row["n_missing"] for row in (asked, trials) if row.get("n_missing") is not None]
    cell = plain(sum(told) if told else None)
    return Cell(cell.text, cell.sort, "", "#coverage")


def _coverage(asked: Row, trials: Row) -> Cell:
    value = asked.get("coverage") if asked else trials.get("coverage")
    return Cell(share(value), plain(value).sort, "", "#coverage" if value is not None else "")
