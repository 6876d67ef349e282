"""Sentences on findings and their limits."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.reporting.formatting import is_p, p_value
from tasks.domain.rows import Finding
from tasks.domain.verdict.degree import LEAST_PROMPTS

Row = Mapping[str, Any]

ALIKE = 0.8
"""Least share of self at which a pair is called about as alike as one model is to itself; an ordering, no test."""

MOST_PAIRS = 10

BACKGROUND_FOR_A_NULL = 8
"""Least number of independent references for a null (see docs/method.md)."""


def findings(pairs: Sequence[Row], coverage: Sequence[Row], background: Sequence[Row]) -> list[str]:
    """Return sentences on what the tables show and what they can't show.

    Args:
        pairs: rows of `mart.pair_self_normalised`, most similar first.
        coverage: rows of `mart.coverage`.
        background: rows of `mart.background`.
    """
    lines = [pair_sentence(row) for row in reported_pairs(pairs)]
    n_background = sum(bool(row["is_background"]) for row in background)
    has_independent = any(row["role"] == "independent" for row in background)
    if not has_independent and coverage:
        lines.append(
            "No model here is documented as independent, so each was compared against all others: the order of the "
            "scores says who is nearer, not who taught whom."
        )
    if n_background < BACKGROUND_FOR_A_NULL and coverage:
        few = f"only {n_background} model{'s' * (n_background != 1)} to compare against"
        lines.append(
            f"There {'is' if n_background == 1 else 'are'} {few}; with fewer than {BACKGROUND_FOR_A_NULL} independent "
            "references there is no null, so nothing here says that a similarity is more than chance."
        )
    if coverage:
        lines.append(
            "Similarity can't tell a teacher from a fellow student, nor who learned from whom; a teacher that is not "
            "among the references can't be found."
        )
    return lines


def sentence_pairs(pairs: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the pairs of the first sentences, in their order."""
    return [(row["left_model"], row["right_model"]) for row in reported_pairs(pairs)]


def reported_pairs(pairs: Sequence[Row]) -> list[Row]:
    """Return the pairs of which something is said, most similar first: those with prompts enough for a figure."""
    measured = (row for row in pairs if row["prefix_overlap_self_normalised"] is not None)
    return [row for row in measured if row["n_prompts"] >= LEAST_PROMPTS][:MOST_PAIRS]


def pair_sentence(row: Row) -> str:
    """Return how alike two models begin their replies, beside how alike each begins its own."""
    share, left, right = row["prefix_overlap_self_normalised"], row["left_model"], row["right_model"]
    if share >= ALIKE:
        verdict = "about as alike as two samples of one and the same model"
    elif share >= ALIKE / 2:
        verdict = "clearly less alike than two samples of one model"
    else:
        verdict = "far less alike than two samples of one model"
    return (
        f"{left} and {right} begin their replies {verdict}: {share:.0%} of the models' similarity to themselves"
        f"{_interval(row)}, over {row['n_prompts']} prompts."
    )


def _interval(row: Row) -> str:
    low, high = row["prefix_overlap_self_normalised_low"], row["prefix_overlap_self_normalised_high"]
    return "" if low is None else f" (95 % interval {max(low, 0):.0%} to {high:.0%})"


def warning(finding: Finding) -> str:
    """Return one line on a check's finding: the meaning of its rows, their number, and the first ones."""
    first_rows = "; ".join(
        ", ".join(f"{key} {_value_text(key, value)}" for key, value in row.items()) for row in finding.first[:3]
    )
    more = " ..." if finding.n_rows > 3 else ""
    return f"{finding.comment.removeprefix('one row per ').rstrip('.')}: {finding.n_rows} ({first_rows}{more})"


def check(finding: Finding) -> str:
    """Return one line on a check's finding in words: what it counts, how many, and the names of the first ones."""
    what = finding.comment.removeprefix("one row per ").rstrip(".")
    names = [str(next(iter(row.values()))) for row in finding.first[:3] if row]
    more = " and more" if finding.n_rows > 3 else ""
    return f"{finding.n_rows:,} found: {what} ({', '.join(dict.fromkeys(names))}{more})."


def _value_text(key: str, value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float) and is_p(key):
        return p_value(value)
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
