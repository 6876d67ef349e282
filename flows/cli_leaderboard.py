"""What the command prints of the leaderboard: the rows of `mart.target_summary`, in their order."""

from collections.abc import Sequence

import polars as pl

from tasks.adapters import terminal

MOST_ROWS = 60

BOARD = [("target", "target"), ("verdict", "verdict"), ("teachers", "nearest of other vendors"), ("degree", "degree")]
BOARD += [("p_target", "p"), ("q", "q"), ("p_holm", "p, Holm"), ("score", "score"), ("expected_by", "expected by")]
BOARD += [("opening_d", "D"), ("opening_d_low", "low"), ("opening_d_high", "high")]
BOARD += [("hard", "hard"), ("identity_mode", "trials"), ("grade", "grade"), ("distillation_index", "index")]
BOARD += [("n_candidate_vendors", "vendors tested"), ("p_t", "p of this group"), ("n_prompts", "prompts"), ("margin", "margin"), ("strict", "strict"), ("loose", "loose")]
BOARD += [("own_group", "nearest of its own vendor"), ("own_verdict", "verdict there"), ("own_degree", "its degree")]
BOARD += [("n_positive", "positive groups"), ("n_controls", "controls"), ("z", "z"), ("role", "documented")]
BOARD += [("n_panel", "panel"), ("length_closeness", "length"), ("bigram_jaccard", "word pairs")]
BOARD += [("nearest_share", "nearest share"), ("centred_cos", "centred cos"), ("contribution", "adds")]
BOARD += [("n_missing", "missing"), ("coverage", "coverage"), ("reference", "its nearest snapshot")]


def print_leaderboard(rows: pl.DataFrame) -> None:
    """Print the leaderboard."""
    print_rows("Leaderboard", rows, BOARD, "select * from mart.target_summary order by position")


def print_rows(title: str, frame: pl.DataFrame, columns: Sequence[tuple[str, str]], query: str) -> None:
    """Print the columns that hold anything, and how to have the rows for which there is no room."""
    if frame.is_empty():
        return
    told = [pair for pair in columns if frame[pair[0]].is_not_null().any()]
    terminal.say([""])
    terminal.out().print(terminal.table(title, frame.head(MOST_ROWS), told))
    if frame.height > MOST_ROWS:
        terminal.say([f"... and {frame.height - MOST_ROWS} more rows: {query}"])
