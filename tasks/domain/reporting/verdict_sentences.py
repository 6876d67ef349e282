"""Sentences on the findings of a run: unexpected ones first, then expected ones, then what is no finding."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tasks.domain.reporting.formatting import counted, listed, p_value
from tasks.domain.reporting.resembling_controls import control_sentences
from tasks.domain.reporting.verdict_answer import answer
from tasks.domain.verdict.decision import (
    CONFOUNDED,
    FEW_CONTROLS,
    FEW_PROMPTS,
    NOT_CONCLUSIVE,
    SUGGESTIVE,
)

Row = Mapping[str, Any]

MOST_FOUND = 12
MOST_ABSENT = 6
MOST_PRESENT = 12
MOST_NEAREST = 5

NOT_EXPECTED, AS_EXPECTED = "Not expected", "Expected"


def verdict_sentences(verdicts: Sequence[Row]) -> list[str]:
    """Return sentences on rows of `mart.verdict` with different vendors, one for each target.

    First the unexpected findings, then the expected ones, each by p; then suggestive and confounded verdicts, those
    that are not conclusive, and controls that look like students. Without any verdict one line gives the reason.
    """
    foreign = [row for row in verdicts if not row["is_kin"]]
    if not foreign:
        return []
    if not any(row["p_t"] is not None for row in foreign):
        few = sum(row["verdict"] == FEW_PROMPTS for row in foreign)
        why = "too few prompts" if few == len(foreign) else "too few independent references"
        return [f"No verdict on any pair: {why} (mart.verdict has the scores)."]
    positive = [row for rows in findings(verdicts).values() for row in rows]
    lines = [f"{_heading(row)}: {answer(row)}{_more(row, foreign)}" for row in positive[:MOST_FOUND]]
    if len(positive) > MOST_FOUND:
        left = counted(len(positive) - MOST_FOUND, "more model")
        lines.append(f"{left} share lineage with a vendor: distillometer show leaderboard.")
    best = _best(foreign)
    unsure = [row for row in best if row["verdict"] in (SUGGESTIVE, CONFOUNDED)]
    lines += [answer(row) for row in unsure[:MOST_FOUND]]
    if len(unsure) > MOST_FOUND:
        lines.append(f"{counted(len(unsure) - MOST_FOUND, 'more model')} suggestive or confounded: mart.verdict.")
    lines += _not_conclusive([row for row in best if row["verdict"] == NOT_CONCLUSIVE])
    lines += control_sentences(foreign)
    few = [row["target"] for row in best if row["verdict"] == FEW_CONTROLS]
    if few:
        lines.append(f"Too few controls for a verdict on {listed(few)}.")
    return lines


def findings(verdicts: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the strongest row of each target that shares lineage, by whether it was expected."""
    best = [row for row in _best([row for row in verdicts if not row["is_kin"]]) if row["is_positive"]]
    return {
        NOT_EXPECTED: [row for row in best if row["expected_by"] is None],
        AS_EXPECTED: [row for row in best if row["expected_by"] is not None],
    }


def sentence_pairs(verdicts: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the pairs, target and reference, of the first sentences, in their order."""
    positive = [row for rows in findings(verdicts).values() for row in rows]
    return [(row["target"], row["reference"]) for row in positive[:MOST_FOUND]]


def _heading(row: Row) -> str:
    return NOT_EXPECTED if row["expected_by"] is None else AS_EXPECTED


def _best(rows: Sequence[Row]) -> list[Row]:
    """Return the strongest row of each target, the lowest p first."""
    first: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: (row["target"], row["place"])):
        first.setdefault(row["target"], row)
    return sorted(first.values(), key=_order)


def _order(row: Row) -> tuple[bool, float, bool, float, str]:
    p, p_t = row["p_target"], row["p_t"]
    return p is None, p or 0.0, p_t is None, p_t or 0.0, row["target"]


def _more(row: Row, foreign: Sequence[Row]) -> str:
    """Return the other vendors with which a target shares lineage."""
    others = [
        other["candidate_vendor"]
        for other in foreign
        if other["target"] == row["target"]
        and other["is_positive"]
        and other["candidate_vendor"] != row["candidate_vendor"]
    ]
    names = list(dict.fromkeys(others))
    return f" So it does with models of {listed(names)}." if names else ""


def _not_conclusive(rows: Sequence[Row]) -> list[str]:
    """Return one sentence on the targets without a finding, the nearest ones with their rank and p."""
    if not rows:
        return []
    nearest = [
        f"{row['target']} (rank 1: {row['candidate_vendor']}, p {p_value(row['p_target'])} over "
        f"{counted(row['n_candidates'], 'vendor')})"
        for row in rows[:MOST_NEAREST]
    ]
    more = f", and {len(rows) - MOST_NEAREST} more" if len(rows) > MOST_NEAREST else ""
    return [
        f"Not conclusive for {counted(len(rows), 'model')}, which is no proof that they learned from nobody here: "
        f"{'; '.join(nearest)}{more}."
    ]


def absent_vendors(lexicon_vendors: Iterable[str], candidates: Iterable[str]) -> str | None:
    """Return a sentence on vendors without a candidate, which could not be found; None if there is no such vendor.

    Args:
        lexicon_vendors: ids of all vendors in the lexicon.
        candidates: vendors of the candidate teachers.
    """
    present = set(candidates)
    # The lineage may spell a vendor in another way, such as 01.ai for 01-ai.
    spelled = {_spelled(vendor) for vendor in present}
    absent = sorted(vendor for vendor in set(lexicon_vendors) if _spelled(vendor) not in spelled)
    if not present or not absent:
        return None
    first = ", ".join(absent[:MOST_ABSENT])
    more = f" and {len(absent) - MOST_ABSENT} more vendors of the lexicon" if len(absent) > MOST_ABSENT else ""
    return (
        f"Candidates were models of {listed(sorted(present), MOST_PRESENT)}. Not among them, so not to be found: "
        f"models of {first}{more}."
    )


def _spelled(vendor: str) -> str:
    return "".join(sign for sign in vendor.casefold() if sign.isalnum())
