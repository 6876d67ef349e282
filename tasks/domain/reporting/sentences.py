"""Sentences on findings and their limits."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.domain.reporting.formatting import counted, is_p, p_value
from tasks.domain.rows import Finding
from tasks.domain.verdict.degree import LEAST_PROMPTS
from tasks.domain.verdict.same_model import NEARLY, OTHER, SAME

Row = Mapping[str, Any]

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
    """Return the pairs of which something is said, most similar first: those that were tested for equality."""
    measured = (row for row in pairs if row["p_equality_holm"] is not None)
    return [row for row in measured if row["n_prompts"] >= LEAST_PROMPTS][:MOST_PAIRS]


def pair_sentence(row: Row) -> str:
    """Return whether two models are one, and how sure that is."""
    both, p = f"{row['left_model']} and {row['right_model']}", f"p {p_value(row['p_equality_holm'])}"
    over = f"over {counted(row['n_prompts'], 'prompt')}"
    distance, high = f"{row['distance']:.0%}", f"{row['distance_high']:.0%}"
    found = f"{row['detectable_distance']:.0%}"
    if row["equality"] == SAME:
        return (
            f"{both} write as one and the same model: {over} their replies differ no more than two samples of one "
            f"({p}); they are at most {high} less alike, and a difference of {found} would have been found."
        )
    if row["equality"] == NEARLY:
        return (
            f"{both} are nearly one model: {over} their replies are {distance} less alike than two samples of one, at "
            f"most {high} ({p}): other settings, a quantised or tuned copy."
        )
    if row["equality"] == OTHER:
        than = f"{over} their replies are {distance} less alike than two samples of one ({p})"
        return f"{both} are different models: {than}."
    return (
        f"Nothing settles whether {both} are one model: {over} no difference is found ({p}), but only one of {found} "
        "or more would have been."
    )


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
