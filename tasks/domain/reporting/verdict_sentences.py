"""Verdicts in words, each with how sure it is and what it can't say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tasks.domain.verdict.decision import FEW_CONTROLS, FEW_PROMPTS, LEVEL, MODERATE, POSITIVE, SAME_MODEL, STRONG

Row = Mapping[str, Any]

MOST_POSITIVE = 12
MOST_ABSENT = 6

_SAYS = {
    SAME_MODEL: "{target} is {reference} or a fine-tune of it, or made of the same weights",
    STRONG: "{target} shares lineage with {group} (strong)",
    MODERATE: "{target} shares lineage with {group} (moderate)",
}


def verdict_sentences(verdicts: Sequence[Row]) -> list[str]:
    """Return what the rows of `mart.verdict` say of models of different makers, the surest first.

    Where nothing can be said, one line says why.
    """
    foreign = [row for row in verdicts if not row["is_kin"]]
    if not foreign:
        return []
    tested = [row for row in foreign if row["p_t"] is not None]
    if not tested:
        few = sum(row["verdict"] == FEW_PROMPTS for row in foreign)
        why = "too few prompts" if few == len(foreign) else "too few independent references"
        return [f"No verdict on any pair: {why} (mart.verdict has the scores)."]
    found = _found(verdicts)
    lines = [_positive(row) for row in found[:MOST_POSITIVE]]
    if len(found) > MOST_POSITIVE:
        lines.append(f"{len(found) - MOST_POSITIVE} more pairs share lineage: select * from mart.verdict order by p_t.")
    n_without = len({row["target"] for row in foreign} - {row["target"] for row in found})
    n_low = sum(row["p_t"] <= LEVEL for row in tested if row not in found)
    if n_without:
        lines.append(
            f"No evidence after correction for the {len(tested):,} pairs tested: {n_without} models. That is no proof "
            f"of independence; {n_low} of their pairs have p at "
            f"most {LEVEL:g} taken alone, where chance gives {LEVEL:.0%}."
        )
    unsure = sum(row["verdict"] == FEW_CONTROLS for row in foreign)
    if unsure:
        lines.append(f"{unsure} pairs have too few controls for a verdict.")
    return lines


def told_pairs(verdicts: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the pairs, target and reference, that the first of the sentences are about, in their order."""
    return [(row["target"], row["reference"]) for row in _found(verdicts)[:MOST_POSITIVE]]


def _found(verdicts: Sequence[Row]) -> list[Row]:
    found = [row for row in verdicts if not row["is_kin"] and row["verdict"] in POSITIVE and row["p_t"] is not None]
    return sorted(found, key=lambda row: (row["p_t"], row["target"]))


def _positive(row: Row) -> str:
    says = _SAYS[row["verdict"]].format(target=row["target"], reference=row["reference"], group=row["candidate_group"])
    degree = "" if row["degree"] is None else f", degree {row['degree']:.2f} (ceiling: {row['ceiling_kind']})"
    over = f"{row['n_tests']:,} pairs{' asked about beforehand' if row['is_asked'] else ''}"
    return (
        f"{says}: D {row['opening_d']:.2f} ({row['low']:.2f} to {row['high']:.2f}) against {row['null_mean']:.2f} of "
        f"{row['n_controls']} unrelated models; p {_p(row['p_t'])}, {_p(row['p_holm'])} after Holm over {over}{degree}"
        f"; closeness of length {_number(row['length_closeness'])}."
    )


def absent_makers(known: Iterable[str], candidates: Iterable[str]) -> str | None:
    """Return a sentence on whose models were not among the candidates, and so could not be found; None if nobody's.

    Args:
        known: ids of all makers in the lexicon.
        candidates: makers of the candidate teachers.
    """
    there = set(candidates)
    # Whoever wrote the lineage may spell a maker in another way, such as 01.ai for 01-ai.
    spelled = {_spelled(maker) for maker in there}
    absent = sorted(maker for maker in set(known) if _spelled(maker) not in spelled)
    if not there or not absent:
        return None
    shown = ", ".join(absent[:MOST_ABSENT])
    more = f" and {len(absent) - MOST_ABSENT} more makers of the lexicon" if len(absent) > MOST_ABSENT else ""
    return (
        f"Candidates were models of {', '.join(sorted(there))}. Not among them, so not to be found: models of {shown}"
        f"{more}."
    )


def _spelled(maker: str) -> str:
    return "".join(sign for sign in maker.casefold() if sign.isalnum())


def _p(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1e}" if value < 0.0005 else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
