"""What the command prints of verdicts."""

import polars as pl

from tasks.adapters import lexicons, store, terminal
from tasks.adapters.settings import Home
from tasks.domain.reporting.verdict_sentences import absent_makers, verdict_sentences
from tasks.domain.verdict.decision import FEW_PROMPTS

MOST_ROWS = 60

VERDICTS = [("target", "target"), ("candidate_group", "nearest of another maker"), ("verdict", "verdict")]
VERDICTS += [("degree", "degree"), ("opening_d", "D"), ("p_t", "p"), ("p_holm", "p, Holm"), ("z", "z")]
VERDICTS += [("n_controls", "controls"), ("n_prompts", "prompts"), ("length_closeness", "length")]
VERDICTS += [("own_group", "nearest of its own maker"), ("own_verdict", "verdict there"), ("own_degree", "its degree")]


def print_verdicts(home: Home) -> None:
    """Print each target's verdict on the nearest group of another maker, and in words what may be said."""
    with store.reading(home) as snapshot:
        rows = snapshot.read("mart.verdict").sort("p_t", "target", "rank", nulls_last=True)
        best = snapshot.read("mart.verdict_of_target").sort("p_t", "target", nulls_last=True)
        makers = snapshot.read_columns("mart.panel", ["distinct vendor"])["vendor"].to_list()
    if not rows["p_t"].is_not_null().any() and not (rows["verdict"] == FEW_PROMPTS).any():
        return  # The sentences on the panel say that there are too few references for anything.
    if rows["p_t"].is_not_null().any():
        title = "Verdicts: does it share lineage with another maker's model?"
        shown = best.filter(pl.col("candidate_group").is_not_null()).head(MOST_ROWS)
        terminal.say([""])
        terminal.out().print(terminal.table(title, shown, VERDICTS))
    absent = absent_makers((vendor.id for vendor in lexicons.read_lexicon().vendors), makers)
    lines = [*verdict_sentences(rows.to_dicts()), absent]
    terminal.say(["", *(f"- {line}" for line in lines if line)])
