"""Prints the leaderboard: the rows of `mart.target_summary`, in their order."""

from collections.abc import Sequence

import polars as pl

from tasks.adapters import terminal
from tasks.domain.reporting.formatting import degree_text

MOST_ROWS = 60
FIRST_ROWS = 10

DEGREES = {"degree", "degree_low", "degree_high", "own_degree"}

BOARD = [("target", "target"), ("candidate_group", "nearest"), ("verdict", "verdict"), ("p_target", "p")]
BOARD += [
    ("degree", "degree"),
    ("teachers", "nearest of other vendors"),
    ("q", "q"),
    ("p_holm", "p, Holm"),
    ("score", "score"),
    ("expected_by", "expected by"),
]
BOARD += [("prefix_overlap_d", "D"), ("prefix_overlap_d_low", "low"), ("prefix_overlap_d_high", "high")]
BOARD += [("hard", "hard"), ("identity_mode", "probes"), ("grade", "grade"), ("distillation_index", "index")]
BOARD += [
    ("n_candidate_vendors", "vendors tested"),
    ("p_t", "p of this group"),
    ("n_prompts", "prompts"),
    ("margin", "margin"),
    ("strict", "strict"),
    ("loose", "loose"),
]
BOARD += [("own_group", "nearest of its own vendor"), ("own_verdict", "verdict there"), ("own_degree", "its degree")]
BOARD += [("n_positive", "positive groups"), ("n_controls", "controls"), ("z", "z"), ("role", "documented")]
BOARD += [("n_background", "background"), ("length_closeness", "length"), ("bigram_jaccard", "word pairs")]
BOARD += [("nearest_share", "nearest share"), ("centred_cos", "centred cos"), ("contribution", "adds")]
BOARD += [("n_missing", "missing"), ("coverage", "coverage"), ("reference", "its nearest snapshot")]


def print_leaderboard(rows: pl.DataFrame, most: int = MOST_ROWS) -> None:
    """Print the leaderboard, with the statistic of its scores and p."""
    named = rows.drop_nulls("statistic").select("statistic", "statistic_version").unique()
    of = ", ".join(f"{statistic}, version {version}" for statistic, version in named.sort("statistic").rows())
    print_rows(
        f"Leaderboard{f' (score and p: {of})' if of else ''}",
        rows,
        BOARD,
        "distillometer show leaderboard" if most < MOST_ROWS else "select * from mart.target_summary order by position",
        most=most,
    )


def print_rows(
    title: str, frame: pl.DataFrame, columns: Sequence[tuple[str, str]], query: str, *, most: int = MOST_ROWS
) -> None:
    """Print the columns that hold a value, and the query for rows that are left out."""
    if frame.is_empty():
        return
    filled = [pair for pair in columns if frame[pair[0]].is_not_null().any()]
    terminal.print_lines([""])
    terminal.out().print(terminal.table(title, _worded(frame.head(most), filled), filled))
    if frame.height > most:
        terminal.print_lines([f"... and {frame.height - most} more rows: {query}"])


def _worded(frame: pl.DataFrame, columns: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Return rows with degrees that read 1+ above 1."""
    worded = {}
    for name, _ in columns:
        write = degree_text if name in DEGREES else None
        if write is not None and frame.schema[name].is_float():
            worded[name] = pl.Series(name, [None if v is None else write(v) for v in frame[name].to_list()], pl.String)
    return frame.with_columns(worded.values())
