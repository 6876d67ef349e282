"""Prints identity scores and ingested labels."""

from typing import TYPE_CHECKING

import polars as pl

from tasks.adapters import terminal
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.recorded.probe import LabelCount

MOST_ROWS = 90
FEW_ROWS = 12

SCORES = [("target", "target"), ("score", "score"), ("value", "value"), ("low", "low"), ("high", "high"), ("n", "n")]
SCORES += [("n_missing", "missing"), ("n_effective", "effective n"), ("n_templates", "templates")]
SCORES += [("as_published", "as published"), ("mode", "mode"), ("judge", "judge")]

ORDER = ["loose", "strict", "hard"]

NEXT_QUERY = 'Next: distillometer query "select * from mart.identity_score"'


def print_identity(home: Home, *, is_brief: bool = False) -> None:
    """Print each target's loose, strict and hard with intervals, and the published label, if any.

    Nothing is printed where nothing is scored. Brief: a line for each target, or one for all where they are many.
    """
    with store.reading(home) as snapshot:
        scores = snapshot.read("mart.identity_score")
    keys = ["target", "mode", "judge", "score"]
    published = scores.filter(pl.col("slice") == "as_published").select(*keys, pl.col("value").alias("as_published"))
    rank = pl.col("score").replace_strict(ORDER, range(len(ORDER)), default=len(ORDER)).alias("rank")
    whole = (
        scores.filter(pl.col("slice") == "all")
        .join(published, on=keys, how="left")
        .with_columns(rank)
        .sort("mode", "target", "rank")
        .drop("rank")
    )
    if whole.is_empty():
        return
    if is_brief:
        _print_brief(whole)
        return
    is_published = whole["as_published"].is_not_null().any()
    columns = [pair for pair in SCORES if pair[0] != "as_published" or is_published]
    terminal.print_lines([""])
    title = "Identity: how often replies contradict the target's facts (loose) or claim another vendor (strict)"
    terminal.out().print(terminal.table(title, whole.head(MOST_ROWS), columns))
    if whole.height > MOST_ROWS:
        terminal.print_lines([f"... and {whole.height - MOST_ROWS} more rows: select * from mart.identity_score"])
    notes = [
        "hard: strict, and neither template nor question names a vendor or model.",
        "low, high: 95 % interval over new templates and questions.",
    ]
    if is_published:
        notes.append("as published: failed calls count as negative, as the published labels have it; else as missing.")
    terminal.print_lines(notes)


def _print_brief(scores: pl.DataFrame) -> None:
    rows = scores.pivot("score", index=["target", "mode", "judge", "n"], values="value", aggregate_function="first")
    if rows.height > FEW_ROWS:
        terminal.print_lines(["", f"Identity: {scores.height} scores; distillometer show identity MODEL has them."])
        return
    terminal.print_lines([""])
    title = "Identity (ICE): share of probes that contradict the facts"
    columns = [("target", "target"), *((name, name) for name in ORDER if name in rows.columns)]
    terminal.out().print(terminal.table(title, rows, [*columns, ("n", "n"), ("mode", "mode"), ("judge", "judge")]))


def print_labels(counts: "Sequence[LabelCount]") -> None:
    """Print the labels of ingested probes, and what is unknown of them."""
    if not counts:
        return
    rows = [
        {
            "model": count.model,
            "maker": count.vendor,
            "probes": count.n_probes,
            "templates": count.n_templates,
            "failed calls": count.n_failed,
            "labelled loose": count.n_loose,
            "labelled strict": count.n_strict,
        }
        for count in counts
    ]
    terminal.out().print(terminal.table("", pl.DataFrame(rows, infer_schema_length=None)))
    notes = []
    if n_failed := sum(count.n_failed for count in counts):
        notes.append(f"Failed calls recorded as replies: {n_failed}. They are kept, and count as missing.")
    if unknown := [count.model for count in counts if count.n_strict is None]:
        notes.append(f"Strict labels unknown (no file in strict_score): {', '.join(unknown)}.")
    if n_only := sum(count.n_strict_only for count in counts):
        notes.append(f"Labelled strict but not loose: {n_only}; counted as loose too.")
    if unnamed := [count.model for count in counts if count.vendor is None]:
        notes.append(
            f"Vendor unknown, so that no judge can read it: {', '.join(unnamed)}. --model gives a card's name."
        )
    terminal.print_lines(notes)
