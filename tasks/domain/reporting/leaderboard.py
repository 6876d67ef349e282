"""The leaderboard: the rows of `mart.target_summary` in their order, each number with a link to its evidence."""

from tasks.domain.reporting.cells import (
    Cell,
    Row,
    Rows,
    Table,
    link,
    model_link,
    number,
    pair_link,
    plain,
    safe_text,
    share,
    table,
    with_interval,
)
from tasks.domain.reporting.columns import BOARD
from tasks.domain.reporting.formatting import degree_between, degree_text, p_value
from tasks.domain.reporting.front import FOLDED_ROLES
from tasks.domain.reporting.verdict_answer import EXPECTED
from tasks.domain.verdict.decision import CONFOUNDED, NOT_CONCLUSIVE, POSITIVE, SUGGESTIVE

_UNSURE = {SUGGESTIVE: 0, CONFOUNDED: 0, NOT_CONCLUSIVE: 1}
"""The order of verdicts that are no findings; all others come last."""


def board(rows: Rows) -> Table:
    """Return the leaderboard."""
    board_rows = [_row(row) for row in rows.of("mart.target_summary")]
    return table(BOARD, board_rows, "select * from mart.target_summary order by position")


def statistic(rows: Rows) -> str:
    """Return name and version of the statistic behind the board's scores and p; empty where there is none."""
    verdicts = rows.of("mart.verdict")
    named = sorted({f"{row['statistic']}, version {row['statistic_version']}" for row in verdicts})
    return "; ".join(named)


def _row(row: Row) -> dict[str, Cell]:
    target, group, reference = row["target"], row["candidate_group"], row["reference"]
    to_pair = pair_link(target, reference) if reference else ""
    to_graded = pair_link(target, row["grade_reference"]) if row["grade_reference"] else ""
    return {
        "target": Cell(safe_text(target), safe_text(target), _about(row), model_link(target) if row["verdict"] else ""),
        "verdict": _verdict(row, to_pair),
        "nearest": Cell(
            plain(group).text,
            plain(group).sort,
            safe_text(reference) if reference and reference != group else "",
            to_pair,
        ),
        "p": _chance(row, to_pair),
        "score": Cell(
            number(row["score"], 2),
            plain(row["score"]).sort,
            f"z {number(row['z'], 1)}" if row["z"] is not None else "",
            to_pair,
        ),
        "degree": _degree(row, to_pair),
        "prefix_overlap_d": with_interval(
            row, ("prefix_overlap_d", "prefix_overlap_d_low", "prefix_overlap_d_high"), to_pair
        ),
        "next": _next(row),
        "own": _own(row),
        "probes": plain(row["identity_mode"]),
        **{
            score: with_interval(row, (score, f"{score}_low", f"{score}_high"), link("leaks", target=target))
            for score in ("loose", "strict", "hard")
        },
        "grade": with_interval(row, ("grade", "grade_low", "grade_high"), to_graded, 2),
        "index": with_interval(
            row, ("distillation_index", "distillation_index_low", "distillation_index_high"), to_pair, 1
        ),
        "contribution": with_interval(
            row, ("contribution", "contribution_low", "contribution_high"), "#homogeneity", 2
        ),
        "length_closeness": plain(row["length_closeness"]),
        "n_prompts": plain(row["n_prompts"]),
        "n_missing": Cell(plain(row["n_missing"]).text, plain(row["n_missing"]).sort, "", "#coverage"),
        "coverage": Cell(
            share(row["coverage"]),
            plain(row["coverage"]).sort,
            "",
            "#coverage" if row["coverage"] is not None else "",
        ),
    }


def _about(row: Row) -> str:
    vendor, role = row["vendor"], row["role"]
    return safe_text(", ".join(filter(None, (vendor if vendor != row["target"] else None, role))))


def _verdict(row: Row, href: str) -> Cell:
    verdict, place, n_positive = row["verdict"], row["verdict_rank"], row["n_positive"]
    if verdict is None:
        return plain(None)
    is_negative = verdict == NOT_CONCLUSIVE
    mark = f"positive-{place}" if place else "negative" if is_negative else "doubtful"
    order = place - 1 if place else len(POSITIVE) + _UNSURE.get(verdict, len(_UNSURE))
    n_others = (n_positive or 0) - (place is not None)
    more = (
        f"with {n_positive} groups" if place and n_others else f"positive with {n_others} farther" if n_others else ""
    )
    unexpected = FOLDED_ROLES.get(row["role"] or "", "not expected")
    expected = EXPECTED.get(row["expected_by"] or "", unexpected) if place else ""
    note = ", ".join(filter(None, (expected, more)))
    return Cell(verdict, f"{order} {verdict}", note, href, mark)


def _chance(row: Row, href: str) -> Cell:
    p = row["p_target"]
    if p is None:
        return plain(None)
    corrected = "a control" if row["q"] is None else f"q {p_value(row['q'])}, Holm {p_value(row['p_holm'])}"
    n = row["n_candidate_vendors"]
    return Cell(p_value(p), str(p), f"{corrected}; {n} vendor{'' if n == 1 else 's'}", href)


def _degree(row: Row, href: str) -> Cell:
    value = row["degree"]
    if value is None:
        return plain(None)
    parts = (
        degree_between(row["degree_low"], row["degree_high"]),
        f"by {row['ceiling_kind']}" if row["ceiling_kind"] else "",
    )
    return Cell(degree_text(value), str(value), ", ".join(filter(None, parts)), href)


def _next(row: Row) -> Cell:
    parts = zip(
        row["teachers"] or (), row["teacher_references"] or (), row["teacher_prefix_overlap_d"] or (), strict=True
    )
    farther = [(f"{safe_text(group)} {number(d, 2)}", reference) for group, reference, d in parts][1:]
    if not farther:
        return plain(None)
    text, reference = farther[0]
    return Cell(text, text, farther[1][0] if len(farther) > 1 else "", pair_link(row["target"], reference))


def _own(row: Row) -> Cell:
    group = row["own_group"]
    if group is None:
        return plain(None)
    degree = "" if row["own_degree"] is None else f" {degree_text(row['own_degree'])}"
    return Cell(
        f"{safe_text(group)}{degree}",
        safe_text(group),
        row["own_verdict"] or "",
        pair_link(row["target"], row["own_reference"]),
    )
