"""Rows -> the content of the report: facts, sentences, tables, and the data of the page's script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.domain.reporting import chart_rows, columns, front, identity, limits, pairs
from tasks.domain.reporting.cells import (
    Cell,
    LinkedSentence,
    Row,
    Rows,
    Table,
    number,
    plain,
    plain_table,
    safe_text,
    table,
    with_interval,
)
from tasks.domain.reporting.formatting import p_value
from tasks.domain.reporting.leaderboard import board, statistic
from tasks.domain.reporting.model_accounts import accounts
from tasks.domain.reporting.population_sentences import front_sentences
from tasks.domain.reporting.sentences import check


@dataclass(frozen=True)
class Page:
    """The content of the page: `tables` by name, `choices`: the verdicts that occur, `first_columns`:
    headings of the leaderboard that are shown at first, `data` for the script.

    The front page: `groups`, a line for each target; `population`, `limits`: sentences; `findings`: on identity and
    drift, each with a link; `checks`: findings of checks that need no action. `statistic`: name and version of the
    verdicts' statistic. `absent`: why a section has no rows. `notes`: what a section omits.
    """

    facts: Sequence[tuple[str, str]]
    runs: Sequence[Sequence[tuple[str, str]]]
    groups: Sequence[front.Group]
    population: Sequence[str]
    limits: Sequence[str]
    findings: Sequence[LinkedSentence]
    statistic: str
    checks: Sequence[str]
    tables: Mapping[str, Table]
    choices: Sequence[tuple[str, str]]
    first_columns: Sequence[str]
    absent: Mapping[str, str]
    notes: Mapping[str, str]
    data: Mapping[str, Any]
    formed_from: str


def build(rows: Rows) -> Page:
    """Return the content of the report; every text in it is safe and none is markup."""
    tables = _tables(rows)
    verdicts = {(row[1].sort, row[1].text) for row in tables["leaderboard"].rows if row[1].mark}
    groups = front.groups(rows)
    opened = front.first_pair(groups)
    return Page(
        facts=_facts(rows),
        runs=[_run(row) for row in sorted(rows.of("raw.run"), key=lambda row: row["happened_at"], reverse=True)][:6],
        groups=groups,
        population=[
            safe_text(line) for line in front_sentences(rows.of("mart.homogeneity"), rows.of("mart.model_tree"))
        ],
        limits=[safe_text(line) for line in limits.limit_sentences(rows.relations, rows.lexicon_vendors)],
        findings=[
            LinkedSentence(safe_text(sentence.text), sentence.href)
            for sentence in (*rows.findings, *identity.sentences(rows))
        ],
        statistic=statistic(rows),
        checks=[safe_text(check(finding)) for finding in rows.warnings if finding.check not in limits.SAID],
        tables=tables,
        choices=sorted(verdicts),
        first_columns=[columns.BOARD[name][0] for name in columns.BOARD_FIRST],
        absent=_absent(rows),
        notes=_notes(rows),
        data=pairs.data(rows, opened)
        | {"leaks": identity.leaks(rows.of("mart.identity_leak")), "accounts": accounts(rows)}
        | {"first_account": _first_account(rows, opened), "statistic": statistic(rows)},
        formed_from=rows.formed_from,
    )


def _tables(rows: Rows) -> dict[str, Table]:
    incomplete = [row for row in rows.of("mart.coverage") if row["n_missing"] or row["n_truncated"]]
    return {
        "leaderboard": board(rows),
        "beside-self": table(
            columns.BESIDE_SELF,
            [_beside_row(row) for row in rows.of("mart.pair_self_normalised")],
            "select * from mart.pair_self_normalised order by position",
        ),
        "incomplete": plain_table(columns.COVERAGE, incomplete, "select * from mart.coverage"),
        "distinct": table(
            columns.HOMOGENEITY,
            [_homogeneity_row(row) for row in rows.of("mart.homogeneity")],
            "select * from mart.homogeneity",
        ),
        "identity-scores": identity.scores(rows),
        "changes": table(
            columns.DRIFT,
            [_with(row, columns.DRIFT, "change", "low", "high") for row in rows.of("mart.drift")],
            "select * from mart.drift order by p_holm nulls last",
        ),
        "agreement": table(
            columns.AGREEMENT,
            [
                _with(row, columns.AGREEMENT, "kappa", "kappa_low", "kappa_high")
                for row in rows.of("mart.judge_agreement")
            ],
            "select * from mart.judge_agreement",
        ),
        "position": table(
            columns.POSITION,
            [_with(row, columns.POSITION, "difference", "low", "high") for row in rows.of("mart.position_bias")],
            "select * from mart.position_bias",
        ),
        "read": plain_table(columns.READ, rows.of("mart.identity_coverage"), "select * from mart.identity_coverage"),
        "spending": plain_table(columns.SPEND, rows.of("mart.spend"), "select * from mart.spend"),
    }


def _first_account(rows: Rows, opened: tuple[str, str] | None) -> str | None:
    """Return the model whose grounds are shown at first: that of the first line, or the first of the board."""
    targets = {row["target"] for row in rows.of("mart.verdict")}
    if opened and opened[0] in targets:
        return opened[0]
    return next((row["target"] for row in rows.of("mart.target_summary") if row["target"] in targets), None)


def _facts(rows: Rows) -> list[tuple[str, str]]:
    coverage = rows.of("mart.coverage")
    n_requests, n_missing = (sum(row[name] for row in coverage) for name in ("n_requests", "n_missing"))
    probes = rows.of("mart.identity_coverage")
    spent = [row["cost_usd"] for row in rows.of("mart.spend")]
    n_models, n_probes = len({row["model"] for row in rows.of("core.model")}), sum(row["n_probes"] for row in probes)
    counts = [
        (n_models, "model", "models"),
        (rows.n_prompts, "prompt", "prompts"),
        (n_requests - n_missing, "reply", "replies"),
        (n_probes, "identity probe", "identity probes"),
    ]
    facts = [(one if n == 1 else many, number(n)) for n, one, many in counts if n]
    if spent:
        priced = [cost for cost in spent if cost is not None]
        unpriced = "" if len(priced) == len(spent) else ", part without a price"
        facts.append((f"USD{unpriced}", f"{sum(priced):.2f}") if priced else ("on the cards", "no price"))
    return [*facts, (f"{rows.published_at:%Y-%m-%d %H:%M} UTC", "published")]


def _run(row: Row) -> list[tuple[str, str]]:
    named = [(name, safe_text(str(row[name]))) for name in ("plan", "round", "recipe_id", "run_id", "version")]
    return [*named, (safe_text(str(row["event"])), f"{row['happened_at']:%Y-%m-%d %H:%M} UTC")]


def _absent(rows: Rows) -> dict[str, str]:
    """Return for each section without rows a sentence on the reason and the remedy."""
    reasons: dict[str, str] = {}
    if not rows.of("mart.pair_similarity"):
        reasons["similarity"] = "No two models answered the same prompt, so none can be compared."
    if not rows.of("mart.identity_score"):
        reasons["identity"] = (
            "No identity probe was sent or ingested: a plan with an [identity] section asks who models are."
        )
    if not chart_rows.scatter(rows):
        both = rows.of("mart.identity_and_rse")
        n_hard, n_graded = (sum(row[name] is not None for row in both) for name in ("hard", "grade"))
        lacks = (
            f"both: {n_hard} targets have identity probes and {n_graded} have grades, none has both"
            if n_hard and n_graded
            else "a grade with a reference of another vendor (RSE)"
            if n_hard
            else "both identity probes and grades"
        )
        reasons["map"] = (
            f"No target has {lacks}, so there is nothing to draw: "
            "distillometer score --grade-against REFERENCE grades; a plan with an [identity] section asks who models "
            "are."
        )
    if not rows.of("mart.model_tree"):
        reasons["tree"] = (
            "There is no tree: it takes three models with common prompts. Models are ordered by vendor instead."
        )
    if not rows.of("mart.homogeneity"):
        reasons["homogeneity"] = (
            "How many distinct models there are was not measured: it takes three with common prompts."
        )
    if not rows.of("mart.drift"):
        reasons["drift"] = "No model was asked in two rounds, so there is no drift to tell."
    if not rows.of("mart.judge_agreement"):
        reasons["agreement"] = "No two judges read the same replies, so how far judges agree is not known."
    if not rows.of("mart.position_bias"):
        reasons["position"] = "No pair of replies was graded in both orders, so there is no position bias to tell."
    if not rows.of("mart.identity_coverage"):
        reasons["read"] = "No identity probes, so no readings that could be missing."
    if not rows.of("mart.spend"):
        reasons["spending"] = "All replies were recorded elsewhere: no call was made, so nothing was spent."
    verdicts = rows.of("mart.verdict")
    if not verdicts:
        reasons["verdict"] = "There is no verdict: no target has a candidate teacher."
    elif all(row["p_t"] is None for row in verdicts):
        reasons["verdict"] = (
            "No verdict says more than that there is too little to go by: a null takes 8 models that are documented as "
            "independent, of two families or more, and 50 prompts that both answered."
        )
    return reasons


def _notes(rows: Rows) -> dict[str, str]:
    """Return sentences on what the page omits for its size, each with the place of the full data."""
    notes: dict[str, str] = {}
    targets, references = ({row[side] for row in rows.of("mart.pair_similarity")} for side in ("target", "reference"))
    drawn_targets, drawn_references = chart_rows.drawn_models(rows)
    if len(drawn_targets) < len(targets) or len(drawn_references) < len(references):
        notes["heat"] = (
            f"Drawn are {len(drawn_targets)} of {len(targets)} targets and {len(drawn_references)} of "
            f"{len(references)} references, those with the highest D outside their own family. Any pair "
            "opens by the lists below."
        )
    n_pairs = len(rows.of("mart.pair_similarity"))
    if len(rows.held_pairs) < n_pairs:
        notes["pair"] = (
            f"The page holds the replies of {len(rows.held_pairs):,} of {n_pairs:,} pairs: those with a verdict, each "
            "target's nearest three, then those with the highest D. Of the others it has the numbers, and the "
            "query that shows the replies."
        )
    leaks = rows.of("mart.identity_leak")
    if len(leaks) > identity.HELD_LEAKS:
        notes["leaks"] = (
            f"The page holds at most {identity.HELD_LEAKS:,} of {len(leaks):,} leaks, an equal share a target."
        )
    n_targets = len({row["target"] for row in rows.of("mart.identity_score")})
    if n_targets > chart_rows.MOST_BARS:
        notes["bars"] = (
            f"Drawn are the {chart_rows.MOST_BARS} of {n_targets} targets with the largest shares; the table has all."
        )
    return notes


def _beside_row(row: Row) -> dict[str, Cell]:
    names = (
        "prefix_overlap_self_normalised",
        "prefix_overlap_self_normalised_low",
        "prefix_overlap_self_normalised_high",
    )
    p = row["p_equality_holm"]
    cells = {name: plain(row[name]) for name in columns.BESIDE_SELF}
    return cells | {names[0]: with_interval(row, names), "p_equality_holm": plain(p) if p is None else _p_cell(p)}


def _p_cell(p: float) -> Cell:
    return Cell(p_value(p), str(p))


def _homogeneity_row(row: Row) -> dict[str, Cell]:
    cells = {name: plain(row[name]) for name in columns.HOMOGENEITY}
    return cells | {
        "vendi": with_interval(row, ("vendi", "vendi_low", "vendi_high"), digits=2),
        "mean_similarity": with_interval(row, ("mean_similarity", "mean_similarity_low", "mean_similarity_high")),
    }


def _with(row: Row, shown_columns: columns.Columns, name: str, low: str, high: str) -> dict[str, Cell]:
    return {column: plain(row.get(column)) for column in shown_columns} | {name: with_interval(row, (name, low, high))}
